"""`manage.py engine`: the grading engine of this machine, behind its socket."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from grading.daemon import serve
from grading.engine import EngineFault


class Command(BaseCommand):
    help = "Run the grading engine until it is told to stop. Needs no database."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serve(settings.ENGINE_SOCKET, settings.CELERY_WORKER_CONCURRENCY)
        except EngineFault as fault:
            raise CommandError(str(fault)) from None
