"""How a submission ends without a grade: every way but `grade._record` comes through here."""

from __future__ import annotations

import uuid

from django.utils import timezone

from grading.report import Report, Verdict
from submissions.models import Status, Submission
from submissions.services.news import publish

OUR_FAULT = "We could not grade this; it is our fault. Your notebook is safe, and this try does not count. Submit it again when you like."


def close(submission: Submission, *, claim: uuid.UUID | None, status: Status, verdict: Verdict | None, sentence: str) -> bool:
    """Write the end where the row still carries this claim; False when somebody else was faster."""
    report = Report(status=status.value, verdict=verdict, sentence=sentence, max_score=submission.max_score)
    closed = (
        Submission.objects.unfinished()
        .filter(pk=submission.pk, claim=claim)
        .update(
            status=status,
            verdict=verdict or "",
            report=report.to_json(),
            outputs={},
            stage={},
            claim=None,
            lease_until=None,
            graded_at=timezone.now(),
        )
    )
    if closed:
        publish(submission.public_id, {"status": status.value})
    return bool(closed)


def close_as_our_fault(submission: Submission, *, claim: uuid.UUID | None) -> bool:
    """Closed as failed: it never counts."""
    return close(submission, claim=claim, status=Status.FAILED, verdict=Verdict.PLATFORM_ERROR, sentence=OUR_FAULT)
