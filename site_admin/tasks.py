"""No task of its own: Celery imports this module in every worker, and that is where the heartbeat begins."""

from typing import Any

from celery.signals import worker_ready

from site_admin.heartbeat import start_beating


@worker_ready.connect
def announce(**_: Any) -> None:
    start_beating()
