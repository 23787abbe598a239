"""The layers of isolation, put on in order; a child in which one mandatory layer fails ends before any foreign code runs.

`prepare` is for the warm parent: it takes what the host gives (namespaces, a private root) and says what that is. `isolate` is for
each child after fork. There is no switch that turns a layer off.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grading.limits import MIB
from grading.sandbox import landlock, rlimits, root, seccomp, syscalls
from grading.sandbox.rlimits import ChildLimits

FIRST_UID = 60000  # a range that nothing else uses; never 65534, which may own the database's files
BOX_BYTES, BOX_FILES, SHARED_BYTES = 64 * MIB, 2000, 32 * MIB
MANDATORY = ("capabilities", "no_new_privs", "landlock", "seccomp", "rlimits", "descriptors", "standard_streams")
OPTIONAL = ("private_root", "user_namespace", "mount_namespace", "pid_namespace", "network_namespace", "own_uid", "private_tmpfs")

_SPACES = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS
_WARM_PARENT_KEEPS = (
    syscalls.CAP_KILL,
    syscalls.CAP_SETGID,
    syscalls.CAP_SETUID,
    syscalls.CAP_SETPCAP,
    syscalls.CAP_SYS_ADMIN,
)


class LayerMissing(Exception):
    """A mandatory layer cannot be had on this host, or failed in a child; `layer` names it."""

    def __init__(self, layer: str, why: str) -> None:
        super().__init__(f"{layer}: {why}")
        self.layer = layer
        self.why = why


@dataclass(slots=True)
class Ground:
    """What the warm parent stands on, the same for all its children."""

    is_root: bool
    namespaces: bool = False
    private_root: bool = False
    why_not: str = ""
    boxes: str = ""  # tier B: the folder for the children's working folders
    readable: root.Readable = field(default_factory=root.readable)
    in_use: tuple[int, int] = (0, 0)

    @property
    def tier(self) -> str:
        return "A" if self.private_root else "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Who a child is: its slot (its uid is 60000 + slot where the host allows), its limits, the descriptors that it keeps."""

    slot: int
    limits: ChildLimits
    keep: frozenset[int]
    parent: int

    @property
    def uid(self) -> int:
        return FIRST_UID + self.slot


def missing_mandatory() -> list[LayerMissing]:
    """The mandatory layers that this kernel or machine does not have."""
    missing = []
    try:
        syscalls.landlock_version()
    except OSError as error:
        missing.append(LayerMissing("landlock", os.strerror(error.errno or 0)))
    if not seccomp.is_there():
        missing.append(LayerMissing("seccomp", f"no system-call filter for {syscalls.machine()}"))
    return missing


# The warm parent ------------------------------------------------------------------------------------------------------------------


def take_namespaces(ground: Ground) -> None:
    """Leave the host's namespaces where that is allowed; the caller must fork next, for the PID namespace to hold."""
    try:
        if ground.is_root:
            syscalls.unshare(_SPACES)
        else:
            user, group = os.getuid(), os.getgid()
            syscalls.unshare(_SPACES | syscalls.CLONE_NEWUSER)
            _map_ids(FIRST_UID, user, group)
    except OSError as error:
        ground.why_not = f"the host allows no namespaces ({os.strerror(error.errno or 0)})"
        return
    ground.namespaces = True


def _map_ids(inside: int, user: int, group: int) -> None:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{inside} {group} 1")
    Path("/proc/self/uid_map").write_text(f"{inside} {user} 1")


def enter_private_root(ground: Ground) -> None:
    """Build the private root, once in the namespaces. With namespaces but without it, nothing could be trusted: raises OSError."""
    root.enter(ground.readable)
    ground.private_root = True


def keep_few_capabilities(ground: Ground) -> None:
    """The warm parent keeps only what isolating its children needs."""
    permitted = _permitted_capabilities()
    if permitted:
        syscalls.set_capabilities(permitted & sum(1 << capability for capability in _WARM_PARENT_KEEPS))


def _permitted_capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapPrm:"))


# Each child -----------------------------------------------------------------------------------------------------------------------


