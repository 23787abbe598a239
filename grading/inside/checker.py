"""The checker's process: executes a lesson's checks against the learner's process and reports each one.

Checks and truth arrive over `control` and live in memory only. Nothing here trusts the learner's process: it gives values, and the checks
judge them. Nothing here trusts an author's code either: what it raises is the lesson's fault and costs the learner nothing.
"""

from __future__ import annotations

import os
import random
import socket
import sys
import traceback
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

from grading import wire
from grading.checks import registry, trail
from grading.checks.failures import CheckFailed, LessonFault, NotJudged
from grading.checks.proxy import CellFailure, Handle, LearnerNotebook
from grading.checks.registry import Check
from grading.checks.source import NotebookSource
from grading.checks.words import kind_in_words
from grading.inside.rpc import Answer, LearnerGone, Questioner
from grading.limits import Limits
from grading.seed import seed_of_check, seed_of_learner

REASONS = {"exception", "time", "memory", "exit", "crash", "forbidden", "output"}
FAULT_LENGTH = 1500
_MISFITS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


class NoLearner(Exception):
    """The engine has no further process to ask: what is left cannot be judged."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one check ended, as its check_end says it."""

    passed: bool
    judged: bool = True
    message: str = ""
    reason: str | None = None
    fault: str | None = None


class EngineLine:
    """Questions with the engine's clock around them, and a fresh learner's process when one has died."""

    def __init__(self, control: socket.socket, rpc: socket.socket, limits: Limits, *, measures: bool) -> None:
        self._control = control
        self._limits = limits
        self._cpu_seconds = 0.0
        self.measures = measures
        self.wants_cpu = False
        self.lost: str | None = None  # the reason, once the engine gives no further process
        self.notebook: LearnerNotebook | None = None
        self._questioner: Questioner | None = Questioner(rpc, self._handle)

    def ask(self, question: dict[str, Any], body: bytes, *, name: str, within: float) -> Answer:
        if self._questioner is None:
            raise NoLearner(self.lost or "crash")
        limit = min(within, self._limits.cpu_seconds_per_task)
        wire.send(self._control, {"ev": "call_start", "name": name[:200], "cpu_limit": float(limit)})
        try:
            answer = self._questioner.ask(question, body)
        except LearnerGone:
            self._questioner = None
            wire.send(self._control, {"ev": "call_end"})
            raise self._mourn(name, limit) from None
        self._end_call(answer)
        return answer

    def _end_call(self, answer: Answer) -> None:
        """Tell the engine; where a check asks for the cost of its calls, the engine's own measure of it counts."""
        if not (self.measures and self.wants_cpu):
            self._cpu_seconds = answer.cpu_seconds
            wire.send(self._control, {"ev": "call_end"})
            return
        wire.send(self._control, {"ev": "call_end", "measure": True})
        self._cpu_seconds = float(wire.receive(self._control)["cpu_seconds"])

    def cpu_seconds(self) -> float:
        return self._cpu_seconds

    def _mourn(self, name: str, limit: float) -> NotJudged:
        """Ask the engine why the process ended and for another one."""
        wire.send(self._control, {"ev": "need_learner"})
        frame = wire.receive_frame(self._control, head_limit=wire.HEAD_BYTES, body_limit=0, max_fds=1)
        reason = frame.message.get("reason")
        reason = reason if reason in REASONS else "crash"
        if frame.message.get("ok") is True and frame.fds:
            self._questioner = Questioner(socket.socket(fileno=frame.fds[0]), self._handle)
        else:
            for descriptor in frame.fds:
                os.close(descriptor)
            self.lost = reason
        return NotJudged(_death_in_words(reason, name, limit), reason=reason)

    def _handle(self, number: int, type_name: str) -> Handle:
        assert self.notebook is not None
        return Handle(self.notebook, number, type_name)


def serve(control: socket.socket, rpc: socket.socket) -> None:
    """Judge one notebook: read the order from `control`, ask over `rpc`, report over `control`."""
    order = wire.receive(control, head_limit=wire.TRUSTED_HEAD_BYTES)
    package, seed = order["package"], order["seed"]
    known = set(Limits.__dataclass_fields__)
    limits = Limits(**{name: value for name, value in package.get("limits", {}).items() if name in known})
    line = EngineLine(control, rpc, limits, measures=order.get("measures") is True)
    source = NotebookSource([(cell["index"], cell["source"]) for cell in order["cells"]])
    failures = {int(index): CellFailure(error["name"], error["message"]) for index, error in order["cell_errors"].items()}
    notebook = line.notebook = LearnerNotebook(line, source, failures)
    wanted = [check["id"] for check in package["checks"] if check["visible"] or not order["only_visible"]]
    random.Random(seed).shuffle(wanted)  # noqa: S311 - an order that repeats, not a secret
    checks = _load(package)
    for identity in wanted:
        wire.send(control, {"ev": "check_start", "id": identity})
        outcome = _judge(checks, identity, notebook, line, seed)
        wire.send(control, {"ev": "check_end", "id": identity, **_as_json(outcome)})
    wire.send(control, {"ev": "done"})


