"""Grading one submission: claim the row, ask the engine, write the verdict where the claim is still ours."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from common.storable import storable
from grading.client import EngineClient
from grading.engine import EngineFault, EngineUnavailable
from grading.exercise import ExercisePackage
from grading.job import Job, JobKind
from grading.notebook import NotebookInvalid, read_notebook
from grading.report import Report
from progress.services.record import record_attempt
from submissions.models import Kind, Status, Submission
from submissions.services.close import close, close_as_our_fault
from submissions.services.lease import heartbeat, lease
from submissions.services.news import publish
from submissions.services.stage import StageTeller

logger = logging.getLogger(__name__)

ENGINE_PATIENCE = dt.timedelta(minutes=15)  # so long may an engine be away before its absence counts as a try
RETRY_SECONDS = 5
_JOB_KINDS: dict[str, JobKind] = {Kind.RUN: "run", Kind.CHECK: "check", Kind.SUBMIT: "submit"}


def grade(submission_id: int) -> None:
    """Grade it if nobody else is: safe to call any number of times, from any worker."""
    claim = _claim(submission_id)
    if claim is None:
        return
    submission = Submission.objects.select_related("exercise", "exercise_version", "learner").get(pk=submission_id)
    publish(submission.public_id, {"status": Status.RUNNING.value})
    try:
        job = _job_for(submission)
    except NotebookInvalid as invalid:
        close(submission, claim=claim, status=Status.INVALID, verdict=None, sentence=invalid.sentence)
        return
    try:
        with heartbeat(submission.pk, claim):
            report = EngineClient(settings.ENGINE_SOCKET).run(job, StageTeller(submission, claim).hear)  # seconds, outside transactions
    except EngineFault as fault:
        _give_back(submission, claim, fault)
        return
    _record(submission, claim, report)


def _claim(submission_id: int) -> uuid.UUID | None:
    """Take the row with one UPDATE; of several workers exactly one gets a claim back."""
    now, claim = timezone.now(), uuid.uuid4()
    free = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=now)
    taken = Submission.objects.filter(free, pk=submission_id, tries__lt=settings.MAX_TRIES).update(
        status=Status.RUNNING, claim=claim, lease_until=now + lease(), started_at=now, tries=F("tries") + 1, stage={}
    )
    return claim if taken == 1 else None


def _job_for(submission: Submission) -> Job:
    return Job(
        kind=_JOB_KINDS[submission.kind],
        cells=read_notebook(submission.notebook).cells,
        package=ExercisePackage.from_json(submission.exercise_version.package),
        seed=submission.seed,
        run_to=submission.run_to,
    )


def _record(submission: Submission, claim: uuid.UUID, report: Report) -> None:
    """Verdict and progress in one transaction, and only where the claim is still ours."""
    counts = submission.kind == Kind.SUBMIT and report.status == Status.GRADED
    with transaction.atomic():
        written = Submission.objects.filter(pk=submission.pk, claim=claim, status=Status.RUNNING).update(
            status=report.status,
            verdict=report.verdict or "",
            reason=report.reason or "",
            passed=report.passed if report.status == Status.GRADED else None,
            score=report.score if report.status == Status.GRADED else None,
            report=storable(report.to_json()),
            outputs=storable(report.outputs),
            stage={},
            claim=None,
            lease_until=None,
            graded_at=timezone.now(),
        )
        if written and counts:
            record_attempt(
                learner=submission.learner,
                exercise=submission.exercise,
                version=submission.exercise_version.version,
                score=report.score or 0.0,
                max_score=submission.max_score,
                passed=bool(report.passed),
                submission_id=submission.public_id,
            )
    told = {"submission": submission.pk, "kind": submission.kind, "outcome": report.verdict or report.status}
    if not written:
        logger.warning("claim_lost", extra=told)
        return
    logger.info("graded", extra={**told, "wall_s": round(report.timings.total, 3)})
    publish(submission.public_id, {"status": report.status})


def _give_back(submission: Submission, claim: uuid.UUID, fault: EngineFault) -> None:
    """Our fault: back to the queue, and sent again by the sweep, until it was tried too often.

    An engine that is away, at a restart say, costs no try for a while: everything waiting would be closed within seconds.
    """
    logger.error("engine_fault", extra={"submission": submission.pk, "fault": str(fault), "tries": submission.tries})
    now = timezone.now()
    is_free = isinstance(fault, EngineUnavailable) and now - submission.created_at < ENGINE_PATIENCE
    if submission.tries >= settings.MAX_TRIES and not is_free:
        close_as_our_fault(submission, claim=claim)
        return
    Submission.objects.filter(pk=submission.pk, claim=claim).update(
        status=Status.QUEUED,
        claim=None,
        lease_until=None,
        stage={},
        tries=submission.tries - 1 if is_free else submission.tries,
        resend_at=now + dt.timedelta(seconds=RETRY_SECONDS),
    )
    publish(submission.public_id, {"status": Status.QUEUED.value})
