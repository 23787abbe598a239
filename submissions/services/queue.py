"""Sending rows to the workers. The message only says that there is something to do; the row says whether there still is."""

from __future__ import annotations

import datetime as dt
import logging

import redis
from kombu.exceptions import OperationalError

from common.logs import request_id
from submissions.tasks import grade_submission

logger = logging.getLogger(__name__)

RESEND_AFTER = dt.timedelta(seconds=30)  # a row that still waits then is sent once more: its message may be lost


def send(submission_id: int) -> bool:
    """Hand the row to the workers. A broker that does not answer delays the grading, and nothing else: the sweep sends it again."""
    try:
        grade_submission.apply_async((submission_id, request_id.get()), retry=False)
    except (OperationalError, redis.RedisError, OSError) as problem:
        logger.warning("not_sent", extra={"submission": submission_id, "problem": type(problem).__name__})
        return False
    return True
