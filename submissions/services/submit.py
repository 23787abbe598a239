"""Take a notebook to run, check or grade. From the moment this returns, the submission will reach an end, whatever dies."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from common.errors import TooMany, UserFacingError
from grading.limits import SUBMISSIONS_A_MINUTE, WAITING_SUBMISSIONS
from grading.notebook import Notebook, NotebookInvalid, read_notebook
from grading.seed import seed_for
from lessons.models import Exercise
from progress.services.record import record_started
from submissions.models import Kind, Status, Submission
from submissions.services.exercises import must_be_open
from submissions.tasks import grade_submission

PACED_AFTER = 3  # tries with the same code that did not pass
PAUSES = (15, 60, 180)  # seconds before the next one


class NotebookRefused(UserFacingError):
    """Not a notebook that can be graded. Never counts as a try."""

    code, status, title = "invalid_notebook", 400, "We cannot use this notebook"


class KeyUsedForAnother(UserFacingError):
    code, status, title = "key_reused", 422, "This key was used for another notebook"


class TooManyWaiting(TooMany):
    code = "too_many_waiting"


class TooOften(TooMany):
    code = "too_often"


class SameCodeAgain(TooMany):
    code = "same_code_again"


def submit_notebook(
    *,
    learner: User,
    exercise: Exercise,
    notebook: bytes | dict[str, Any],
    kind: Kind,
    idempotency_key: str,
    run_to: int | None = None,
) -> Submission:
    """Store the notebook and queue it once the row is committed.

    The same key with the same notebook returns the first row and queues nothing. Raises LessonLocked (403), NotebookRefused (400, or 413
    when too large), KeyUsedForAnother (422), TooManyWaiting, TooOften and SameCodeAgain (429, with seconds to wait).
    """
    body_hash = _hash(notebook, kind, run_to)
    if earlier := _earlier(learner, exercise, idempotency_key):
        return _same_or_refused(earlier, body_hash)
    must_be_open(learner, exercise)
    readable = _readable(notebook)
    version = exercise.current
    if version is None:
        raise UserFacingError("This exercise has no published version at the moment. Your notebook is untouched; try again later.")
    code_hash = readable.code_hash
    _must_not_flood(learner)
    if kind is Kind.SUBMIT:
        _must_not_repeat(learner, exercise, code_hash)
    submission = Submission(
        learner=learner,
        exercise=exercise,
        exercise_version=version,
        kind=kind,
        notebook=readable.raw,
        code_hash=code_hash,
        seed=seed_for(settings.SITE_KEY, version.version, code_hash),
        run_to=run_to,
        idempotency_key=idempotency_key,
        body_hash=body_hash,
        max_score=version.max_score,
    )
    return _stored(submission, body_hash)


def _stored(submission: Submission, body_hash: str) -> Submission:
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
            record_started(learner=submission.learner, lesson=submission.exercise.lesson)
            transaction.on_commit(partial(_send, submission.pk))
    except IntegrityError:  # the same click, stored by another request in between
        earlier = _earlier(submission.learner, submission.exercise, submission.idempotency_key)
        if earlier is None:
            raise
        return _same_or_refused(earlier, body_hash)
    return submission


def _send(submission_id: int) -> None:
    """A broker that does not answer costs seconds, not the submission: the sweep sends it again."""
    with contextlib.suppress(OperationalError):
        grade_submission.apply_async((submission_id,), retry=False)


def _hash(notebook: bytes | dict[str, Any], kind: Kind, run_to: int | None) -> str:
    try:
        body = notebook if isinstance(notebook, bytes) else json.dumps(notebook, sort_keys=True).encode()
    except (TypeError, ValueError, RecursionError):
        body = b""
    return hashlib.sha256(f"{kind}:{run_to}:".encode() + body).hexdigest()


def _earlier(learner: User, exercise: Exercise, key: str) -> Submission | None:
    return Submission.objects.filter(learner=learner, exercise=exercise, idempotency_key=key).first()


def _same_or_refused(earlier: Submission, body_hash: str) -> Submission:
    if earlier.body_hash != body_hash:
        raise KeyUsedForAnother("An earlier request with this Idempotency-Key had another notebook. Use a new key for each submission.")
    return earlier


def _readable(notebook: bytes | dict[str, Any]) -> Notebook:
    try:
        return read_notebook(notebook)
    except NotebookInvalid as invalid:
        refused = NotebookRefused(invalid.sentence, code=invalid.code)
        if invalid.code == "too_large":
            refused.status, refused.title = 413, "This notebook is too large"
        raise refused from None


def _must_not_flood(learner: User) -> None:
    mine = Submission.objects.filter(learner=learner)
    if mine.unfinished().count() >= WAITING_SUBMISSIONS:
        raise TooManyWaiting(
            f"{WAITING_SUBMISSIONS} of your notebooks are still waiting. Nothing is lost: try again when one of them is done.",
            retry_after=5,
        )
    minute = timezone.now() - dt.timedelta(minutes=1)
    if mine.filter(created_at__gt=minute).count() >= SUBMISSIONS_A_MINUTE:
        raise TooOften(f"You sent {SUBMISSIONS_A_MINUTE} notebooks in a minute, the limit here. Try again in a moment.", retry_after=30)


def _must_not_repeat(learner: User, exercise: Exercise, code_hash: str) -> None:
    """Pace only code that was tried before and did not pass: reading the feedback helps more than another try."""
    tried = Submission.objects.filter(
        learner=learner, exercise=exercise, kind=Kind.SUBMIT, code_hash=code_hash, status=Status.GRADED, passed=False
    ).order_by("-created_at")
    times = list(tried.values_list("graded_at", flat=True)[: PACED_AFTER + len(PAUSES)])
    if len(times) < PACED_AFTER or times[0] is None:
        return
    pause = PAUSES[min(len(times) - PACED_AFTER, len(PAUSES) - 1)]
    left = pause - (timezone.now() - times[0]).total_seconds()
    if left > 0:
        raise SameCodeAgain(
            f"This code was graded {len(times)} times with the same result. Change it, or try again in {round(left) + 1} s.",
            retry_after=round(left) + 1,
        )
