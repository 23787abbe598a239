"""Drafts: unsent work, saved as it is typed. A save says on which revision it was made; one on an older revision is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import UserFacingError
from lessons.models import Exercise
from progress.services.record import record_started
from submissions.models import Draft
from submissions.services.exercises import must_be_open
from submissions.services.submit import readable_notebook


class DraftConflict(UserFacingError):
    """Somebody else saved in between; `extra` holds what is stored now, so that both can be shown."""

    code, status, title = "draft_conflict", 409, "This draft was changed somewhere else"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The notebook to show: the draft, or the starter with revision 0 where there is none."""

    notebook: dict[str, Any]
    revision: int
    updated_at: dt.datetime | None


def draft_for(learner: User, exercise: Exercise) -> DraftView:
    draft = Draft.objects.filter(learner=learner, exercise=exercise).first()
    if draft is not None:
        return DraftView(notebook=draft.notebook, revision=draft.revision, updated_at=draft.updated_at)
    starter = exercise.current.starter if exercise.current else {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return DraftView(notebook=starter, revision=0, updated_at=None)


@transaction.atomic
def save_draft(*, learner: User, exercise: Exercise, notebook: dict[str, Any], revision: int) -> Draft:
    """Save on top of `revision` (0: the starter). The first save starts the lesson; saving twice what is there changes nothing.

    Raises DraftConflict (409) when another save came first, NotebookRefused (400), NotebookTooLarge (413) and LessonLocked (403).
    """
    must_be_open(learner, exercise)
    kept = readable_notebook(notebook).raw
    first = {"notebook": kept, "revision": 1, "updated_at": timezone.now()}
    draft, is_new = Draft.objects.select_for_update().get_or_create(learner=learner, exercise=exercise, defaults=first)
    if is_new:
        record_started(learner=learner, lesson=exercise.lesson)
    elif draft.notebook == kept:
        return draft
    elif draft.revision != revision:
        raise _conflict(draft)
    else:
        draft.notebook, draft.revision, draft.updated_at = kept, revision + 1, timezone.now()
        draft.save(update_fields=["notebook", "revision", "updated_at"])
    return draft


def _conflict(draft: Draft) -> DraftConflict:
    detail = (
        "It was saved in another tab or on another device since you opened it here. Both versions are kept: choose which one to go on with."
    )
    extra = {"notebook": draft.notebook, "revision": draft.revision, "saved_at": draft.updated_at.isoformat()}
    return DraftConflict(detail, extra=extra)
