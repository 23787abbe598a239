"""A private root: an empty tmpfs with the system's libraries, the interpreter and the engine bound into it, read-only.

Everything is bound at the path that it has outside, so that code already imported finds its files again; what is not listed does not
exist in there. Bound first, given up later: as root this reaches an interpreter below a home that the slot's uid could never enter.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from grading.sandbox import syscalls

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = tuple(str(REPOSITORY / name) for name in ("grading", "coursekit"))
BOX = "/box"
SHARED_MEMORY = "/dev/shm"  # noqa: S108  a mount of our own in there
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
_SMALL_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/sys/devices/system/cpu")
_DEVICES = ("/dev/null", "/dev/urandom")
_OLD = "/.old"
_QUIET = syscalls.MS_NOSUID | syscalls.MS_NODEV


@dataclass(frozen=True, slots=True)
class Readable:
    """What a child may read: `system` as the host has it, `python` (interpreter, environment, engine), `small` single things."""

    system: tuple[str, ...]
    python: tuple[str, ...]
    small: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.system + self.python + self.small


def readable() -> Readable:
    """The paths of this interpreter, its environment and the engine; never the repository itself."""
    prefixes = [sys.base_prefix, sys.prefix, sys.base_exec_prefix, sys.exec_prefix]
    extra = [entry for entry in sys.path if os.path.isdir(entry) and not REPOSITORY.is_relative_to(os.path.realpath(entry))]
    found: list[str] = []
    for path in [*prefixes, *extra, *OURS]:
        for name in (os.path.abspath(path), os.path.realpath(path)):
            if name != "/" and not _is_below(name, [*_SYSTEM, *found]):
                found.append(name)
    system = tuple(path for path in _SYSTEM if os.path.exists(path))
    return Readable(system, tuple(found), tuple(path for path in _SMALL_FILES if os.path.exists(path)))


def _is_below(path: str, parents: list[str]) -> bool:
    return any(path == parent or path.startswith(parent + "/") for parent in parents)


def exposes_repository(paths: Readable) -> bool:
    """Whether the repository lies inside something that is readable as a whole (a clone below /usr)."""
    return _is_below(str(REPOSITORY), [os.path.realpath(path) for path in (*paths.system, *paths.python)])


def enter(paths: Readable) -> None:
    """Build the root and move into it. Needs a mount namespace of our own and, for /proc, to be in the PID namespace already."""
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("tmpfs", "/tmp", "tmpfs", _QUIET, "mode=0755,size=1m")  # noqa: S108  any folder that exists will do
    os.chdir("/tmp")  # noqa: S108
    os.mkdir("." + _OLD, 0o755)
    syscalls.pivot_root(".", "." + _OLD)
    os.chdir("/")
    os.umask(0o022)
    # Before the binds, for the interpreter or the clone may lie below /tmp: then others must pass through it, and only we write there.
    for folder, options in ((BOX, "size=4k"), ("/tmp", "size=64m,mode=0755")):  # noqa: S108  /tmp: for the warm parent only
        os.mkdir(folder, 0o755)
        syscalls.mount("tmpfs", folder, "tmpfs", _QUIET, options)
    for path in paths.system:
        _bind_or_link(path)
    if exposes_repository(paths):
        _hide(str(REPOSITORY))
    for path in paths.python + paths.small:
        _bind(path)
    _make_proc()
    _make_devices()
    syscalls.unmount(_OLD)
    os.rmdir(_OLD)
    syscalls.protect_mount("/", syscalls.MOUNT_ATTR_RDONLY, recursive=False)


def _bind_or_link(path: str) -> None:
    old = _OLD + path
    if os.path.islink(old):
        os.symlink(os.readlink(old), path)
    else:
        _bind(path)


def _bind(path: str, attributes: int = syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NODEV) -> None:
    source = _resolved_in_old(path)
    if os.path.isdir(source):
        os.makedirs(path, 0o755, exist_ok=True)
    elif not os.path.exists(path):
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    syscalls.mount(source, path, flags=syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.protect_mount(path, attributes | syscalls.MOUNT_ATTR_NOSUID)


def _resolved_in_old(path: str) -> str:
    """`path` as it was outside, its links followed there and not in the half-built root."""
    for _ in range(40):
        done = ""
        for part in Path(path).parts[1:]:
            done += "/" + part
            if os.path.islink(_OLD + done):
                rest = path[len(done) :]
                path = os.path.normpath(os.path.join(os.path.dirname(done), os.readlink(_OLD + done))) + rest
                break
        else:
            break
    return _OLD + path


def _hide(path: str) -> None:
    syscalls.mount("tmpfs", path, "tmpfs", _QUIET, "mode=0755,size=1m")


def _make_proc() -> None:
    os.mkdir("/proc", 0o755)
    flags = _QUIET | syscalls.MS_NOEXEC
    try:
        syscalls.mount("proc", "/proc", "proc", flags)
    except OSError:  # a container masks parts of /proc, and then a user namespace may not have one of its own
        syscalls.mount(_OLD + "/proc", "/proc", flags=syscalls.MS_BIND | syscalls.MS_REC)


def _make_devices() -> None:
    for device in _DEVICES:
        _bind(device, attributes=0)
    os.mkdir(SHARED_MEMORY, 0o755)


def add_private_tmpfs(uid: int, *, box_bytes: int, box_files: int, shared_bytes: int) -> None:
    """In the child, in a mount namespace of its own: an empty working folder and shared memory that end with it."""
    owner = f"mode=0700,uid={uid},gid={uid}"
    syscalls.mount("tmpfs", BOX, "tmpfs", _QUIET, f"size={box_bytes},nr_inodes={box_files},{owner}")
    syscalls.mount("tmpfs", SHARED_MEMORY, "tmpfs", _QUIET, f"size={shared_bytes},nr_inodes=200,{owner}")
