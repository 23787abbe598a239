"""The first thing that `make` runs, with any Python 3.11 and nothing installed: makes the environment, then hands over to what was asked.

python3.11 -m config.local.bootstrap env [--tests]      packages, PyTorch included
python3.11 -m config.local.bootstrap run                packages, then the supervisor, which installs PyTorch beside the running site
python3.11 -m config.local.bootstrap exec MODULE …      packages for tests, then `.venv/bin/python -m MODULE …`
"""

import fcntl
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

if sys.version_info[:2] != (3, 11):
    sys.exit(
        f"Cairn runs on Python 3.11; this is {sys.version.split()[0]}. Install python3.11, or name it: make PYTHON=/path/to/python3.11 …"
    )

from config.local.installer import Installer, InstallFailed
from config.local.paths import var_dir
from config.local.processes import was_interrupted

ROOT = Path(__file__).resolve().parents[2]


def say(line: str) -> None:
    print(f"cairn: {line}", flush=True)


def ready(*, tests: bool, torch: bool) -> Installer:
    """The environment, made or found. One at a time: a second `make` waits for the first."""
    installer = Installer(root=ROOT, var=var_dir(), say=say)
    if installer.is_ready(tests=tests) and (not torch or installer.has_torch()):
        return installer
    with _alone(installer.var / "install.lock"):
        if not installer.is_ready(tests=tests):
            installer.install(tests=tests)
            say("Packages are in place")
        if torch and not installer.install_torch():
            say("PyTorch could not be installed; everything else works. The reason is in var/log/torch.log, `make env` tries again.")
    return installer


class _alone:  # noqa: N801
    """Holds a lock file while inside."""

    def __init__(self, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        self._file = place.open("w")

    def __enter__(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another `make` is installing packages: waiting for it")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _watch_make() -> None:
    """A SIGINT that reaches `make` alone ends us as well."""
    maker = os.getppid()
    while not was_interrupted(maker):
        time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)


def main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)  # set by hand: a shell that starts us in the background has switched SIGINT off
    threading.Thread(target=_watch_make, daemon=True).start()
    what, *rest = arguments or ["env"]
    tests = what == "exec" or "--tests" in rest
    try:
        installer = ready(tests=tests, torch=what == "env")
    except InstallFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped")
        return 130
    return 0 if what == "env" else _become(installer, ["config.local.supervisor"] if what == "run" else rest)


def _become(installer: Installer, module: list[str]) -> NoReturn:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode every start of a process would take seconds longer
    python = str(installer.python)
    os.execv(python, [python, "-m", *module])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
