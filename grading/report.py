"""What the engine answers: the shape of `contract.md` section 3, plus the outputs of the cells."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, field
from typing import Any


class Verdict(enum.StrEnum):
    """Whose doing the outcome was."""

    PASSED = "passed"
    FAILED = "failed"  # ran, and a check said no
    LEARNER_ERROR = "learner_error"  # raised, ran out of time or memory, or ended Python: some check could not be judged
    LESSON_ERROR = "lesson_error"  # our check broke: never counts
    PLATFORM_ERROR = "platform_error"  # our machine broke: retried, never counts


class Reason(enum.StrEnum):
    EXCEPTION = "exception"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    EXIT = "exit"
    CRASH = "crash"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check's outcome. `judged` is False where an exception, a limit or an exit kept it from being decided."""

    id: str
    title: str
    visible: bool
    passed: bool
    points: float
    max_points: float
    message: str = ""
    judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    id: str
    title: str
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """An error as a learner reads it. `name` is the exception's class; `line` counts from 1 in the cell."""

    name: str
    message: str
    line: int | None = None
    hint: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """One cell: `index` counts all cells of the notebook from 0; `status` is ok, error, timeout or skipped."""

    index: int
    status: str
    seconds: float = 0.0
    error: CellError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Wall seconds."""

    start: float = 0.0
    cells: float = 0.0
    checks: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole answer for one notebook.

    `status` is graded, invalid or failed. A run without checks has no tasks, verdict None and status graded. `outputs` maps a cell's
    index to its nbformat 4 outputs. `sentence` is one plain sentence for the learner.
    """

    status: str
    verdict: Verdict | None
    reason: Reason | None = None
    passed: bool | None = None
    score: float | None = None
    max_score: float = 0.0
    sentence: str = ""
    tasks: tuple[TaskResult, ...] = ()
    cells: tuple[CellResult, ...] = ()
    timings: Timings = field(default_factory=Timings)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The JSON of the contract without the notebook's and the exercise's names, and without outputs."""
        data = asdict(self)
        data.pop("outputs")
        return data


def report_from_json(data: dict[str, Any]) -> Report:
    """Rebuild a report from `to_json` plus `outputs`, as the daemon sends it."""
    tasks = tuple(TaskResult(**{**task, "checks": tuple(CheckResult(**check) for check in task["checks"])}) for task in data["tasks"])
    cells = tuple(CellResult(**{**cell, "error": CellError(**cell["error"]) if cell["error"] else None}) for cell in data["cells"])
    return Report(
        **{
            **data,
            "verdict": Verdict(data["verdict"]) if data["verdict"] else None,
            "reason": Reason(data["reason"]) if data["reason"] else None,
            "tasks": tasks,
            "cells": cells,
            "timings": Timings(**data["timings"]),
            "outputs": {int(index): outputs for index, outputs in data["outputs"].items()},
        }
    )
