"""What Celery runs: each task is one service call, safe to run twice."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections

logger = logging.getLogger(__name__)


@shared_task(name="submissions.grade", acks_late=True, reject_on_worker_lost=True)
def grade_submission(submission_id: int) -> None:
    from submissions.services.grade import grade  # late: the service publishes tasks of this module

    close_old_connections()
    grade(submission_id)


@shared_task(name="submissions.sweep")
def sweep_submissions() -> None:
    from submissions.services.sweep import sweep

    close_old_connections()
    sweep()


@worker_ready.connect
def start_sweeping(**_: Any) -> None:
    """Every worker sweeps: the scheduler may be the one that died."""
    threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True).start()


def _sweep_for_ever() -> None:
    from submissions.services.sweep import sweep

    pause = threading.Event()
    while not pause.wait(settings.SWEEP_SECONDS):
        try:
            close_old_connections()
            sweep()
        except Exception:  # a database that is away for a moment must not end the sweeping
            logger.exception("sweep_failed")
