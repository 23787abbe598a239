"""`python manage.py doctor`: what works here, line by line, and how to mend what does not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from site_admin import health


class Command(BaseCommand):
    help = "Check database, broker, workers, mail, disk, clock and the sandbox; exit 1 when something is failing."
    requires_system_checks = ()  # it must speak also when something is wrong
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        findings = health.everything(prove=True)
        for finding in findings:
            mark = self.style.SUCCESS("ok     ") if finding.ok else self.style.ERROR("failing")
            self.stdout.write(f"{mark}  {finding.part}: {finding.said}")
            if not finding.ok:
                self.stdout.write(f"         → {finding.mend}")
        if not all(finding.ok for finding in findings):
            sys.exit(1)