def isolate(ground: Ground, child: Child) -> dict[str, str]:
    """Put every layer on this process, which must be fresh from fork and single-threaded; returns the layers that are on.

    Raises LayerMissing as soon as one fails: the caller must then end the process.
    """
    on: dict[str, str] = {}
    box = _own_files(ground, child, on)
    for layer, put_on in (
        ("rlimits", lambda: rlimits.apply(child.limits, ground.in_use)),
        ("own_uid", lambda: _become(ground, child)),
        ("box", lambda: os.chdir(box)),  # only now: it is open to its owner alone
        ("capabilities", _drop_capabilities),
        ("parent_death", lambda: _die_with(child.parent)),
        ("descriptors", lambda: _close_all_but(child.keep)),
        ("standard_streams", _silence_standard_streams),
        ("no_new_privs", lambda: syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)),
        ("landlock", lambda: f"version {landlock.restrict(_rules(ground, box))}"),
        ("seccomp", lambda: _filter(ground)),
    ):
        on[layer] = _attempt(layer, put_on)
    if not ground.is_root:
        on.pop("own_uid")
    _attempt("proof", _prove)
    return on


def _attempt(layer: str, put_on: Callable[[], object]) -> str:
    try:
        said = put_on()
    except LayerMissing:
        raise
    except Exception as error:  # whatever it is: the child must not go on
        raise LayerMissing(layer, f"{type(error).__name__}: {error}") from error
    return said if isinstance(said, str) else "on"


def _own_files(ground: Ground, child: Child, on: dict[str, str]) -> str:
    if not ground.private_root:
        return _folder_box(ground, child)
    _attempt("mount_namespace", lambda: _own_mounts(ground, child))
    on |= {"private_root": "on", "mount_namespace": "on", "pid_namespace": "on", "network_namespace": "on", "private_tmpfs": "on"}
    if not ground.is_root:
        on["user_namespace"] = "on"
    return root.BOX


def _own_mounts(ground: Ground, child: Child) -> None:
    if ground.is_root:
        syscalls.unshare(syscalls.CLONE_NEWNS)
    else:  # a user namespace of its own, so that threads are counted for this child alone
        user, group = os.getuid(), os.getgid()
        syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNS)
        _map_ids(child.uid, user, group)
    root.add_private_tmpfs(child.uid, box_bytes=BOX_BYTES, box_files=BOX_FILES, shared_bytes=SHARED_BYTES)


def _folder_box(ground: Ground, child: Child) -> str:
    return os.path.join(ground.boxes, f"slot-{child.slot}")


def _become(ground: Ground, child: Child) -> None:
    if ground.is_root:
        syscalls.drop_bounding_set()
        os.setgroups([])
        os.setresgid(child.uid, child.uid, child.uid)
        os.setresuid(child.uid, child.uid, child.uid)


def _drop_capabilities() -> None:
    syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
    try:
        syscalls.drop_bounding_set()
    except PermissionError:  # an ordinary user without a namespace: nothing to drop, and no_new_privs makes the set meaningless
        if _permitted_capabilities():
            raise
    syscalls.set_capabilities(0)


def _die_with(parent: int) -> None:
    # After every change of identity, for each one clears it; then make sure that the parent did not die in between.
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise LayerMissing("parent_death", "the warm parent is gone")


def _close_all_but(keep: frozenset[int]) -> None:
    start = 3
    for descriptor in [*sorted(keep), 1 << 20]:
        os.closerange(start, descriptor)
        start = descriptor + 1


def _silence_standard_streams() -> None:
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def _rules(ground: Ground, box: str) -> list[tuple[str, int]]:
    rules = [(path, landlock.READ) for path in ground.readable.all]
    rules += [(f"/proc/{name}", landlock.READ) for name in ("self", "cpuinfo", "meminfo", "sys/vm/overcommit_memory")]
    rules += [("/dev/urandom", landlock.READ), ("/dev/null", landlock.READ | landlock.WRITE_FILE), (box, landlock.OWN)]
    if ground.private_root:
        rules.append((root.SHARED_MEMORY, landlock.OWN))
    return rules


def _filter(ground: Ground) -> None:
    program = seccomp.build(syscalls.machine(), private_root=ground.private_root)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    syscalls.set_seccomp_filter(program)


def _prove() -> None:
    """Read back from the kernel what must be true now."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    wanted = {"CapEff": 0, "CapPrm": 0, "CapInh": 0, "CapAmb": 0}
    if any(int(status[name], 16) != value for name, value in wanted.items()):
        raise LayerMissing("capabilities", "some are left")
    if status["NoNewPrivs"] != "1" or status["Seccomp"] != "2":
        raise LayerMissing("seccomp", "not in force")
