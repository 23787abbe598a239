"""One job from start to report: a learner's child runs the cells, a checker's child judges, this side holds clocks and limits.

Whatever a child does costs at most its own cell or its own check: the cell that killed it is left out, a fresh child runs the others
again, and the grading goes on.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grading import wire
from grading.job import Job
from grading.limits import RUNTIME_MEMORY, Limits
from grading.links import BrokeProtocol, Link, cell_error_of, output_of, reason_of, seconds_of, size_of, text_of
from grading.notebook import Cell
from grading.report import CellError, CellResult, Reason, Report, Timings
from grading.seed import seed_of_learner
from grading.verdicts import Judgement, build_report, sentence_for_death
from grading.warm_parent import ChildHandle, Ending, Lost, WarmParent

OnEvent = Callable[[dict[str, Any]], None]
MAX_DEATHS = 4  # a notebook that kills its process more often than this is not run again
GRACE_SECONDS = 1.0  # between asking a cell to stop and ending its process
TICK = 0.04


@dataclass(slots=True)
class Spent:
    """How a child ended, in our words."""

    reason: Reason
    index: int | None = None


class Watch:
    """A clock on one child: asks it to stop when CPU or wall time is over, and ends it when it does not."""

    def __init__(self, parent: WarmParent, child: ChildHandle) -> None:
        self.parent = parent
        self.child = child
        self.over = False
        self._limits: tuple[float, float] | None = None
        self._gently = True
        self._stopping_at = 0.0
        self._task = asyncio.create_task(self._look())

    def begin(self, cpu_seconds: float, wall_seconds: float, *, gently: bool) -> None:
        self._limits = (self.child.cpu_seconds() + cpu_seconds, time.monotonic() + wall_seconds)
        self._gently, self._stopping_at = gently, 0.0

    def finish(self) -> None:
        self._limits = None

    def close(self) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while not self.child.ended.done():
            await asyncio.sleep(TICK)
            if self._limits is None:
                continue
            cpu, wall = self._limits
            if self.child.cpu_seconds() >= cpu or time.monotonic() >= wall:
                self._stop()

    def _stop(self) -> None:
        self.over = True
        if self._gently and not self._stopping_at:
            self._stopping_at = time.monotonic()
            self.parent.signal(self.child, signal.SIGINT)
        elif not self._gently or time.monotonic() - self._stopping_at > GRACE_SECONDS:
            self.parent.signal(self.child, signal.SIGKILL)


@dataclass(slots=True)
class Learner:
    """A living learner's child that has run its cells, and the checker's end of its RPC socket."""

    child: ChildHandle
    link: Link
    watch: Watch
    rpc: socket.socket | None


@dataclass
class Session:
    """Runs one job on one warm parent."""

    job: Job
    parent: WarmParent
    on_event: OnEvent
    results: dict[int, CellResult] = field(default_factory=dict)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    judged: dict[str, Judgement] = field(default_factory=dict)
    _left_out: set[int] = field(default_factory=set)
    _deaths: int = 0
    _cpu_used: float = 0.0
    _output_bytes: int = 0
    _cell_bytes: dict[int, int] = field(default_factory=dict)
    _displays: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _reason: Reason | None = None

    def __post_init__(self) -> None:
        overrides = {**(self.job.package.limits if self.job.package else {}), **self.job.limits}
        self.limits = Limits(**{"memory_bytes": RUNTIME_MEMORY[self.parent.runtime], **overrides})  # type: ignore[arg-type]
        self.cells = [cell for cell in self.job.cells if cell.kind == "code"]
        if self.job.run_to is not None:
            self.cells = [cell for cell in self.cells if cell.index <= self.job.run_to]
        self.began = time.monotonic()

    # The whole ---------------------------------------------------------------------------------------------------------------------

    async def run(self) -> Report:
        """Run and judge. Raises Lost, Closed or Unavailable when the warm parent is lost: that is never the learner's fault."""
        learner: Learner | None = None
        try:
            learner = await self._run_cells()
            cells_done = time.monotonic()
            if self.job.kind in {"check", "submit"}:
                self.on_event({"event": "checking"})
                learner = await self._judge(learner)
            done = time.monotonic()
        finally:
            if learner:
                await self._end(learner)
        timings = Timings(cells=cells_done - self.began, checks=done - cells_done, total=done - self.began)
        return build_report(
            self.job, cells=self._all_cells(), outputs=self.outputs, judged=self.judged, reason=self._reason, timings=timings
        )

    def _all_cells(self) -> tuple[CellResult, ...]:
        code = [cell for cell in self.job.cells if cell.kind == "code"]
        return tuple(self.results.get(cell.index) or CellResult(index=cell.index, status="skipped") for cell in code)

    def _cpu_left(self) -> float:
        return max(0.1, self.limits.cpu_seconds - self._cpu_used)

    def _wall_left(self) -> float:
        return max(0.5, self.limits.wall_seconds - (time.monotonic() - self.began))

    # Cells -------------------------------------------------------------------------------------------------------------------------

    async def _run_cells(self) -> Learner | None:
        """A child that ran every cell that can be run; None when the notebook ended too many."""
        while True:
            learner = await self._spawn_learner()
            spent = await self._drive(learner)
            if spent is None:
                return learner
            await self._end(learner)
            self._deaths += 1
            self._reason = self._reason or spent.reason
            if spent.index is not None:
                self._left_out.add(spent.index)
            if self._deaths > MAX_DEATHS or self._is_spent():
                return None

    def _is_spent(self) -> bool:
        return self._cpu_used >= self.limits.cpu_seconds or time.monotonic() - self.began >= self.limits.wall_seconds

    async def _spawn_learner(self) -> Learner:
        ours, theirs = socket.socketpair()
        try:
            child = await self.parent.spawn(
                "learner", memory_bytes=int(self.limits.memory_bytes), cpu_seconds=self._cpu_left() + 2, rpc=theirs
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Learner(child, Link(child.link), Watch(self.parent, child), ours)

    async def _drive(self, learner: Learner) -> Spent | None:
        """Send the cells and take what comes; None when all were run."""
        planned = [cell for cell in self.cells if cell.index not in self._left_out]
        current: int | None = None
        try:
            await learner.link.say(self._cells_message(planned))
            learner.watch.begin(10, 60, gently=False)
            while True:
                message = await learner.link.next()
                kind = message.get("ev")
                if kind == "cells_done":
                    learner.watch.finish()
                    self._cpu_used += learner.child.cpu_seconds()
                    return None
                current = self._take(message, planned, learner, current)
        except (wire.Closed, BrokeProtocol) as error:
            return await self._cell_death(learner, current, error)

    def _cells_message(self, planned: list[Cell]) -> dict[str, Any]:
        return {
            "op": "cells",
            "cells": [{"index": cell.index, "source": cell.source, "tags": list(cell.tags)} for cell in planned],
            "seed": seed_of_learner(self.job.seed),
            "files": dict(self.job.package.files) if self.job.package else {},
            "keep_outputs": True,
        }

    def _take(self, message: dict[str, Any], planned: list[Cell], learner: Learner, current: int | None) -> int | None:
        kind, index = message.get("ev"), message.get("index")
        if type(index) is not int or index not in {cell.index for cell in planned}:
            raise BrokeProtocol("a cell that nobody sent")
        if kind == "cell_start":
            cpu = min(self.limits.cpu_seconds_per_task, self._cpu_left())
            learner.watch.over = False
            learner.watch.begin(cpu, min(cpu * self.limits.wall_per_cpu, self._wall_left()), gently=True)
            if index not in self.results:
                number = next(place for place, cell in enumerate(self.cells, 1) if cell.index == index)
                self.on_event({"event": "cell", "index": index, "number": number, "of": len(self.cells)})
            return index
        if index != current:
            raise BrokeProtocol("a message about another cell")
        if kind == "cell_end":
            learner.watch.finish()
            self._end_cell(message, index, learner.watch.over)
            return None
        if index not in self.results:
            self._output(kind, message, index, learner)
        return index

    def _end_cell(self, message: dict[str, Any], index: int, was_stopped: bool) -> None:
        status = message.get("status")
        if status not in {"ok", "error", "timeout", "skipped"}:
            raise BrokeProtocol("a status that is none")
        error, seconds = cell_error_of(message.get("error")), seconds_of(message.get("seconds"))
        if index in self.results:
            return
        if was_stopped or status == "timeout":
            status, error = "timeout", self._too_slow(index)
            self._reason = self._reason or Reason.TIME
        elif error is not None and error.name == "MemoryError":
            self._reason = self._reason or Reason.MEMORY
        elif status == "error":
            self._reason = self._reason or Reason.EXCEPTION
        result = CellResult(index=index, status=status, seconds=seconds, error=error)
        self.results[index] = result
        self.on_event({"event": "cell_end", "index": index, "status": status, "seconds": seconds, "error": _error_json(error)})

    def _too_slow(self, index: int) -> CellError:
        seconds = min(self.limits.cpu_seconds_per_task, self.limits.cpu_seconds)
        return CellError(name="TimeLimit", message=sentence_for_death(Reason.TIME, index, seconds))

    async def _cell_death(self, learner: Learner, current: int | None, error: Exception) -> Spent:
        self._cpu_used += learner.child.cpu_seconds()
        ending = await self.parent.end(learner.child) if isinstance(error, BrokeProtocol) else await self._ending(learner.child)
        reason = Reason.FORBIDDEN if isinstance(error, BrokeProtocol) else reason_of_ending(ending, was_slow=learner.watch.over)
        if (
            self._cell_bytes.get(-1 if current is None else current, 0) > self.limits.output_bytes_per_cell
            or self._output_bytes > self.limits.output_bytes
        ):
            reason = Reason.OUTPUT
        if current is not None and current not in self.results:
            sentence = sentence_for_death(reason, current, self.limits.cpu_seconds_per_task)
            failed = CellError(name=_DEATH_NAMES[reason], message=sentence)
            status = "timeout" if reason is Reason.TIME else "error"
            self.results[current] = CellResult(index=current, status=status, error=failed)
            self.on_event({"event": "cell_end", "index": current, "status": status, "seconds": 0.0, "error": _error_json(failed)})
        return Spent(reason, current)

    async def _ending(self, child: ChildHandle) -> Ending:
        """How a child ended that has hung up; one that only closed its socket is ended. Raises Lost when the warm parent is gone."""
        try:
            ending = await asyncio.wait_for(asyncio.shield(child.ended), GRACE_SECONDS)
        except TimeoutError:
            ending = await self.parent.end(child)
        if ending.is_lost:
            raise Lost("the warm parent died")
        return ending

    # Outputs -----------------------------------------------------------------------------------------------------------------------

    def _output(self, kind: object, message: dict[str, Any], index: int, learner: Learner) -> None:
        kept = self.outputs.setdefault(index, [])
        if kind == "clear_output":
            kept.clear()
        elif kind == "output":
            self._keep(output_of(message.get("output")), index, kept, message.get("display_id"), learner)
        elif kind == "update_display":
            self._update(text_of(message.get("display_id"), 200), output_of(message.get("output")))
        else:
            raise BrokeProtocol("a message of no known kind")
        self.on_event({"event": "output", "index": index, "output": message.get("output"), "clear": kind == "clear_output"})

    def _keep(self, output: dict[str, Any], index: int, kept: list[dict[str, Any]], display_id: object, learner: Learner) -> None:
        size = size_of(output)
        self._output_bytes += size
        self._cell_bytes[index] = self._cell_bytes.get(index, 0) + size
        if self._cell_bytes[index] > self.limits.output_bytes_per_cell or self._output_bytes > self.limits.output_bytes:
            self.parent.signal(learner.child, signal.SIGKILL)
            return
        if output["output_type"] == "stream" and kept and kept[-1].get("name") == output["name"]:
            kept[-1]["text"] += output["text"]
            return
        kept.append(output)
        if isinstance(display_id, str):
            self._displays.setdefault(display_id[:200], []).append((index, len(kept) - 1))

    def _update(self, display_id: str, output: dict[str, Any]) -> None:
        self._output_bytes += size_of(output)
        for index, place in self._displays.get(display_id, []):
            kept = self.outputs.get(index, [])
            if place < len(kept) and kept[place]["output_type"] in {"display_data", "execute_result"}:
                kept[place] = {**kept[place], "data": output.get("data", {}), "metadata": output.get("metadata", {})}

    # Checks ------------------------------------------------------------------------------------------------------------------------

    async def _judge(self, learner: Learner | None) -> Learner | None:
        package = self.job.package
        assert package is not None
        wanted = [check for check in package.checks if check.visible or self.job.kind == "submit"]
        if learner is None:
            reason = self._reason or Reason.CRASH
            self.judged = {
                check.id: Judgement.not_judged(sentence_for_death(reason, None, self.limits.cpu_seconds), reason) for check in wanted
            }
            return None
        checker = await self._spawn_checker(learner)
        link, watch = Link(checker.link), Watch(self.parent, checker)
        try:
            await link.say(self._check_message())
            watch.begin(self.limits.cpu_seconds * 2, self._wall_left() + 10, gently=False)
            learner = await self._converse(link, learner, {check.id for check in wanted})
        except (wire.Closed, BrokeProtocol) as error:
            if isinstance(error, wire.Closed):
                await self._ending(checker)
            self._lesson_broke(wanted, watch, error)
        finally:
            watch.close()
            await self.parent.end(checker)
        for check in wanted:
            if check.id not in self.judged:
                self.judged[check.id] = Judgement.broken("the checker did not say how this check ended")
        return learner

    def _lesson_broke(self, wanted: list[Any], watch: Watch, error: Exception) -> None:
        why = "the checks took too long" if watch.over else f"the checker ended early ({error})"
        for check in wanted:
            self.judged.setdefault(check.id, Judgement.broken(why))

    async def _spawn_checker(self, learner: Learner) -> ChildHandle:
        assert learner.rpc is not None
        checker = await self.parent.spawn(
            "checker", memory_bytes=int(self.limits.memory_bytes), cpu_seconds=self.limits.cpu_seconds * 2 + 2, rpc=learner.rpc
        )
        learner.rpc.close()
        learner.rpc = None
        return checker

    def _check_message(self) -> dict[str, Any]:
        assert self.job.package is not None
        package = {**self.job.package.to_json(), "files": {}}
        failed = {cell.index: cell.error for cell in self.results.values() if cell.error}
        return {
            "op": "check",
            "package": package,
            "seed": self.job.seed,
            "only_visible": self.job.kind == "check",
            "measures": True,
            "cells": [{"index": cell.index, "source": cell.source} for cell in self.cells],
            "cell_errors": {str(index): {"name": error.name, "message": error.message} for index, error in failed.items()},
        }

    async def _converse(self, link: Link, learner: Learner | None, wanted: set[str]) -> Learner | None:
        before = 0.0
        while True:
            message = await link.next()
            kind = message.get("ev")
            if kind == "done":
                return learner
            if kind == "call_start" and learner:
                asked = min(seconds_of(message.get("cpu_limit")), self.limits.cpu_seconds_per_task, self._cpu_left())
                learner.watch.begin(asked, min(asked * self.limits.wall_per_cpu, self._wall_left()), gently=False)
                before = learner.child.cpu_seconds()
            elif kind == "call_end" and learner:
                learner.watch.finish()
                spent = max(0.0, learner.child.cpu_seconds() - before)
                self._cpu_used += spent
                if message.get("measure") is True:
                    await link.say({"op": "measured", "cpu_seconds": spent})
            elif kind == "need_learner":
                learner = await self._replace(link, learner)
            elif kind == "check_end":
                self._judge_one(message, wanted)
            elif kind not in {"check_start", "call_start", "call_end"}:
                raise BrokeProtocol("a message of no known kind")

    def _judge_one(self, message: dict[str, Any], wanted: set[str]) -> None:
        identity = text_of(message.get("id"), 200)
        if identity not in wanted or identity in self.judged:
            raise BrokeProtocol("a check that was not asked for")
        passed, judged = message.get("passed"), message.get("judged")
        if type(passed) is not bool or type(judged) is not bool:
            raise BrokeProtocol("a judgement that is none")
        judgement = Judgement(
            passed=passed and judged,
            judged=judged,
            message=text_of(message.get("message") or ""),
            reason=reason_of(message.get("reason")),
            is_broken=message.get("fault") == "lesson",
        )
        self.judged[identity] = judgement
        if not judged:
            self._reason = self._reason or judgement.reason
        self.on_event({"event": "check_end", "id": identity, "passed": judgement.passed})

    async def _replace(self, link: Link, learner: Learner | None) -> Learner | None:
        """A fresh learner's child after the last one died in a call: the cells once more, then the checker gets its socket."""
        reason = Reason.CRASH
        if learner:
            ending = await self._ending(learner.child)
            reason = reason_of_ending(ending, was_slow=learner.watch.over)
            self._cpu_used += ending.cpu if learner.watch.over else 0.0
            await self._end(learner)
        self._deaths += 1
        fresh = await self._run_cells() if self._deaths <= MAX_DEATHS and not self._is_spent() else None
        if fresh is None or fresh.rpc is None:
            await link.say({"op": "learner", "ok": False, "reason": reason.value})
            return None
        link.say_with({"op": "learner", "ok": True, "reason": reason.value}, fresh.rpc.fileno())
        fresh.rpc.close()
        fresh.rpc = None
        return fresh

    async def _end(self, learner: Learner) -> None:
        learner.watch.close()
        if learner.rpc:
            learner.rpc.close()
            learner.rpc = None
        await self.parent.end(learner.child)


_DEATH_NAMES = {
    Reason.TIME: "TimeLimit",
    Reason.MEMORY: "MemoryLimit",
    Reason.OUTPUT: "OutputLimit",
    Reason.EXIT: "Exit",
    Reason.CRASH: "Crash",
    Reason.FORBIDDEN: "Forbidden",
    Reason.EXCEPTION: "Exception",
}


def reason_of_ending(ending: Ending, *, was_slow: bool) -> Reason:
    """Why a process ended, from its exit code or signal."""
    if was_slow or ending.code == -signal.SIGXCPU:
        return Reason.TIME
    if ending.code == -signal.SIGSYS:
        return Reason.FORBIDDEN
    if ending.code == -signal.SIGKILL:
        return Reason.MEMORY
    if ending.code < 0 or ending.code == 128 + errno.ENOMEM:
        return Reason.CRASH
    return Reason.EXIT


def _error_json(error: CellError | None) -> dict[str, Any] | None:
    return {"name": error.name, "message": error.message, "line": error.line, "hint": error.hint} if error else None
