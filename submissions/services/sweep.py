"""What keeps the promise of a 202: rows whose worker is gone go back to the queue, and rows whose message is lost are sent again."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from submissions.models import Kind, Status, Submission
from submissions.services.close import close_as_our_fault
from submissions.services.news import publish
from submissions.services.queue import RESEND_AFTER, send

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20  # the oldest first: sending a long queue again and again would fill the broker with doubles
KEEP_RUNS = dt.timedelta(days=1)
PRUNE_AT_ONCE = 500

# Both in one UPDATE each, past rows that another sweep holds: of many sweepers exactly one sends a row.
_FREE_LOST = """
    UPDATE submissions_submission SET status = 'queued', claim = NULL, lease_until = NULL, stage = '{}', resend_at = %(again)s
    WHERE id IN (SELECT id FROM submissions_submission WHERE status = 'running' AND lease_until < %(now)s AND tries < %(most)s
                 ORDER BY created_at LIMIT %(at_once)s FOR UPDATE SKIP LOCKED)
    RETURNING id, public_id
"""
_RESEND = """
    UPDATE submissions_submission SET resend_at = %(again)s
    WHERE id IN (SELECT id FROM submissions_submission WHERE status = 'queued' AND resend_at < %(now)s AND tries < %(most)s
                 ORDER BY created_at LIMIT %(at_once)s FOR UPDATE SKIP LOCKED)
    RETURNING id, public_id
"""


def sweep() -> int:
    """Send again what was left behind and close what was tried too often; returns how many rows it touched."""
    closed = _give_up()
    lost, resent = _rows(_FREE_LOST), _rows(_RESEND)
    for _, public_id in lost:
        publish(public_id, {"status": Status.QUEUED.value})
    for submission_id, _ in (*lost, *resent):
        send(submission_id)
    if lost or resent or closed:
        logger.info("swept", extra={"lost_workers": len(lost), "sent_again": len(resent), "given_up": closed})
    return len(lost) + len(resent) + closed


def _rows(statement: str) -> list[tuple[int, object]]:
    now = timezone.now()
    values: dict[str, Any] = {"now": now, "again": now + RESEND_AFTER, "most": settings.MAX_TRIES, "at_once": MOST_AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _give_up() -> int:
    """Close rows that several workers took and none finished: our fault, not counted."""
    spent = Submission.objects.unfinished().without_bodies().filter(tries__gte=settings.MAX_TRIES)
    silent = spent.exclude(status=Status.RUNNING, lease_until__gte=timezone.now())[:MOST_AT_ONCE]
    closed = 0
    for submission in silent:
        if close_as_our_fault(submission, claim=submission.claim):
            logger.error("gave_up", extra={"submission": submission.pk, "tries": submission.tries})
            closed += 1
    return closed


def prune() -> int:
    """Forget runs and checks of yesterday: the draft keeps their outputs, and nothing counts them."""
    finished = Submission.objects.exclude(kind=Kind.SUBMIT).exclude(status__in=[Status.QUEUED, Status.RUNNING])
    old = finished.filter(created_at__lt=timezone.now() - KEEP_RUNS).order_by("created_at").values_list("pk", flat=True)
    deleted, _ = Submission.objects.filter(pk__in=list(old[:PRUNE_AT_ONCE])).delete()
    return deleted