def _load(package: dict[str, Any]) -> dict[str, Check] | str:
    """The lesson's checks by id, or the reason why there are none."""
    registry.take_collected()
    sys.dont_write_bytecode = True
    try:
        for name, text in package["truth"].items():
            _module(name, text)
        _module("checks", package["checks_source"])
    except BaseException as error:  # noqa: BLE001 - whatever an author's file raises is the lesson's fault
        return _told(error)
    return registry.take_collected()


def _module(name: str, text: str) -> None:
    """Execute a module's text under its name, its packages made where they are missing."""
    parent, _, own = name.rpartition(".")
    if parent and parent not in sys.modules:
        sys.modules[parent] = types.ModuleType(parent)
        sys.modules[parent].__path__ = []
    module = types.ModuleType(name)
    module.__dict__["__file__"] = f"<{name}>"
    sys.modules[name] = module
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - running the lesson's checks is what this process is for
    if parent:
        setattr(sys.modules[parent], own, module)


def _judge(checks: dict[str, Check] | str, identity: str, notebook: LearnerNotebook, line: EngineLine, seed: int) -> Outcome:
    if isinstance(checks, str):
        return _fault(checks)
    if identity not in checks:
        return _fault(f"checks.py has no check called {identity}")
    if line.lost is not None:
        return _lost(line.lost)
    own_seed = seed_of_check(seed, identity)
    notebook.begin(seed_of_learner(seed, identity))
    random.seed(own_seed)
    np.random.seed(own_seed % 2**32)
    try:
        checks[identity].run(notebook, np.random.default_rng(own_seed))
    except (wire.Closed, wire.BadFrame):
        raise  # the engine is gone, and so is our reason to be here
    except BaseException as error:  # noqa: BLE001 - an author's check may raise anything; it must not end the others
        return _lost(error.reason) if isinstance(error, NoLearner) else _outcome_of(error)
    return Outcome(passed=True)


def _outcome_of(error: BaseException) -> Outcome:
    if isinstance(error, NotJudged):
        return Outcome(passed=False, judged=False, message=error.message, reason=error.reason)
    if isinstance(error, CheckFailed):
        return Outcome(passed=False, message=error.message)
    return _blame(error)


def _blame(error: BaseException) -> Outcome:
    """Whose fault an exception in a check is.

    Every check passes with the reference solution before its lesson is published. So an exception of a kind that comes from a value of
    the wrong shape or type, once a learner's value is in play, comes from that value. Everything else is the lesson's fault.
    """
    call = trail.last()
    if call is None or not isinstance(error, _MISFITS) or isinstance(error, LessonFault):
        return _fault(_told(error))
    value = call.value
    size = f" of shape {value.shape}" if type(value) is np.ndarray else f" of {len(value)}" if type(value) in {list, tuple} else ""
    came = f"{kind_in_words(value)}{size}"
    return Outcome(passed=False, message=f"`{call.text}` returned {came}, which this check cannot use. Compare it with the task.")


def _fault(told: str) -> Outcome:
    return Outcome(passed=False, judged=False, message=told[-FAULT_LENGTH:], fault="lesson")


def _told(error: BaseException) -> str:
    """The exact error, for staff: what was raised, and where in the lesson's files."""
    places = [
        f"{frame.filename.strip('<>')} line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("<") and not frame.filename.startswith("<frozen")
    ]
    at = f" ({places[-1]})" if places else ""
    return f"{type(error).__name__}: {error}{at}"


def _as_json(outcome: Outcome) -> dict[str, Any]:
    message = outcome.message.encode("utf-8", "replace").decode()
    return {"passed": outcome.passed, "judged": outcome.judged, "message": message, "reason": outcome.reason, "fault": outcome.fault}


def _death_in_words(reason: str, name: str, limit: float) -> str:
    sentences = {
        "time": f"`{name}` did not finish within {limit:g} s. A loop over many rows is often the cause; try one NumPy expression.",
        "memory": f"`{name}` needed more memory than a notebook may use here. Work in smaller parts, or keep fewer copies.",
        "exit": f"`{name}` ended Python. Remove the call of exit() or sys.exit().",
        "crash": f"Your Python process crashed in native code while `{name}` was running.",
        "forbidden": f"`{name}` tried something that is not allowed here, such as starting a program or opening a connection.",
        "output": f"`{name}` wrote more output than a notebook may.",
    }
    return sentences.get(reason, f"Your Python process ended while `{name}` was running.")


def _lost(reason: str) -> Outcome:
    why = {"time": "its computing time was used up", "memory": "it ran out of memory", "exit": "it ended Python"}.get(reason, "it crashed")
    message = f"This could not be checked: your notebook had to be started again too often, because {why}."
    return Outcome(passed=False, judged=False, message=message, reason=reason)
