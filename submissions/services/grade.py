"""Grading one submission: claim the row, ask the engine, write the verdict where the claim is still ours."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from grading.client import EngineClient
from grading.engine import EngineFault
from grading.exercise import ExercisePackage
from grading.job import Job
from grading.notebook import NotebookInvalid, read_notebook
from grading.report import Report, Verdict
from progress.services.record import record_attempt
from submissions.models import Kind, Status, Submission
from submissions.services.news import publish

logger = logging.getLogger(__name__)

STAGE_SECONDS = 0.15  # at most so often is the stage written to the row


def grade(submission_id: int) -> None:
    """Grade it if nobody else is: safe to call any number of times, from any worker."""
    claim = _claim(submission_id)
    if claim is None:
        return
    submission = Submission.objects.select_related("exercise__lesson__module__stage", "exercise_version", "learner").get(pk=submission_id)
    publish(submission.public_id, {"status": Status.RUNNING})
    try:
        job = _job_for(submission)
    except NotebookInvalid as invalid:
        _close(submission, claim, status=Status.INVALID, sentence=invalid.sentence)
        return
    with _heartbeat(submission_id, claim):
        try:
            report = EngineClient(settings.ENGINE_SOCKET).run(job, _Stage(submission, claim).hear)
        except EngineFault as fault:
            _give_back(submission, claim, fault)
            return
    _record(submission, report, claim)


def _claim(submission_id: int) -> uuid.UUID | None:
    """Take the row with one UPDATE; of several workers exactly one gets a claim back."""
    now, claim = timezone.now(), uuid.uuid4()
    free = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=now)
    taken = Submission.objects.filter(free, pk=submission_id, tries__lt=settings.MAX_TRIES).update(
        status=Status.RUNNING, claim=claim, lease_until=now + _lease(), started_at=now, tries=F("tries") + 1
    )
    return claim if taken == 1 else None


def _lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.LEASE_SECONDS)


def _job_for(submission: Submission) -> Job:
    notebook = read_notebook(submission.notebook)
    return Job(
        kind=Kind(submission.kind).value,  # type: ignore[arg-type]
        cells=notebook.cells,
        package=ExercisePackage.from_json(submission.exercise_version.package),
        seed=submission.seed,
        run_to=submission.run_to,
    )


@contextmanager
def _heartbeat(submission_id: int, claim: uuid.UUID) -> Iterator[None]:
    """Extend the lease while the engine works; a worker that dies stops extending it."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(settings.HEARTBEAT_SECONDS):
            try:
                Submission.objects.filter(pk=submission_id, claim=claim).update(lease_until=timezone.now() + _lease())
            except Exception:  # the next beat tries again; the lease decides
                logger.exception("heartbeat_failed", extra={"submission": submission_id})
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{submission_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)


class _Stage:
    """Writes where grading is to the row and tells those who wait, without writing for every line of output."""

    def __init__(self, submission: Submission, claim: uuid.UUID) -> None:
        self.submission = submission
        self.claim = claim
        self.written = 0.0

    def hear(self, event: dict[str, Any]) -> None:
        stage = _stage_of(event)
        if stage is None:
            return
        now = time.monotonic()
        if now - self.written < STAGE_SECONDS and stage["name"] == "running":
            return
        self.written = now
        Submission.objects.filter(pk=self.submission.pk, claim=self.claim).update(stage=stage)
        publish(self.submission.public_id, {"status": Status.RUNNING, "stage": stage})


def _stage_of(event: dict[str, Any]) -> dict[str, Any] | None:
    if event["event"] == "cell":
        return {"name": "running", "cell": event["number"], "of": event["of"]}
    if event["event"] == "checking":
        return {"name": "checking"}
    if event["event"] == "restarted":
        return {"name": "restarted"}
    return None


def _record(submission: Submission, report: Report, claim: uuid.UUID) -> None:
    """Verdict and progress together, and only where the claim is still ours."""
    now = timezone.now()
    is_run = submission.kind == Kind.RUN
    with transaction.atomic():
        written = Submission.objects.filter(pk=submission.pk, claim=claim, status=Status.RUNNING).update(
            status=report.status,
            verdict=report.verdict or "",
            reason=report.reason or "",
            passed=report.passed if not is_run else report.status == Status.GRADED,
            score=report.score if not is_run else 0,
            report=report.to_json(),
            outputs={str(index): outputs for index, outputs in report.outputs.items()},
            stage={},
            claim=None,
            lease_until=None,
            graded_at=now,
        )
        if not written:
            logger.warning("claim_lost", extra={"submission": submission.pk})
            return
        if submission.kind == Kind.SUBMIT and report.status == Status.GRADED:
            record_attempt(
                learner=submission.learner,
                exercise=submission.exercise,
                version=submission.exercise_version.version,
                score=report.score or 0.0,
                max_score=report.max_score,
                passed=bool(report.passed),
                submission_id=submission.public_id,
            )
    logger.info(
        "graded",
        extra={
            "submission": submission.pk,
            "kind": submission.kind,
            "verdict": report.verdict or report.status,
            "wall_s": round(report.timings.total, 3),
        },
    )
    publish(submission.public_id, {"status": report.status})


def _give_back(submission: Submission, claim: uuid.UUID, fault: EngineFault) -> None:
    """Our fault: back to the queue, until it was tried too often."""
    logger.error("engine_fault", extra={"submission": submission.pk, "reason": str(fault), "tries": submission.tries})
    if submission.tries >= settings.MAX_TRIES:
        sentence = "We could not grade this; it is our fault. Your notebook is safe and this attempt does not count."
        _close(submission, claim, status=Status.FAILED, sentence=sentence, verdict=Verdict.PLATFORM_ERROR)
        return
    Submission.objects.filter(pk=submission.pk, claim=claim).update(status=Status.QUEUED, claim=None, lease_until=None, stage={})
    publish(submission.public_id, {"status": Status.QUEUED})


def _close(submission: Submission, claim: uuid.UUID, *, status: Status, sentence: str, verdict: str = "") -> None:
    report = Report(status=status, verdict=Verdict(verdict) if verdict else None, sentence=sentence, max_score=submission.max_score)
    Submission.objects.filter(pk=submission.pk, claim=claim).update(
        status=status,
        verdict=verdict,
        report=report.to_json(),
        outputs={},
        stage={},
        claim=None,
        lease_until=None,
        graded_at=timezone.now(),
    )
    publish(submission.public_id, {"status": status})
