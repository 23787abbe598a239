"""The notebook before a reset or an upload, kept for an hour so that both can be taken back."""

from __future__ import annotations

from typing import Any, TypedDict, cast

from django.core.cache import cache

from accounts.models import User
from lessons.models import Exercise

UNDO_SECONDS = 3600


class Undoable(TypedDict):
    notebook: dict[str, Any]
    sentence: str


def keep_for_undo(learner: User, exercise: Exercise, notebook: dict[str, Any], sentence: str) -> None:
    cache.set(_key(learner, exercise), Undoable(notebook=notebook, sentence=sentence), UNDO_SECONDS)


def undoable(learner: User, exercise: Exercise) -> str:
    """The sentence that says what could be taken back; "" when nothing can."""
    kept = cast("Undoable | None", cache.get(_key(learner, exercise)))
    return kept["sentence"] if kept else ""


def take_for_undo(learner: User, exercise: Exercise) -> dict[str, Any] | None:
    kept = cast("Undoable | None", cache.get(_key(learner, exercise)))
    cache.delete(_key(learner, exercise))
    return kept["notebook"] if kept else None


def _key(learner: User, exercise: Exercise) -> str:
    return f"notebook-undo:{learner.pk}:{exercise.pk}"
