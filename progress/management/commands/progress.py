"""`manage.py progress rebuild [--verify]`: the projections of progress against the log of events."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from progress.services.rebuild import differences, rebuild


class Command(BaseCommand):
    help = "Computes everybody's progress anew from the log of events; with --verify only counts the differences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rebuild"])
        parser.add_argument("--verify", action="store_true", help="change nothing; exit 1 if anything differs")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = differences() if options["verify"] else rebuild()
        verb = "differ" if options["verify"] else "were mended"
        for name, number in counts.items():
            self.stdout.write(f"{name}: {number} {verb}")
        if options["verify"] and any(counts.values()):
            sys.exit(1)
