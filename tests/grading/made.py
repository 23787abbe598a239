"""Small notebooks and exercises for tests of the engine."""

from __future__ import annotations

from typing import Any

from grading.exercise import CheckSpec, ExercisePackage, TaskSpec
from grading.job import Job
from grading.notebook import Cell

CHECKS = """
from grading.checks import check, close

@check("double gives twice the number", task="double", points=1, visible=True)
def double_small(nb, rng):
    close(nb.call("double", 2.0), 4.0, "double(2.0)")

@check("double works for any number", task="double", points=3)
def double_any(nb, rng):
    value = float(rng.normal())
    close(nb.call("double", value), 2 * value, "double of a random number")

@check("half gives half the number", task="half", points=4)
def half_any(nb, rng):
    close(nb.call("half", 8.0), 4.0, "half(8.0)")
"""
RIGHT = ("def double(x):\n    return 2 * x", "def half(x):\n    return x / 2")


def cells_of(*sources: str) -> tuple[Cell, ...]:
    return tuple(Cell(index=index, kind="code", source=source) for index, source in enumerate(sources))


def package(checks: str = CHECKS, **fields: Any) -> ExercisePackage:
    """Two tasks, 8 points, pass mark 6."""
    given: dict[str, Any] = {
        "slug": "doubles",
        "version": "1",
        "title": "Doubles",
        "runtime": "ml",
        "pass_mark": 6.0,
        "tasks": (
            TaskSpec(id="double", title="Double", max_score=4, defines=("double",), signature="double(x) -> float"),
            TaskSpec(id="half", title="Half", max_score=4, defines=("half",), signature="half(x) -> float"),
        ),
        "checks": (
            CheckSpec(id="double_small", task="double", title="double gives twice the number", points=1, visible=True),
            CheckSpec(id="double_any", task="double", title="double works for any number", points=3, visible=False),
            CheckSpec(id="half_any", task="half", title="half gives half the number", points=4, visible=False),
        ),
        "checks_source": checks,
    }
    return ExercisePackage(**{**given, **fields})


def submission(*sources: str, checks: str = CHECKS, seed: int = 1, **limits: float) -> Job:
    return Job(kind="submit", cells=cells_of(*sources), package=package(checks), seed=seed, limits=limits)


def execution(*sources: str, **limits: float) -> Job:
    return Job(kind="execute", cells=cells_of(*sources), limits=limits)
