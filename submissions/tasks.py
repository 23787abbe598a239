"""What Celery runs: each task is one service call, safe to run twice. The rows decide, so no task retries by itself."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections

from common.logs import request_id

logger = logging.getLogger(__name__)


@shared_task(name="submissions.grade", acks_late=True, reject_on_worker_lost=True)
def grade_submission(submission_id: int, asked_by: str = "") -> None:
    """`asked_by` is the request that queued it: its id goes into the log lines."""
    from submissions.services.grade import grade  # late: the services send these tasks

    token = request_id.set(asked_by)
    try:
        grade(submission_id)
    finally:
        request_id.reset(token)


@shared_task(name="submissions.sweep")
def sweep_submissions() -> None:
    from submissions.services.sweep import sweep

    sweep()


@shared_task(name="submissions.prune")
def prune_submissions() -> None:
    from submissions.services.sweep import prune

    prune()


@worker_ready.connect
def start_sweeping(**_: Any) -> None:
    """Every worker sweeps, at once and then every few seconds: the scheduler may be the one that died."""
    threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True).start()


def _sweep_for_ever() -> None:
    from submissions.services.sweep import sweep

    pause = threading.Event()
    while True:
        try:
            close_old_connections()
            sweep()
        except Exception:  # a database that is away for a moment must not end the sweeping
            logger.exception("sweep_failed")
        pause.wait(settings.SWEEP_SECONDS)
