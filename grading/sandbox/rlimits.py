"""Resource limits: since a child is one process for ever, each is a true cap for the whole submission."""

from __future__ import annotations

import math
import resource
from dataclasses import dataclass
from pathlib import Path

from grading.limits import MIB

FILE_BYTES = 64 * MIB
OPEN_FILES = 128
THREADS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """What one child may use: bytes above the warm parent, CPU seconds, threads of its uid."""

    memory_bytes: int
    cpu_seconds: float
    threads: int = THREADS


def memory_in_use(status: str | None = None) -> tuple[int, int]:
    """Bytes of address space and of private data of this process, as the kernel counts them against the limits."""
    text = status if status is not None else Path("/proc/self/status").read_text()
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return tuple(int(fields[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))  # type: ignore[return-value]


def apply(limits: ChildLimits, in_use: tuple[int, int]) -> None:
    """Lower this process to `limits`; `in_use` is what `memory_in_use` gave in the parent."""
    address_space, private = in_use
    seconds = math.ceil(limits.cpu_seconds)
    # AS as well as DATA: shared anonymous memory escapes DATA. SIGXCPU comes one second before SIGKILL, so that we can say why.
    wanted = {
        resource.RLIMIT_AS: (address_space + limits.memory_bytes,) * 2,
        resource.RLIMIT_DATA: (private + limits.memory_bytes,) * 2,
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_NPROC: (limits.threads,) * 2,
        resource.RLIMIT_FSIZE: (FILE_BYTES,) * 2,
        resource.RLIMIT_NOFILE: (OPEN_FILES,) * 2,
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_SIGPENDING: (64, 64),
    }
    for which, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            resource.setrlimit(which, (min(soft, ceiling), min(hard, ceiling)))
        else:
            resource.setrlimit(which, (soft, hard))
