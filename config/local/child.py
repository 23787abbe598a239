"""One program that is kept running: started, watched, started again with growing pauses, stopped with everything it has started."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LONG_ENOUGH = 30.0  # seconds; whoever lived so long starts again at once
LONGEST_PAUSE = 30.0
LOG_BYTES = 5 * 1024 * 1024
_WORTH_SHOWING = re.compile(r"\b(ERROR|CRITICAL|FATAL|PANIC)\b")


@dataclass
class Child:
    """`command` is asked anew at every start; `before` runs first (a server clears what a killed one has left)."""

    name: str
    command: Callable[[], Sequence[str]]
    log: Path
    environment: dict[str, str]
    before: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    alone_in_its_group: bool = True

    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    _started: float = 0.0
    _next_start: float = 0.0
    _read_to: int = field(default=0, init=False)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.returncode is None else None

    def start(self) -> None:
        """In a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops all in order."""
        self.before()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as out:
            self._read_to = out.tell()
            self.process = subprocess.Popen(
                list(self.command()), env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        self._started = time.monotonic()

    def has_died(self) -> bool:
        """True once for each death; from then on `is_due` tells when to start it again."""
        if self.process is None or self.process.poll() is None:
            return False
        self.kill_group()
        self.process = None
        self.plan_restart()
        return True

    def plan_restart(self) -> None:
        now = time.monotonic()
        self.failures = 1 if now - self._started > LONG_ENOUGH else self.failures + 1
        self._next_start = now + pause_after(self.failures)

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self._next_start

    def ask_to_stop(self, number: signal.Signals | None = None) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number or self.stop_signal)

    def is_gone(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill_group(self) -> None:
        """End what the program has started and left behind in its process group."""
        if self.process is not None and self.alone_in_its_group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self) -> None:
        self.ask_to_stop(signal.SIGKILL)
        self.kill_group()

    def news(self) -> list[str]:
        """Lines that were written to its log since the last call and that a person should see."""
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(self._read_to)
            fresh = log.read(200_000)
            end = fresh.rfind(b"\n") + 1
            self._read_to += end
            lines = fresh[:end].decode(errors="replace").splitlines()
            return [line for line in lines if _WORTH_SHOWING.search(line) and "is starting up" not in line][:5]
        return []


def pause_after(failures: int) -> float:
    """Seconds until the next start: at once after the first death, then doubling up to half a minute."""
    return 0.1 if failures <= 1 else min(LONGEST_PAUSE, 0.5 * 2.0 ** (failures - 2))
