"""Every system call that Python 3.11 has no function for, in one place to audit: thin, typed, and loud when one fails.

Nothing here decides anything; the layers do. Each function raises OSError with the kernel's errno.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
ULONG = ctypes.c_ulong

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
PR_GET_SECCOMP, PR_SET_SECCOMP = 21, 22
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
SECCOMP_MODE_FILTER = 2

CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_SYS_ADMIN, CAP_SYS_RESOURCE = 5, 6, 7, 8, 21, 24
_CAPABILITY_VERSION_3 = 0x2008_0522

MADV_COLLAPSE = 25

_PER_MACHINE = {
    "x86_64": {"pivot_root": 155, "capset": 126},
    "aarch64": {"pivot_root": 41, "capset": 91},
}
_EVERYWHERE = {"mount_setattr": 442, "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}


def machine() -> str:
    return platform.machine()


def _number(name: str) -> int:
    number = _EVERYWHERE.get(name) or _PER_MACHINE.get(machine(), {}).get(name)
    if number is None:
        raise OSError(38, f"{name} is not known on {machine()}")
    return number


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _call(name: str, *arguments: object) -> int:
    return _checked(_libc.syscall(ctypes.c_long(_number(name)), *arguments), name)


def unshare(flags: int) -> None:
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    _checked(
        _libc.mount(os.fsencode(source), os.fsencode(target), kind.encode() or None, ULONG(flags), options.encode() or None),
        f"mount {target}",
    )


def protect_mount(target: str, attributes: int, *, recursive: bool = True) -> None:
    """Add attributes (MOUNT_ATTR_*) to a mount and, unless told otherwise, to everything mounted below it."""
    flags = AT_RECURSIVE if recursive else 0
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    path = ctypes.c_char_p(os.fsencode(target))
    _call("mount_setattr", ctypes.c_int(AT_FDCWD), path, ctypes.c_uint(flags), wanted, ctypes.c_size_t(len(wanted)))


def pivot_root(new_root: str, put_old: str) -> None:
    _call("pivot_root", ctypes.c_char_p(os.fsencode(new_root)), ctypes.c_char_p(os.fsencode(put_old)))


def unmount(target: str) -> None:
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)), f"umount {target}")


def prctl(option: int, first: int = 0, second: int = 0) -> int:
    return _checked(_libc.prctl(ctypes.c_int(option), ULONG(first), ULONG(second), ULONG(0), ULONG(0)), f"prctl {option}")


def set_seccomp_filter(program: bytes) -> None:
    """Load a BPF program (8 bytes an instruction) for this thread and all that it makes."""
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    address = ctypes.create_string_buffer(header, len(header))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(address))


def set_capabilities(mask: int) -> None:
    """Make exactly these capabilities (a bit each) permitted and effective, and none inheritable."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFF_FFFF, mask >> 32
    _call("capset", header, struct.pack("=IIIIII", low, low, 0, high, high, 0))


def drop_bounding_set() -> None:
    """Empty the bounding set; needs CAP_SETPCAP. Capabilities that this kernel does not know end the walk."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno == 22:
                return
            raise


def landlock_version() -> int:
    """The ABI of Landlock; raises OSError where the kernel has none."""
    return _call("landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(1))


def landlock_create_ruleset(attributes: bytes) -> int:
    return _call("landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))


def landlock_allow_beneath(ruleset: int, rights: int, folder: int) -> None:
    rule = struct.pack("=Qi", rights, folder)
    _call("landlock_add_rule", ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))


def landlock_restrict_self(ruleset: int) -> None:
    _call("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))


def advise_memory(address: int, length: int, advice: int) -> None:
    _checked(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(advice)), "madvise")
