"""Runs the whole site on one machine until it is told to stop: `make run`.

PostgreSQL and Redis (unless DATABASE_URL and REDIS_URL name others), web, grading worker, scheduler and engine; whatever dies is started
again. SIGINT, SIGTERM and SIGHUP stop everything; SIGINT that reaches only the `make` above does so, too.
"""

import ctypes
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType

from config.local import prepare
from config.local.child import Child, pause_after
from config.local.installer import Installer
from config.local.paths import runtime_dir, var_dir
from config.local.postgres import Postgres, ServerFailed, last_lines
from config.local.processes import is_alive, parent_of, started_at, stop, was_interrupted
from config.local.redis import Redis
from config.local.secret import kept_secret
from config.local.unprivileged import CannotLowerRights

ROOT = Path(__file__).resolve().parents[2]
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 4.0  # seconds that web, worker and engine have to end by themselves; then the servers go
ALL_PARTS = frozenset({"web", "engine", "worker", "beat"})
KEEP_ALIVE = 75  # seconds; longer than any interval at which pages ask for news


class CannotStart(RuntimeError):
    """The site cannot run here and now; the message says why and what to do."""


class Stopped(Exception):
    """A signal asked us to stop."""


def say(line: str) -> None:
    with suppress(OSError, ValueError):  # the terminal may be gone
        print(f"cairn: {line}", flush=True)


