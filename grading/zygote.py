"""The warm parent: one process inside the private root from which every child is forked, already holding all that notebooks import.

Started by the engine as `python -m grading.zygote CONTROL PARENT RUNTIME [BOXES]` with an empty environment. It never runs foreign code
and never sees a lesson's checks; it stays single-threaded, for threads do not survive fork.
"""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
import socket
import sys
import time
from typing import Any, cast

from grading import wire
from grading.exercise import Runtime
from grading.sandbox import layers, syscalls
from grading.sandbox.rlimits import ChildLimits, memory_in_use

EXIT_NOT_ISOLATED = 97


def main(control_fd: int, parent: int, runtime: Runtime, boxes: str = "") -> None:
    control = socket.socket(fileno=control_fd)
    _die_with(parent)
    missing = layers.missing_mandatory()
    if missing:
        wire.send(control, {"ev": "refused", "missing": [{"layer": part.layer, "why": part.why} for part in missing]})
        return
    ground = layers.Ground(is_root=os.geteuid() == 0, boxes=boxes)
    layers.take_namespaces(ground)
    if ground.namespaces and (inner := os.fork()):  # the child is the first process of the new PID namespace
        control.close()
        _, status = os.waitpid(inner, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    try:
        _settle(ground, runtime)
    except Exception as error:  # noqa: BLE001 - whatever it is, the engine must learn of it
        wire.send(control, {"ev": "refused", "missing": [{"layer": "warm_parent", "why": f"{type(error).__name__}: {error}"}]})
        return
    WarmParent(control, ground, runtime).serve()


def _die_with(parent: int) -> None:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


def _settle(ground: layers.Ground, runtime: Runtime) -> None:
    """Enter the private root, then import: in this order nothing imported keeps a way out."""
    from grading.warmup import ENVIRONMENT, warm_up

    if ground.namespaces:
        _die_with(0)
        layers.enter_private_root(ground)
    os.environ.update(ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group: the supervisor ends us in order
    warm_up(runtime)
    ground.in_use = memory_in_use()
    layers.keep_few_capabilities(ground)


class WarmParent:
    """Answers `spawn` and `signal`, and tells how each child ended."""

    def __init__(self, control: socket.socket, ground: layers.Ground, runtime: Runtime) -> None:
        self.control = control
        self.ground = ground
        self.runtime = runtime
        self.children: dict[int, int] = {}  # pid -> the engine's number of the child
        self.wakeup, self.wakeup_write = socket.socketpair()
        self.wakeup.setblocking(False)
        self.wakeup_write.setblocking(False)

    def serve(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wakeup_write.fileno(), warn_on_full_buffer=False)
        wire.send(self.control, {"ev": "ready", "tier": self.ground.tier, "why_not": self.ground.why_not, **_versions()})
        while True:
            readable, _, _ = select.select([self.control, self.wakeup], [], [])
            if self.wakeup in readable:
                with contextlib.suppress(BlockingIOError):
                    self.wakeup.recv(4096)
            self._reap()
            if self.control in readable:
                try:
                    frame = wire.receive_frame(self.control, max_fds=2)
                except wire.Closed:
                    os._exit(0)  # the engine is gone: the kernel takes all that is left of this namespace
                self._obey(frame)

    def _obey(self, frame: wire.Frame) -> None:
        message = frame.message
        if message["op"] == "spawn":
            self._spawn(message, frame.fds)
        elif message["op"] == "signal":
            for pid, number in self.children.items():
                if number == message["child"]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, message["signal"])

    def _spawn(self, message: dict[str, Any], fds: list[int]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_a_child(self, message, fds, parent)
        for descriptor in fds:
            os.close(descriptor)
        self.children[pid] = message["child"]

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self.children.pop(pid, None)
            if number is not None:
                ended = os.waitstatus_to_exitcode(status)
                wire.send(
                    self.control,
                    {"ev": "ended", "child": number, "code": ended, "cpu": usage.ru_utime + usage.ru_stime},
                )


def _versions() -> dict[str, Any]:
    names = ("numpy", "pandas", "sklearn", "matplotlib", "torch")
    found = {name: str(getattr(sys.modules[name], "__version__", "")) for name in names if name in sys.modules}
    return {"versions": {"python": platform.python_version(), **found}}


def _be_a_child(parent: WarmParent, message: dict[str, Any], fds: list[int], parent_pid: int) -> None:
    """Isolate this process and serve; never returns. Nothing foreign runs before the last layer is on."""
    code = EXIT_NOT_ISOLATED
    link = socket.socket(fileno=fds[0])
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        rpc = socket.socket(fileno=fds[1]) if len(fds) > 1 else None
        limits = ChildLimits(memory_bytes=message["memory"], cpu_seconds=message["cpu"])
        child = layers.Child(slot=message["slot"], limits=limits, keep=frozenset(fds), parent=parent_pid)
        on = layers.isolate(parent.ground, child)
        wire.send(link, {"ev": "ready", "layers": on, "started": time.monotonic()})
        code = 0
        _serve(message["role"], link, rpc)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except layers.LayerMissing as error:
        wire.send(link, {"ev": "refused", "missing": [{"layer": error.layer, "why": error.why}]})
    except BaseException as error:  # noqa: BLE001 - a child must never come back into the warm parent's loop
        if code == EXIT_NOT_ISOLATED:
            wire.send(link, {"ev": "refused", "missing": [{"layer": "start", "why": f"{type(error).__name__}: {error}"}]})
        code = code or 1
    finally:
        os._exit(code)


def _serve(role: str, link: socket.socket, rpc: socket.socket | None) -> None:
    if role == "checker":
        from grading.inside import checker

        assert rpc is not None
        checker.serve(link, rpc)
    else:
        from grading.inside import learner

        learner.serve(link, rpc)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), cast("Runtime", sys.argv[3]), *sys.argv[4:5])
