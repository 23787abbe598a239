"""`curriculum load` puts the files into the database; `curriculum check` proves that every lesson does what it promises."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from lessons.content.findings import ContentInvalid, Findings
from lessons.content.places import default_places
from lessons.content.tree import read_curriculum, sound_curriculum
from lessons.services.load import load_curriculum
from progress.services.release import follow_release, keep_open_what_is_open

WHOLE = "curriculum"  # the path of findings about all of it


class Command(BaseCommand):
    help = "Load or check the lessons."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("load", help="Files to database; says what was created, changed and left.")
        check = acts.add_parser("check", help="Lint, then every reference, starter and known mistake through the grader.")
        check.add_argument("slugs", nargs="*", metavar="SLUG", help="Only these lessons or exercises.")
        check.add_argument("--seeds", type=int, default=1, metavar="N", help="Grade each reference and mistake with N seeds.")
        check.add_argument("--lint", action="store_true", help="Only read the files; grade nothing.")

    def handle(self, **options: Any) -> None:
        if options["act"] == "load":
            self._load(is_quiet=options["verbosity"] == 0)
        else:
            self._check(options["slugs"], seeds=options["seeds"], lint_only=options["lint"])

    def _load(self, *, is_quiet: bool) -> None:
        try:
            curriculum = sound_curriculum()
        except ContentInvalid as error:
            for finding in error.findings:
                self.stderr.write(str(finding))
            sys.exit(1)
        with transaction.atomic():
            keep_open_what_is_open()
            report = load_curriculum(curriculum)
            follow_release()
        if not is_quiet:
            for word, names in (("created", report.created), ("changed", report.changed), ("retired", report.retired)):
                for name in names:
                    self.stdout.write(f"{word} {name}")
            self.stdout.write(f"Curriculum loaded: {report.sentence}.")

    def _check(self, slugs: list[str], *, seeds: int, lint_only: bool) -> None:
        from grading.engine import EngineFault  # the engine is only needed here
        from lessons.content.proof import prove

        findings = Findings()
        curriculum = read_curriculum(default_places(), findings)
        unknown = set(slugs) - {lesson.slug for lesson in curriculum.lessons} - {exercise.slug for exercise in curriculum.exercises}
        for slug in sorted(unknown):
            findings.add(WHOLE, 1, "slug-unknown", f"There is no lesson or exercise `{slug}`.")
        if not lint_only and not unknown:
            try:
                prove(curriculum, findings, slugs=slugs, seeds=seeds, say=self.stderr.write, socket=settings.ENGINE_SOCKET)
            except EngineFault as fault:
                findings.add(WHOLE, 1, "engine", f"The engine could not grade: {fault}")
        wanted = sorted(findings.items)
        if slugs and not unknown:
            wanted = [finding for finding in wanted if finding.path == WHOLE or any(f"/{slug}/" in finding.path for slug in slugs)]
        for finding in wanted:
            self.stdout.write(str(finding))
        self.stderr.write(f"{len(wanted)} finding{'s' if len(wanted) > 1 else ''}." if wanted else "All hold.")
        sys.exit(1 if wanted else 0)