class Supervisor:
    """`parts` names the children of a machine that carries only some of the site; all of it without."""

    def __init__(self, var: Path, port: int, parts: frozenset[str] = ALL_PARTS) -> None:
        self.var = var
        self.port = port
        self.parts = parts
        self.children: list[Child] = []
        self.environment = self._environment()
        self._stopping = False

    def run(self) -> int:
        """Start everything, watch it, stop it. The answer is the exit code."""
        began = time.monotonic()
        self._listen_to_signals()
        try:
            self._alone()
            self._clear_what_a_killed_supervisor_left()
            if self.parts == ALL_PARTS:
                self._port_must_be_free()
                self._start_servers()
                self._prepare()
            self._start_site()
            if "web" in self.parts:
                self._wait_until_ready()
                say(f"Ready: http://127.0.0.1:{self.port} (after {time.monotonic() - began:.1f} s; Ctrl-C stops)")
            threading.Thread(target=self._add_torch, daemon=True).start()
            while True:
                self._watch_once()
        except Stopped:
            say("Stopping")
            return 0
        except (CannotStart, ServerFailed, CannotLowerRights, PermissionError) as problem:
            say(str(problem))
            return 1
        finally:
            self._stop_all()

    # -- what runs ---------------------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "MAKELEVEL"}}
        kept |= {"CAIRN_VAR": str(self.var), "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
        kept.setdefault("DATABASE_URL", Postgres(self.var).url)
        kept.setdefault("REDIS_URL", Redis(self.var).url)
        kept.setdefault("ENGINE_SOCKET", str(runtime_dir(self.var) / "engine.sock"))
        if not kept.get("CAIRN_PRODUCTION"):
            kept.setdefault("SECRET_KEY", kept_secret(self.var / "secret-key"))
        return kept

    def _servers(self) -> list[tuple[Child, Callable[[], None]]]:
        """The embedded servers that are wanted, each with what waits for its first answer."""
        wanted: list[tuple[Child, Callable[[], None]]] = []
        if "DATABASE_URL" not in os.environ:
            postgres = Postgres(self.var)
            child = Child("postgres", postgres.command, postgres.log, postgres.environment(), postgres.prepare, signal.SIGINT, False)
            wanted.append((child, lambda: postgres.wait_until_ready(child.process)))
        if "REDIS_URL" not in os.environ:
            redis = Redis(self.var)
            other = Child("redis", redis.command, redis.log, redis.environment(), redis.prepare)
            wanted.append((other, lambda: redis.wait_until_ready(other.process)))
        return wanted

    def _site(self) -> list[Child]:
        celery = ["-m", "celery", "-A", "config.celery"]
        return [
            self._child(
                "web", "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--workers", "2",
                "--threads", "16", "--keep-alive", str(KEEP_ALIVE), "--timeout", "60", "--graceful-timeout", "2", "--no-control-socket",
                "--log-level", "warning",
            ),
            self._child("engine", "manage.py", "engine"),
            self._child("worker", *celery, "worker", "-P", "threads", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
            self._child("beat", *celery, "beat", "--pidfile=", "--loglevel", "WARNING"),
        ]  # fmt: skip

    def _child(self, name: str, *arguments: str) -> Child:
        return Child(name, lambda: [sys.executable, *arguments], self.var / "log" / f"{name}.log", self.environment)

    # -- starting ----------------------------------------------------------------------------------------------------

    def _alone(self) -> None:
        """One supervisor a folder: the lock goes with the process that holds it."""
        self.var.mkdir(parents=True, exist_ok=True)
        self._lock = (self.var / "run.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = json.loads((self.var / "run.json").read_text() or "{}") if (self.var / "run.json").exists() else {}
            raise CannotStart(
                f"This clone is already running: {other.get('address', 'see its terminal')} (process {other.get('supervisor', '?')}). "
                f"Stop it there with Ctrl-C, or use another clone."
            ) from None
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what our children leave behind comes to us, and is ended at the end

    def _port_must_be_free(self) -> None:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", self.port))
            except OSError:
                raise CannotStart(f"Port {self.port} is taken by another program. Choose another one: PORT=8001 make run") from None

    def _start_servers(self) -> None:
        servers = self._servers()
        if not servers:
            return
        say(f"Starting {' and '.join({'postgres': 'PostgreSQL', 'redis': 'Redis'}[child.name] for child, _ in servers)}")
        with ThreadPoolExecutor(len(servers)) as pool:
            list(pool.map(lambda server: server[0].before(), servers))  # the slow part; forking stays in this thread
        for child, _ in servers:
            child.start()
            self.children.append(child)
        self._remember()
        for _, wait in servers:
            wait()

    def _start_site(self) -> None:
        (self.var / "static").mkdir(exist_ok=True)  # whitenoise looks for it, although nothing has to be collected here
        wanted = [child for child in self._site() if child.name in self.parts]
        say(f"Starting {', '.join(child.name for child in wanted)}")
        for child in wanted:
            child.start()
            self.children.append(child)
        self._remember()

    def _prepare(self) -> None:
        data = Postgres(self.var).data if "DATABASE_URL" not in os.environ else None
        done = self.var / "prepared"
        now = prepare.fingerprint(self.environment["DATABASE_URL"], data)
        if done.is_file() and done.read_text() == now:
            return
        say("Bringing the database and the curriculum up to date")
        log = self.var / "log" / "prepare.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.local.prepare"], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, start_new_session=True,
            )  # fmt: skip
            try:
                while process.poll() is None:
                    self._pause()
            except Stopped:
                process.kill()
                process.wait()
                raise
        if process.returncode not in {0, 3}:
            raise CannotStart(f"The database could not be brought up to date. The end of {log}:\n{last_lines(log, 25)}")
        if process.returncode == 3:
            say(f"The curriculum or the demo data could not be loaded; the site starts without the change. The end of {log}:")
            say(last_lines(log))
            return
        done.write_text(now)

    def _wait_until_ready(self) -> None:
        web = next(child for child in self.children if child.name == "web")
        end = time.monotonic() + 90
        while not self._answers():
            self._watch_once()
            if web.failures >= 3 or time.monotonic() > end:
                raise CannotStart(f"The web server does not start. The end of {web.log}:\n{last_lines(web.log, 25)}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _add_torch(self) -> None:
        """PyTorch comes last and beside the running site."""
        installer = Installer(root=ROOT, var=self.var, say=say)
        if installer.has_torch() or Path(sys.prefix) != installer.venv:
            return
        if installer.install_torch():
            say("PyTorch is in place")  # the engine looks for it and takes it in
        else:
            say("PyTorch could not be installed; its lessons say so, everything else works. The reason is in var/log/torch.log.")

    # -- watching ----------------------------------------------------------------------------------------------------

    def _watch_once(self) -> None:
        self._pause()
        for child in self.children:
            for line in child.news():
                say(f"{child.name}: {line}")
            if child.has_died():
                said = last_lines(child.log, 1)
                say(f"{child.name} ended, starting it again in {pause_after(child.failures):g} s. Its last line: {said}")
            elif child.is_due():
                self._start_again(child)
        self._collect_strangers()

    def _start_again(self, child: Child) -> None:
        try:
            child.start()
        except (OSError, ServerFailed, CannotLowerRights) as problem:
            say(f"{child.name} could not be started: {problem}")
            child.plan_restart()
        self._remember()

    def _collect_strangers(self) -> None:
        """Orphans of our children become ours; when they end somebody must take note, or they stay as zombies."""
        own = {child.process.pid for child in self.children if child.process}
        with suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None and ended.si_pid not in own:
                os.waitpid(ended.si_pid, 0)

    def _pause(self) -> None:
        time.sleep(0.1)
        if was_interrupted(os.getppid()):
            raise Stopped

    def _listen_to_signals(self) -> None:
        def stop_now(_number: int, _frame: FrameType | None) -> None:
            if not self._stopping:
                self._stopping = True
                raise Stopped

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop_now)

    # -- stopping ----------------------------------------------------------------------------------------------------

    def _stop_all(self) -> None:
        """First those that use the servers, then the servers, then whatever is left of any of them."""
        self._stopping = True
        servers = [child for child in self.children if child.name in {"postgres", "redis"}]
        site = [child for child in self.children if child not in servers]
        self._stop(site, PATIENCE)
        self._stop(servers, 3.0)
        self._end_descendants()
        if self.children:
            (self.var / "run.json").unlink(missing_ok=True)
            shutil.rmtree(runtime_dir(self.var), ignore_errors=True)  # the sockets lie outside the clone

    def _stop(self, children: list[Child], seconds: float) -> None:
        for child in children:
            child.ask_to_stop()
        end = time.monotonic() + seconds
        while not all(child.is_gone() for child in children) and time.monotonic() < end:
            time.sleep(0.03)
        for child in children:
            child.kill()

    def _end_descendants(self) -> None:
        for _ in range(50):
            left = _descendants(os.getpid())
            if not left:
                return
            for pid in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._reap_all()
            time.sleep(0.03)

    def _reap_all(self) -> None:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    # -- memory of what runs -----------------------------------------------------------------------------------------

    def _remember(self) -> None:
        running = {child.name: [pid, started_at(pid)] for child in self.children if (pid := child.pid)}
        told = {"supervisor": os.getpid(), "address": f"http://127.0.0.1:{self.port}", "children": running}
        fresh = self.var / "run.json.new"
        fresh.write_text(json.dumps(told))
        fresh.replace(self.var / "run.json")

    def _clear_what_a_killed_supervisor_left(self) -> None:
        """After a SIGKILL of ours its children may still run; their start times tell them from strangers with the same number."""
        try:
            left = json.loads((self.var / "run.json").read_text())["children"]
        except (OSError, ValueError, KeyError):
            return
        old = [pid for name, (pid, started) in left.items() if name not in {"postgres", "redis"} and started_at(pid) == started]
        if any(is_alive(pid) for pid in old):
            say("Ending what an interrupted run has left")
            stop(old, gently=signal.SIGTERM, seconds=3)
            for pid in old:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)


def _descendants(root: int) -> list[int]:
    """Everything that `root` has started, directly or not, by the parents that the kernel names; zombies of others are left out."""
    parents = {int(entry.name): parent_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, fresh = set[int](), {root}
    while fresh := {pid for pid, parent in parents.items() if parent in fresh} - found:
        found |= fresh
    return sorted(found)


def main(parts_wanted: str = "") -> int:
    """`parts_wanted`: names with commas between them, for a machine that carries only these; the servers are elsewhere then."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        say(f"PORT is {wanted!r}. Give a number between 1 and 65535.")
        return 2
    parts = frozenset(part for part in (parts_wanted or "").split(",") if part) or ALL_PARTS
    if not parts <= ALL_PARTS:
        say(f"There is no part {', '.join(sorted(parts - ALL_PARTS))}. The parts are {', '.join(sorted(ALL_PARTS))}.")
        return 2
    os.chdir(ROOT)
    return Supervisor(var_dir(), int(wanted), parts).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
