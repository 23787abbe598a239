"""Take a notebook to run, check or grade. From the moment this returns, the submission will reach an end, whatever dies."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import UserFacingError
from grading.limits import MIB, NOTEBOOK_BYTES
from grading.notebook import Notebook, NotebookInvalid, read_notebook
from grading.seed import seed_for
from lessons.models import Exercise
from progress.services.record import record_started
from submissions.models import Kind, Submission
from submissions.services.exercises import must_be_open
from submissions.services.pace import must_not_flood, must_not_repeat
from submissions.services.queue import RESEND_AFTER, send

_SUBMIT_LOCK = 0x5B17  # first half of the advisory locks taken here; the second is the learner


class NotebookRefused(UserFacingError):
    """Not a notebook that can be graded. Never counts as a try."""

    code, status, title = "invalid_notebook", 400, "We cannot use this notebook"


class NotebookTooLarge(NotebookRefused):
    code, status, title = "too_large", 413, "This notebook is too large"

    def __init__(self) -> None:
        limit = NOTEBOOK_BYTES // MIB
        super().__init__(f"Your notebook is larger than {limit} MB. Clear its outputs and try again: they take the most room.")


class KeyUsedForAnother(UserFacingError):
    code, status, title = "key_reused", 422, "This key was used for another notebook"


def submit_notebook(
    *,
    learner: User,
    exercise: Exercise,
    notebook: bytes | dict[str, Any],
    kind: Kind,
    idempotency_key: str,
    run_to: int | None = None,
) -> Submission:
    """Store the notebook, and queue it once the row is committed.

    The same key with the same notebook returns the first row and queues nothing. Raises LessonLocked (403), NotebookRefused (400),
    NotebookTooLarge (413), KeyUsedForAnother (422), and TooMany (429, with the seconds to wait) when too many wait, when they come too
    often, or when code that did not pass is sent unchanged again and again.
    """
    body_hash = _hash(notebook, kind, run_to)
    if earlier := _earlier(learner, exercise, idempotency_key):
        return _same_or_refused(earlier, body_hash)
    must_be_open(learner, exercise)
    readable = readable_notebook(notebook)
    version = exercise.current
    if version is None:
        raise UserFacingError("This exercise has no published version at the moment. Nothing is lost: try again later.", code="no_version")
    code_hash = readable.code_hash
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
        resend_at=timezone.now() + RESEND_AFTER,
    )
    return _stored(submission)


@transaction.atomic
def _stored(submission: Submission) -> Submission:
    """One learner's clicks are taken one after the other, so that no two of them pass a limit together."""
    learner = submission.learner
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SUBMIT_LOCK, learner.pk % 2**31])
    if earlier := _earlier(learner, submission.exercise, submission.idempotency_key):
        return _same_or_refused(earlier, submission.body_hash)
    must_not_flood(learner, Kind(submission.kind))
    if submission.kind == Kind.SUBMIT:
        must_not_repeat(submission)
    submission.save(force_insert=True)
    record_started(learner=learner, lesson=submission.exercise.lesson)
    transaction.on_commit(partial(send, submission.pk))
    return submission


def readable_notebook(notebook: bytes | dict[str, Any]) -> Notebook:
    """The notebook, read; raises NotebookRefused or NotebookTooLarge with the sentence for its owner."""
    try:
        return read_notebook(notebook)
    except NotebookInvalid as invalid:
        if invalid.code == "too_large":
            raise NotebookTooLarge from None
        raise NotebookRefused(invalid.sentence, code=invalid.code) from None


def _hash(notebook: bytes | dict[str, Any], kind: Kind, run_to: int | None) -> str:
    """Of what was sent: two requests are the same when the bytes, or the JSON values, are."""
    try:
        body = notebook if isinstance(notebook, bytes) else json.dumps(notebook, sort_keys=True).encode()
    except (TypeError, ValueError, RecursionError):
        body = b""  # not JSON: refused below
    return hashlib.sha256(f"{kind.value}:{run_to}:".encode() + body).hexdigest()


def _earlier(learner: User, exercise: Exercise, key: str) -> Submission | None:
    return Submission.objects.without_bodies().filter(learner=learner, exercise=exercise, idempotency_key=key).first()


def _same_or_refused(earlier: Submission, body_hash: str) -> Submission:
    if earlier.body_hash != body_hash:
        raise KeyUsedForAnother("An earlier request with this Idempotency-Key had another notebook. Use a new key for each submission.")
    return earlier
