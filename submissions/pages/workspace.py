"""All that the workspace shows, gathered before the template: the notebook with its outputs, and the panel beside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import EditorMode, User
from lessons.models import Exercise, ExerciseVersion
from progress.path import path_of
from submissions.cells import CellView, cell_views, shown_by
from submissions.models import Kind, Status, Submission
from submissions.pages.checks import CheckList, check_list
from submissions.pages.hints import TaskHints, task_hints
from submissions.pages.status import Standing, standing_of, status_url
from submissions.services.draft import draft_for
from submissions.undo import undoable

RUNS_SHOWN = 3  # how many of the last runs still lend their outputs to cells that have not changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The run or check that the page waits for."""

    id: str
    kind: str
    standing: Standing
    status_url: str
    result_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacePage:
    slug: str
    title: str
    exercise: Exercise
    lesson_title: str
    lesson_number: str
    stage_order: int
    revision: int
    saved_at: datetime | None
    cells: list[CellView]
    metadata: dict[str, Any]
    checks: CheckList
    tasks: list[dict[str, Any]]
    hints: list[TaskHints]
    files: list[str]
    attempts: int
    max_score: float
    pass_mark: float
    is_plain: bool
    owner: str
    undo_sentence: str = ""
    waiting: Waiting | None = None
    said: str = ""

    @property
    def blank_code(self) -> CellView:
        """What the script copies for a new cell."""
        return CellView(id="new", index=0, kind="code", source="")

    @property
    def blank_text(self) -> CellView:
        return CellView(id="new", index=0, kind="markdown", source="")


def workspace_page(learner: User, exercise: Exercise, *, shown_id: uuid.UUID | None = None) -> WorkspacePage:
    version = current_version(exercise)
    draft = draft_for(learner, exercise)
    recent = list(_finished(learner, exercise)[:RUNS_SHOWN])
    checked = _finished(learner, exercise).filter(kind__in=[Kind.CHECK, Kind.SUBMIT], exercise_version=version).first()
    lesson = path_of(learner).lesson(exercise.slug) if exercise.lesson_id else None
    cells = draft.notebook["cells"]
    asked = _asked(learner, exercise, shown_id)
    return WorkspacePage(
        slug=exercise.slug,
        title=exercise.title,
        exercise=exercise,
        lesson_title=lesson.title if lesson else "",
        lesson_number=lesson.number if lesson else "",
        stage_order=lesson.stage_order if lesson else 2,
        revision=draft.revision,
        saved_at=draft.updated_at if draft.revision else None,
        cells=cell_views(draft.notebook, shown_by(recent)),
        metadata={
            "notebook": {key: value for key, value in draft.notebook.items() if key != "cells"},
            "cells": {str(cell.get("id")): cell.get("metadata", {}) for cell in cells},
        },
        checks=check_list(version, checked),
        tasks=version.package["tasks"],
        hints=task_hints(learner, exercise),
        files=sorted(version.package.get("files", {})),
        attempts=Submission.objects.filter(learner=learner, exercise=exercise, kind=Kind.SUBMIT, status=Status.GRADED).count(),
        max_score=version.max_score,
        pass_mark=version.pass_mark,
        is_plain=learner.editor_mode == EditorMode.PLAIN,
        owner=learner.public_id.hex,
        undo_sentence=undoable(learner, exercise),
        waiting=_waiting(asked),
        said=str((asked.report or {}).get("sentence", "")) if asked and asked.is_final else "",
    )


def current_version(exercise: Exercise) -> ExerciseVersion:
    if exercise.current is None:
        raise LookupError(f"The exercise {exercise.slug} was loaded without a version.")
    return exercise.current


def _finished(learner: User, exercise: Exercise) -> Any:
    mine = Submission.objects.filter(learner=learner, exercise=exercise, status=Status.GRADED)
    return mine.select_related("exercise_version").order_by("-created_at")


def _asked(learner: User, exercise: Exercise, shown_id: uuid.UUID | None) -> Submission | None:
    """The run or check whose answer the page shows or waits for: the named one, else one that is still under way."""
    asked = Submission.objects.filter(learner=learner, exercise=exercise).exclude(kind=Kind.SUBMIT)
    if shown_id:
        return asked.filter(public_id=shown_id).first()
    return asked.filter(status__in=[Status.QUEUED, Status.RUNNING]).order_by("-created_at").first()


def _waiting(submission: Submission | None) -> Waiting | None:
    if submission is None or submission.is_final:
        return None
    return Waiting(
        id=str(submission.public_id),
        kind=submission.kind,
        standing=standing_of(submission),
        status_url=status_url(submission.public_id),
    )
