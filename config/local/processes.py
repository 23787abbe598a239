"""Small facts about running processes, read from /proc: who works in a folder, and is it gone yet. Standard library only."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path


def working_in(folder: Path) -> list[int]:
    """The processes whose working directory is `folder`: servers that chdir into their data are found even after the clone was moved."""
    if not folder.exists():
        return []
    wanted = folder.stat()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                here = (entry / "cwd").stat()
                if (here.st_dev, here.st_ino) == (wanted.st_dev, wanted.st_ino):
                    found.append(int(entry.name))
    return found


def parent_of(pid: int) -> int | None:
    """None when the process is gone."""
    return int(fields[1]) if (fields := _stat(pid)) else None


def started_at(pid: int) -> int | None:
    """When the kernel started it, in clock ticks since boot: pid and this together name one process for ever. None when it is gone."""
    return int(fields[19]) if (fields := _stat(pid)) else None


def is_alive(pid: int) -> bool:
    """False also for a zombie that only waits to be collected."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in {"Z", "X"}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name (which may hold anything): state, parent, …; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def name_of(pid: int) -> str:
    """The name of the program file, empty when it is gone or somebody else's."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        return ""


def wait_until_gone(pids: list[int], seconds: float) -> list[int]:
    """Wait for them; the answer is who is still there."""
    end = time.monotonic() + seconds
    while left := [pid for pid in pids if is_alive(pid)]:
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return left


def stop(pids: list[int], *, gently: signal.Signals, seconds: float) -> None:
    """Ask, wait, and end those that did not listen."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, gently)
    for pid in wait_until_gone(pids, seconds):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(pids, 2)


def was_interrupted(pid: int) -> bool:
    """Whether a `make` above us was told to stop without us: it keeps SIGINT to itself and waits until its recipe ends.

    While it waits, its handler for SIGINT is taken out and the signal is blocked; the kernel shows both.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return False
    masks = {line.split(":")[0]: line.split(":")[1].strip() for line in status.splitlines() if line.startswith("Sig")}
    interrupt = 1 << (signal.SIGINT - 1)
    return bool(int(masks["SigBlk"], 16) & interrupt) and not int(masks["SigCgt"], 16) & interrupt and status.startswith("Name:\tmake")
