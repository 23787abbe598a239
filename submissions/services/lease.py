"""The lease on a claimed row: extended while a worker lives, and over soon after it died."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone

from submissions.models import Submission

logger = logging.getLogger(__name__)


def lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.LEASE_SECONDS)


@contextmanager
def heartbeat(submission_id: int, claim: uuid.UUID) -> Iterator[None]:
    """Extend the lease every few seconds, from a thread of its own. A grading shorter than that costs no query."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(submission_id, claim, done), name=f"heartbeat-{submission_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(settings.HEARTBEAT_SECONDS)


def _beat(submission_id: int, claim: uuid.UUID, done: threading.Event) -> None:
    while not done.wait(settings.HEARTBEAT_SECONDS):
        try:
            Submission.objects.filter(pk=submission_id, claim=claim).update(lease_until=timezone.now() + lease())
        except Exception:
            # The next beat tries again on a new connection; if none gets through, the fence refuses our verdict.
            logger.exception("heartbeat_failed", extra={"submission": submission_id})
            connection.close()
    connection.close()
