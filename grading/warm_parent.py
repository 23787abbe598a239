"""The engine's side of a warm parent: start it, have it fork children, hear how each ended, start it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading import wire
from grading.exercise import Runtime
from grading.sandbox.root import REPOSITORY
from grading.warmup import ENVIRONMENT

BOOT_SECONDS = 180.0
LONGEST_PAUSE = 30.0


class Unavailable(Exception):
    """The warm parent refuses or cannot start; `missing` lists {layer, why}."""

    def __init__(self, missing: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{part['layer']}: {part['why']}" for part in missing))
        self.missing = missing


class Lost(Exception):
    """The warm parent died and took its children along: never the learner's doing."""


@dataclass(slots=True)
class Ending:
    """How a child ended: `code` is its exit code, or minus the number of the signal; `cpu` in seconds. `is_lost`: with the warm parent."""

    code: int
    cpu: float
    is_lost: bool = False


@dataclass(slots=True)
class ChildHandle:
    """One forked child: our end of its link, its process number as we see it, and how it will have ended."""

    number: int
    slot: int
    link: socket.socket
    pid: int = 0
    layers: dict[str, str] = field(default_factory=dict)
    ended: asyncio.Future[Ending] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def cpu_seconds(self) -> float:
        """CPU time so far, measured by the kernel from outside."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # the clock of a process by its number: clock_getcpuclockid(3)
        except OSError:
            return self.ended.result().cpu if self.ended.done() else 0.0


class WarmParent:
    """One runtime's warm parent, kept alive. Must be used from the engine's one event loop."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.info: dict[str, Any] = {}
        self.layers: dict[str, str] = {}  # those that the last child reported to be on
        self.refused: Unavailable | None = None
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._children: dict[int, ChildHandle] = {}
        self._next = 0
        self._slots: set[int] = set()
        self._ready = asyncio.Event()
        self._boxes: tempfile.TemporaryDirectory[str] | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def keep_alive(self) -> None:
        """Start it, and again with growing pauses whenever it dies, until `close`."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())

    async def wait_ready(self, seconds: float = BOOT_SECONDS) -> None:
        """Return once children can be forked; raises Unavailable when this host lacks a layer, TimeoutError when it takes too long."""
        self.keep_alive()
        end = time.monotonic() + seconds
        while not self._ready.is_set():
            if self.refused is not None:
                raise self.refused
            if time.monotonic() > end:
                raise TimeoutError("the warm parent did not start in time")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), 0.2)

    async def close(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        self._kill()
        if self._boxes:
            self._boxes.cleanup()

    async def _keep(self) -> None:
        pause = 0.2
        while True:
            began = time.monotonic()
            try:
                await self._start()
                await self._listen()
            except (wire.Closed, wire.BadFrame, OSError):
                pass
            finally:
                self._ready.clear()
                self._kill()
                self._all_ended()
            if self.refused is not None:
                return
            pause = 0.2 if time.monotonic() - began > 60 else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        arguments = [sys.executable, "-m", "grading.zygote", str(theirs.fileno()), str(os.getpid()), self.runtime]
        if self._boxes is None:
            self._boxes = tempfile.TemporaryDirectory(prefix="cairn-boxes-")
            for slot in range(64):
                Path(self._boxes.name, f"slot-{slot}").mkdir(mode=0o700)
        self._process = subprocess.Popen(
            [*arguments, self._boxes.name], env={**ENVIRONMENT, "PATH": os.defpath}, cwd=REPOSITORY, pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        self.starts += 1
        self._control = ours

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        reader = wire.FrameReader()
        assert self._control is not None
        while chunk := await loop.sock_recv(self._control, 1 << 16):
            for message in reader.feed(chunk):
                self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["ev"] == "ready":
            self.info = message
            self._ready.set()
        elif message["ev"] == "refused":
            self.refused = Unavailable(message["missing"])
        elif message["ev"] == "ended" and (child := self._children.pop(message["child"], None)):
            self._slots.discard(child.slot)
            if not child.ended.done():
                child.ended.set_result(Ending(message["code"], message["cpu"]))

    def _all_ended(self) -> None:
        for child in self._children.values():
            if not child.ended.done():
                child.ended.set_result(Ending(-signal.SIGKILL, 0.0, is_lost=True))
        self._children.clear()
        self._slots.clear()

    def _kill(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def spawn(self, role: str, *, memory_bytes: int, cpu_seconds: float, rpc: socket.socket | None = None) -> ChildHandle:
        """Fork a child and wait until it is isolated. Raises Unavailable when a layer fails, Closed when the warm parent dies."""
        await self.wait_ready()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._next += 1
        slot = next(slot for slot in range(64) if slot not in self._slots)
        child = ChildHandle(number=self._next, slot=slot, link=ours)
        self._slots.add(slot)
        self._children[child.number] = child
        message = {"op": "spawn", "child": child.number, "role": role, "slot": slot, "memory": memory_bytes, "cpu": cpu_seconds}
        try:
            self._tell(message, [theirs.fileno(), *([rpc.fileno()] if rpc else [])])
        finally:
            theirs.close()
        await _first_word(child)
        self.layers = child.layers
        return child

    def signal(self, child: ChildHandle, number: int) -> None:
        if not child.ended.done():
            with contextlib.suppress(wire.Closed):
                self._tell({"op": "signal", "child": child.number, "signal": int(number)})

    def _tell(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        if self._control is None:
            raise wire.Closed("the warm parent is gone")
        wire.send(self._control, message, fds=fds or [])

    async def end(self, child: ChildHandle) -> Ending:
        """Kill a child, if it still lives, and wait until it is gone."""
        self.signal(child, signal.SIGKILL)
        child.link.close()
        return await child.ended


async def _first_word(child: ChildHandle) -> None:
    """The child's first message comes with its credentials, attached by the kernel: from them we know it by our own numbers."""
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(child.link, wake)
    try:
        await asyncio.wait_for(readable, 20)
    finally:
        loop.remove_reader(child.link)
    chunk, ancillary, _, _ = child.link.recvmsg(1 << 16, socket.CMSG_SPACE(12))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            child.pid = int.from_bytes(data[:4], sys.byteorder)
    messages = list(wire.FrameReader().feed(chunk))
    if not messages:
        raise wire.Closed("the child ended before it was isolated")
    if messages[0].get("ev") != "ready":
        raise Unavailable(messages[0].get("missing", [{"layer": "unknown", "why": "the child did not say"}]))
    child.layers = messages[0]["layers"]
