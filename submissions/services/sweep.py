"""What keeps the promise of a 202: rows that nobody works on any more go back to the queue; lost messages are sent again."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from grading.report import Report, Verdict
from submissions.models import Kind, Status, Submission
from submissions.services.news import publish
from submissions.tasks import grade_submission

logger = logging.getLogger(__name__)

WAITED_TOO_LONG = dt.timedelta(seconds=15)  # in the queue with free workers: its message may be lost, and a second one is harmless
KEEP_RUNS = dt.timedelta(days=2)
MOST_AT_ONCE = 100


def sweep() -> int:
    """Send again what was left behind and close what was tried too often; returns how many rows it touched."""
    now = timezone.now()
    left = Submission.objects.filter(
        Q(status=Status.RUNNING, lease_until__lt=now) | Q(status=Status.QUEUED, created_at__lt=now - WAITED_TOO_LONG)
    )
    _give_up(left.filter(tries__gte=settings.MAX_TRIES), now)
    again = list(left.filter(tries__lt=settings.MAX_TRIES).order_by("created_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in again:
        grade_submission.delay(pk)
    if again:
        logger.info("sent_again", extra={"submissions": len(again)})
    old = (
        Submission.objects.filter(created_at__lt=now - KEEP_RUNS)
        .exclude(kind=Kind.SUBMIT)
        .exclude(status__in=[Status.QUEUED, Status.RUNNING])
    )
    old.delete()
    return len(again)


def _give_up(spent: QuerySet[Submission], now: dt.datetime) -> None:
    for submission in spent[:MOST_AT_ONCE]:
        sentence = "We could not grade this; it is our fault. Your notebook is safe and this attempt does not count."
        report = Report(status=Status.FAILED, verdict=Verdict.PLATFORM_ERROR, sentence=sentence, max_score=submission.max_score)
        closed = Submission.objects.filter(pk=submission.pk, tries__gte=settings.MAX_TRIES).filter(
            Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=now)
        )
        if closed.update(
            status=Status.FAILED,
            verdict=Verdict.PLATFORM_ERROR,
            report=report.to_json(),
            outputs={},
            claim=None,
            lease_until=None,
            stage={},
            graded_at=now,
        ):
            logger.error("gave_up", extra={"submission": submission.pk})
            publish(submission.public_id, {"status": Status.FAILED})
