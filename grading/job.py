"""What the engine is asked to do, as plain data that travels over a socket."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from grading.exercise import ExercisePackage, Runtime
from grading.notebook import Cell

JobKind = Literal["run", "check", "submit", "execute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One notebook to run or to grade.

    `run` executes the cells up to index `run_to` (all without it) and gives their outputs; `execute` the same for a notebook without
    an exercise; `check` adds the visible checks, `submit` all of them. `limits` override `grading.limits.Limits` by field name, after
    the package's own.
    """

    kind: JobKind
    cells: tuple[Cell, ...]
    package: ExercisePackage | None = None
    seed: int = 0
    run_to: int | None = None
    runtime: Runtime | None = None  # for `execute`; otherwise the package's
    limits: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind in {"check", "submit"} and self.package is None:
            raise ValueError(f"a job of kind {self.kind} needs an exercise")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Job:
        """Rebuild a job from `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        cells = tuple(Cell(**{**cell, "tags": tuple(cell["tags"])}) for cell in data["cells"])
        package = data["package"] and ExercisePackage.from_json(data["package"])
        return cls(**{**data, "cells": cells, "package": package})
