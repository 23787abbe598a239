"""The engine: takes jobs, keeps a warm parent for each runtime, gives reports. `Engine` is for programs, `AsyncEngine` for the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from grading import wire
from grading.exercise import Runtime
from grading.job import Job
from grading.report import Report, Timings
from grading.session import Session
from grading.verdicts import platform_failure
from grading.warm_parent import Lost, Unavailable, WarmParent

OnEvent = Callable[[dict[str, Any]], None]
SLOTS = 2


class EngineFault(Exception):
    """The engine could not do its work: our fault, worth another try."""


class EngineUnavailable(EngineFault):
    """No engine answers, or this host lacks a mandatory layer of isolation: nothing is graded."""


class RunsJobs(Protocol):
    """What commands and tasks need of an engine, wherever it runs."""

    def run(self, job: Job, on_event: OnEvent | None = None) -> Report: ...

    def health(self) -> dict[str, Any]: ...

    def close(self) -> None: ...


def _ignore(event: dict[str, Any]) -> None:
    pass


def has_torch() -> bool:
    importlib.invalidate_caches()
    return importlib.util.find_spec("torch") is not None


class AsyncEngine:
    """Lives in one event loop. Jobs beyond `slots` wait."""

    def __init__(self, slots: int = SLOTS) -> None:
        self.slots = slots
        self.running = 0
        self.waiting = 0
        self._gate = asyncio.Semaphore(slots)
        self.parents: dict[Runtime, WarmParent] = {"ml": WarmParent("ml"), "torch": WarmParent("torch")}

    def start(self, *, with_torch: bool = False) -> None:
        """Begin to warm up, in the background."""
        self.parents["ml"].keep_alive()
        if with_torch:
            self._torch_later = asyncio.create_task(self._warm_torch())

    async def _warm_torch(self) -> None:
        with contextlib.suppress(Unavailable, TimeoutError):
            await self.parents["ml"].wait_ready()
        while not has_torch():  # it may still be being installed
            await asyncio.sleep(5)
        self.parents["torch"].keep_alive()

    async def run(self, job: Job, on_event: OnEvent = _ignore) -> Report:
        """Run one job; raises EngineUnavailable. A warm parent that dies under it is started again, once."""
        began = time.monotonic()
        self.waiting += 1
        try:
            await self._gate.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            return await self._with_second_try(job, on_event, began)
        finally:
            self.running -= 1
            self._gate.release()

    async def _with_second_try(self, job: Job, on_event: OnEvent, began: float) -> Report:
        runtime: Runtime = job.package.runtime if job.package else job.runtime or "ml"
        if runtime == "torch" and not has_torch():
            raise EngineUnavailable("PyTorch is not installed here yet, and this exercise needs it.")
        parent = self.parents[runtime]
        for attempt in (1, 2):
            try:
                await parent.wait_ready()
                started = time.monotonic()
                report = await Session(job, parent, on_event).run()
                return _with_start(report, started - began)
            except Unavailable as error:
                raise EngineUnavailable(str(error)) from error
            except (Lost, wire.Closed, TimeoutError, OSError) as error:
                if attempt == 2:
                    raise EngineFault(f"the warm parent was lost twice: {error}") from error
                on_event({"event": "restarted"})
        return platform_failure(job)

    def health(self) -> dict[str, Any]:
        return {
            "slots": self.slots,
            "running": self.running,
            "waiting": self.waiting,
            "runtimes": {name: _state(parent) for name, parent in self.parents.items()},
        }

    async def close(self) -> None:
        if hasattr(self, "_torch_later"):
            self._torch_later.cancel()
        for parent in self.parents.values():
            await parent.close()


def _state(parent: WarmParent) -> dict[str, Any]:
    refused = parent.refused.missing if parent.refused else []
    return {
        "ready": parent.is_ready,
        "starts": parent.starts,
        "pid": parent.pid,
        "missing": refused,
        "layers": parent.layers,
        **parent.info,
    }


def _with_start(report: Report, start: float) -> Report:
    from dataclasses import replace

    timings = Timings(start=start, cells=report.timings.cells, checks=report.timings.checks, total=start + report.timings.total)
    return replace(report, timings=timings)


class Engine:
    """An engine of one's own, for a command: its loop runs in a thread that lives as long as it does."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()
        self._engine: AsyncEngine = self._do(self._make(slots))

    async def _make(self, slots: int) -> AsyncEngine:
        engine = AsyncEngine(slots)
        engine.start()
        return engine

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def run(self, job: Job, on_event: OnEvent | None = None) -> Report:
        """Run one job; `on_event` is called from the engine's thread."""
        report: Report = self._do(self._engine.run(job, on_event or _ignore))
        return report

    def health(self) -> dict[str, Any]:
        return self._engine.health()

    def wait_ready(self, runtime: Runtime = "ml") -> None:
        """Raises EngineUnavailable with what is missing."""
        try:
            self._do(self._engine.parents[runtime].wait_ready())
        except Unavailable as error:
            raise EngineUnavailable(str(error)) from error

    def close(self) -> None:
        self._do(self._engine.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_engine(socket_path: Path | None = None) -> RunsJobs:
    """The daemon behind `socket_path` if it answers, else an engine of our own; the caller closes it."""
    from grading.client import EngineClient

    if socket_path is not None and socket_path.exists():
        client = EngineClient(socket_path)
        with contextlib.suppress(EngineFault):
            client.health()
            return client
    return Engine()
