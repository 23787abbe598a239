"""Questions about submissions that pages and API ask alike."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from lessons.models import Exercise
from submissions.models import Status, Submission


def queue_position(submission: Submission) -> int | None:
    """How many are ahead, plus one; None unless it waits."""
    if submission.status != Status.QUEUED:
        return None
    earlier = Q(created_at__lt=submission.created_at) | Q(created_at=submission.created_at, pk__lt=submission.pk)
    return Submission.objects.filter(earlier, status=Status.QUEUED).count() + 1


def history(learner: User, exercise: Exercise) -> QuerySet[Submission]:
    """This learner's submissions of an exercise, newest first, without their notebooks and outputs."""
    return Submission.objects.submitted().filter(learner=learner, exercise=exercise).without_bodies().order_by("-created_at")


def previous_graded(submission: Submission) -> Submission | None:
    """The learner's graded try before this one."""
    earlier = Submission.objects.submitted().filter(
        learner=submission.learner_id, exercise=submission.exercise_id, status=Status.GRADED, created_at__lt=submission.created_at
    )
    return earlier.order_by("-created_at").first()


def result_view(submission: Submission) -> dict[str, Any]:
    """The API's answer for one submission, as the contract has it."""
    report = submission.report or {}
    return {
        "id": str(submission.public_id),
        "notebook": None,
        "exercise": submission.exercise.slug,
        "exercise_version": submission.exercise_version.version,
        "seed": submission.seed,
        "status": submission.status,
        "verdict": submission.verdict or None,
        "reason": submission.reason or None,
        "passed": submission.passed,
        "score": submission.score,
        "max_score": submission.max_score,
        "sentence": report.get("sentence", ""),
        "tasks": [{**task, "checks": [_public_check(check) for check in task["checks"]]} for task in report.get("tasks", [])],
        "cells": [_public_cell(cell) for cell in report.get("cells", [])],
        "timings": report.get("timings") or {"start": 0.0, "cells": 0.0, "checks": 0.0, "total": 0.0},
        "queue_position": queue_position(submission),
        "created": submission.created_at.isoformat(),
        "graded": submission.graded_at.isoformat() if submission.graded_at else None,
    }


def _public_check(check: dict[str, Any]) -> dict[str, Any]:
    return {name: check[name] for name in ("id", "title", "visible", "passed", "points", "max_points", "message")}


def _public_cell(cell: dict[str, Any]) -> dict[str, Any]:
    error = cell["error"] and {"name": cell["error"]["name"], "message": cell["error"]["message"]}
    return {"index": cell["index"], "status": cell["status"], "seconds": cell["seconds"], "error": error}
