"""`manage.py grade`: notebooks through the same engine as the site's, without web, queue or database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from grading.engine import EngineFault, EngineUnavailable, RunsJobs, open_engine
from grading.exercise import ExercisePackage
from grading.job import Job
from grading.notebook import NotebookInvalid, read_notebook
from grading.report import Report
from grading.seed import seed_for
from grading.verdicts import platform_failure
from lessons.content.findings import ContentInvalid
from lessons.content.packages import NoSuchExercise, package_for

NOT_USABLE, OUR_FAULT = 2, 3


class Command(BaseCommand):
    help = "Grade notebook files, or every .ipynb of a folder. Exit: 0 graded, 2 not usable, 3 the engine could not grade."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("notebook", nargs="+", type=Path, help="a notebook, or a folder of them")
        parser.add_argument("--exercise", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a notebook")
        parser.add_argument("--seed", type=_seed, help="repeat a grade: the seed that its report names")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(self.grade(options["notebook"], options["exercise"], as_json=options["as_json"], seed=options["seed"]))

    def grade(self, places: list[Path], slug: str, *, as_json: bool, seed: int | None) -> int:
        try:
            package = package_for(slug)
        except NoSuchExercise as error:
            self.stderr.write(str(error))
            return NOT_USABLE
        except ContentInvalid as error:
            self.stderr.write(f"The exercise {slug} is broken, which is not the notebook's fault:\n{error}")
            return OUR_FAULT
        paths = list(_notebooks(places))
        if not paths:
            self.stderr.write(f"{', '.join(map(str, places))}: There is no .ipynb file in this folder.")
            return NOT_USABLE
        is_batch = len(places) > 1 or any(place.is_dir() for place in places)
        code = 0
        engine = open_engine(settings.ENGINE_SOCKET)
        try:
            for path in paths:
                code = max(code, self._one(engine, path, package, as_json=as_json, seed=seed, is_batch=is_batch))
        except EngineFault as fault:
            self.stderr.write(f"The engine could not grade: {fault}")
            return OUR_FAULT
        finally:
            engine.close()
        return code

    def _one(self, engine: RunsJobs, path: Path, package: ExercisePackage, *, as_json: bool, seed: int | None, is_batch: bool) -> int:
        try:
            notebook = read_notebook(_bytes_of(path))
        except NotebookInvalid as invalid:
            if not is_batch:
                self.stderr.write(f"{path}: {invalid.sentence}")
                return NOT_USABLE
            report, used = Report(status="invalid", verdict=None, max_score=package.max_score, sentence=invalid.sentence), 0
        else:
            used = seed_for(settings.SITE_KEY, package.version, notebook.code_hash) if seed is None else seed
            job = Job(kind="submit", cells=notebook.cells, package=package, seed=used)
            report = self._run(engine, job, is_batch=is_batch)
        if as_json:
            self.stdout.write(json.dumps(as_contract(path, package, used, report)))
        else:
            self._print(path, report)
        return OUR_FAULT if report.status == "failed" else 0

    def _run(self, engine: RunsJobs, job: Job, *, is_batch: bool) -> Report:
        """In a batch, a notebook under which the engine broke is one line as well, and the next one is tried."""
        try:
            return engine.run(job)
        except EngineUnavailable:
            raise
        except EngineFault:
            if not is_batch:
                raise
            return platform_failure(job)

    def _print(self, path: Path, report: Report) -> None:
        if report.score is None:
            self.stdout.write(f"{path}: {report.status}. {report.sentence}")
            return
        self.stdout.write(f"{path}: {report.score:g} of {report.max_score:g} points, {report.verdict}")
        for task in report.tasks:
            self.stdout.write(f"  {task.title}: {task.score:g} of {task.max_score:g}")
            for check in sorted(task.checks, key=lambda check: check.passed):
                mark = "ok  " if check.passed else "open"
                self.stdout.write(f"    {mark} {check.title}{'' if check.passed else f': {check.message}'}")


def as_contract(path: Path, package: ExercisePackage, seed: int, report: Report) -> dict[str, Any]:
    """The object that `grade --json` prints, field by field as the contract has it."""
    data = report.to_json()
    return {
        "notebook": str(path),
        "exercise": package.slug,
        "exercise_version": package.version,
        "seed": seed,
        **{name: data[name] for name in ("status", "verdict", "reason", "passed", "score")},
        "max_score": package.max_score,
        "sentence": report.sentence,
        "tasks": [{**task, "checks": [_check(check) for check in task["checks"]]} for task in data["tasks"]],
        "cells": [_cell(cell) for cell in data["cells"]],
        "timings": data["timings"],
    }


def _check(check: dict[str, Any]) -> dict[str, Any]:
    return {name: check[name] for name in ("id", "title", "visible", "passed", "points", "max_points", "message")}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    error = cell["error"] and {"name": cell["error"]["name"], "message": cell["error"]["message"]}
    return {**{name: cell[name] for name in ("index", "status", "seconds")}, "error": error}


def _seed(text: str) -> int:
    """A seed as reports name it: a whole number that fits into 64 bits."""
    seed = int(text)
    if not 0 <= seed < 2**63:
        raise argparse.ArgumentTypeError("a seed is a whole number from 0, below 2**63")
    return seed


def _notebooks(places: list[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.glob("*.ipynb")) if place.is_dir() else [place]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotebookInvalid("no_file", f"This file cannot be read: {error.strerror}.") from None
