"""The system-call filter: a small BPF assembler and the policy written with it, the same bytes for the same input on every machine.

Default is EPERM. A child can make threads and nothing else that runs: no process, no exec, no socket but a pair, no signal to anybody.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass, field

from grading.sandbox import syscalls
from grading.sandbox.calls import ALLOWED, NEEDS_PRIVATE_ROOT, NUMBERS, UNKNOWN

AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
X32_BIT = 0x4000_0000

ALLOW = 0x7FFF_0000
KILL = 0x8000_0000  # the whole process, with SIGSYS
_ERRNO = 0x0005_0000

CLONE_THREAD = 0x0001_0000
# Every namespace, and the flags with which a "thread" could be something else.
CLONE_FORBIDDEN = 0x7E02_0000 | 0x0000_2000 | 0x0000_4000  # CLONE_NEW*, CLONE_PTRACE, CLONE_VFORK
AF_UNIX = 1
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)  # dup, flags, locks, F_DUPFD_CLOEXEC
IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
PRCTL_OPTIONS = (15, 16, 0x5356_4D41)  # name of a thread (set, get), name of a memory area
ARCH_PRCTL_CODES = (0x1003,)  # read FS

_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_JUMP_AT_LEAST = 0x35
_NR, _ARCH, _ARGUMENTS = 0, 4, 16


def deny(code: int) -> int:
    return _ERRNO | code


@dataclass(slots=True)
class Program:
    """BPF instructions in the making. Jumps are relative to the next instruction, so that short blocks can be written in line."""

    instructions: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, code: int, operand: int, if_true: int = 0, if_false: int = 0) -> None:
        self.instructions.append((code, if_true, if_false, operand))

    def load_number(self) -> None:
        self.add(_LOAD, _NR)

    def load_argument(self, index: int, *, high: bool = False) -> None:
        # Both machines are little-endian: the low word of a 64-bit argument comes first.
        self.add(_LOAD, _ARGUMENTS + 8 * index + (4 if high else 0))

    def give(self, verdict: int) -> None:
        self.add(_RETURN, verdict)

    def if_number(self, number: int, body: Program) -> None:
        """Run `body`, which must end in a verdict, for this system call."""
        self.add(_JUMP_EQUAL, number, 0, len(body.instructions))
        self.instructions += body.instructions

    def encode(self) -> bytes:
        if any(not 0 <= jump <= 255 for _, yes, no, _ in self.instructions for jump in (yes, no)):
            raise ValueError("a jump is too far for BPF")
        return b"".join(struct.pack("<HBBI", *instruction) for instruction in self.instructions)


def _verdict(verdict: int) -> Program:
    program = Program()
    program.give(verdict)
    return program


def _only_if_argument_in(index: int, values: tuple[int, ...]) -> Program:
    """Allow when the argument's low word is one of `values` (these calls take an int there), else EPERM."""
    program = Program()
    program.load_argument(index)
    for value in values:
        program.add(_JUMP_EQUAL, value, 0, 1)
        program.give(ALLOW)
    program.give(deny(errno.EPERM))
    return program


def _only_threads() -> Program:
    program = Program()
    program.load_argument(0)
    program.add(_JUMP_ANY_BIT, CLONE_FORBIDDEN, 2, 0)
    program.add(_JUMP_ANY_BIT, CLONE_THREAD, 0, 1)
    program.give(ALLOW)
    program.give(deny(errno.EPERM))
    return program


def _only_reading_limits() -> Program:
    """prlimit64 with a null pointer for the new limit."""
    program = Program()
    program.load_argument(2)
    program.add(_JUMP_EQUAL, 0, 0, 3)
    program.load_argument(2, high=True)
    program.add(_JUMP_EQUAL, 0, 0, 1)
    program.give(ALLOW)
    program.give(deny(errno.EPERM))
    return program


def _conditional() -> dict[str, Program]:
    return {
        "clone": _only_threads(),
        "socketpair": _only_if_argument_in(0, (AF_UNIX,)),
        "prlimit64": _only_reading_limits(),
        "fcntl": _only_if_argument_in(1, FCNTL_COMMANDS),
        "ioctl": _only_if_argument_in(1, IOCTL_COMMANDS),
        "prctl": _only_if_argument_in(0, PRCTL_OPTIONS),
        "arch_prctl": _only_if_argument_in(0, ARCH_PRCTL_CODES),
    }


def _without_private_root() -> dict[str, Program]:
    # Answering 0 and doing nothing: libraries call these on their own files, and a refusal would look like a broken disk.
    quiet = {name: _verdict(deny(0)) for name in NEEDS_PRIVATE_ROOT if name != "truncate"}
    return {**quiet, "truncate": _verdict(deny(errno.EPERM))}


def build(machine: str, *, private_root: bool) -> bytes:
    """The filter for `machine`; raises KeyError for one that we have no numbers of."""
    numbers = NUMBERS[machine]
    rules = _conditional()
    rules |= {name: _verdict(deny(errno.ENOSYS)) for name in UNKNOWN}
    rules |= {name: _verdict(ALLOW) for name in ALLOWED}
    rules |= {name: _verdict(ALLOW) for name in NEEDS_PRIVATE_ROOT} if private_root else _without_private_root()
    program = Program()
    program.add(_LOAD, _ARCH)
    program.add(_JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0)
    program.give(KILL)
    program.load_number()
    if machine == "x86_64":
        program.add(_JUMP_AT_LEAST, X32_BIT, 0, 1)
        program.give(KILL)
    for name, body in rules.items():
        if name in numbers:
            program.if_number(numbers[name], body)
    program.give(deny(errno.EPERM))
    return program.encode()


def is_there() -> bool:
    """Whether this kernel filters system calls and we have numbers for this machine."""
    if syscalls.machine() not in NUMBERS:
        return False
    try:
        syscalls.prctl(syscalls.PR_GET_SECCOMP)
    except OSError:
        return False
    return True
