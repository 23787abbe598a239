"""Three hints a task, opened one after the other; opening is recorded and costs no points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from common.errors import NotThere
from lessons.models import Exercise
from progress.models import ExerciseState
from progress.services.record import record_hint


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHints:
    """The hints of one task: the opened ones (the authors' HTML), and how many there are."""

    id: str
    title: str
    opened: tuple[str, ...]
    total: int

    @property
    def next_level(self) -> int:
        """0 when all are open."""
        return len(self.opened) + 1 if len(self.opened) < self.total else 0


def task_hints(learner: User, exercise: Exercise) -> list[TaskHints]:
    version = exercise.current
    if version is None:
        return []
    opened = _opened_levels(learner, exercise)
    return [
        TaskHints(
            id=task["id"],
            title=task["title"],
            opened=tuple(version.hints[task["id"]][: opened.get(task["id"], 0)]),
            total=len(version.hints[task["id"]]),
        )
        for task in version.package["tasks"]
        if version.hints.get(task["id"])
    ]


def open_hint(learner: User, exercise: Exercise, task: str) -> None:
    """Open the next level of this task's hints; when all are open, nothing happens."""
    mine = [hints for hints in task_hints(learner, exercise) if hints.id == task]
    if not mine:
        raise NotThere("This exercise has no such task.")
    if mine[0].next_level:
        record_hint(learner=learner, exercise=exercise, task=task, level=mine[0].next_level)


def _opened_levels(learner: User, exercise: Exercise) -> dict[str, int]:
    stored: dict[str, Any] | None = (
        ExerciseState.objects.filter(learner=learner, exercise_uid=exercise.uuid).values_list("hints_opened", flat=True).first()
    )
    return {task: int(level) for task, level in (stored or {}).items()}
