"""What grading one exercise needs, as plain data: it travels from the files to the database to the engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Runtime = Literal["ml", "torch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One graded assertion. `id` is the name of its function in checks.py."""

    id: str
    task: str
    title: str
    points: float
    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One task of an exercise. `defines` are the names that the learner must define, `signature` as shown to people."""

    id: str
    title: str
    max_score: float
    defines: tuple[str, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisePackage:
    """An exercise as the engine takes it.

    `checks_source` and `truth` (module name to source, of `coursekit_truth`) are handed to the checker's child alone, over its own
    socket; `files` (name to base64) are put into the learner's working folder. `pass_mark` is in points.
    """

    slug: str
    version: str
    title: str
    runtime: Runtime
    pass_mark: float
    tasks: tuple[TaskSpec, ...]
    checks: tuple[CheckSpec, ...]
    checks_source: str
    truth: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)  # overrides of grading.limits.Limits, by field name

    @property
    def max_score(self) -> float:
        return sum(task.max_score for task in self.tasks)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ExercisePackage:
        """Rebuild a package from `to_json`; raises KeyError or TypeError on anything else."""
        tasks = tuple(TaskSpec(**{**task, "defines": tuple(task["defines"])}) for task in data["tasks"])
        checks = tuple(CheckSpec(**check) for check in data["checks"])
        return cls(**{**data, "tasks": tasks, "checks": checks})
