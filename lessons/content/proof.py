"""Proves through the real engine that exercises keep their promises; what does not hold is a finding.

For each exercise: the reference gets full marks, the untouched starter fails kindly, every known mistake is caught by its check with its
message, and a notebook that only knows the visible examples stays below the pass mark. For each lesson: the outputs shown in its worked
example are what its code prints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.engine import EngineFault, RunsJobs, open_engine
from grading.exercise import ExercisePackage
from grading.job import Job
from grading.notebook import Cell, Notebook, read_notebook
from grading.report import CheckResult, Report, Verdict
from lessons.content.exercises import package_of
from lessons.content.findings import Findings
from lessons.content.model import Curriculum, ExerciseFile, LessonFile, Mistake
from lessons.content.notebooks import with_cell

Say = Callable[[str], Any]
AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One notebook to grade, and what must be true of its report; `judge` yields (path, line, rule, message)."""

    name: str
    job: Job
    judge: Callable[[Report], Iterator[tuple[str, int, str, str]]]


def prove(
    curriculum: Curriculum, findings: Findings, *, slugs: Collection[str] = (), seeds: int = 1, say: Say, socket: Path | None = None
) -> None:
    """Try everything, or the given slugs only; raises EngineFault when the engine cannot grade at all."""
    trials = list(_trials(curriculum, slugs, max(seeds, 1)))
    if not trials:
        return
    engine = open_engine(socket)
    try:
        _run(engine, trials, findings, say)
    finally:
        engine.close()


def _run(engine: RunsJobs, trials: list[Trial], findings: Findings, say: Say) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [(trial, pool.submit(engine.run, trial.job)) for trial in trials]
        for number, (trial, future) in enumerate(waiting, 1):
            try:
                report = future.result()
            except EngineFault:
                for _, other in waiting:
                    other.cancel()
                raise
            found = list(trial.judge(report))
            for path, line, rule, message in found:
                findings.add(path, line, rule, message)
            say(f"[{number}/{len(trials)}] {trial.name}: {'does not hold' if found else 'holds'}")


def _trials(curriculum: Curriculum, slugs: Collection[str], seeds: int) -> Iterator[Trial]:
    for lesson in curriculum.lessons:
        if lesson.page.runs and (not slugs or lesson.slug in slugs):
            yield _worked_example(lesson)
    for exercise in curriculum.exercises:
        if slugs and exercise.slug not in slugs:
            continue
        package = package_of(exercise)
        if not package.tasks or not package.checks:
            continue  # the lint has said why
        reference = read_notebook(exercise.reference)
        yield _starter(exercise, package)
        if exercise.hard_coded is not None:
            yield _hard_coded(exercise, package)
        for number in range(seeds):
            yield _reference(exercise, package, reference, number)
            for mistake in exercise.mistakes:
                yield _mistake(exercise, package, mistake, number)


def _seed(slug: str, number: int) -> int:
    """The same seeds at every check, so that a finding can be met again."""
    return int.from_bytes(hashlib.sha256(f"{slug} {number}".encode()).digest()[:7], "big")


def _job(package: ExercisePackage, notebook: Notebook, number: int = 0) -> Job:
    return Job(kind="submit", cells=notebook.cells, package=package, seed=_seed(package.slug, number))


def _checks_path(exercise: ExerciseFile) -> str:
    return exercise.path.replace("exercise.yaml", "checks.py")


def _checks(report: Report) -> list[CheckResult]:
    return [check for task in report.tasks for check in task.checks]


def _reference(exercise: ExerciseFile, package: ExercisePackage, notebook: Notebook, number: int) -> Trial:
    def judge(report: Report) -> Iterator[tuple[str, int, str, str]]:
        for cell in report.cells:
            if cell.status not in {"ok", "skipped"}:
                text = cell.error.message if cell.error else cell.status
                yield exercise.path.replace(".yaml", ".py"), 1, "reference-cell", f"Cell {cell.index + 1} of the reference: {text}"
        if not _checks(report):
            yield exercise.path, 1, "reference-fails", f"The reference was not graded: {report.sentence or report.verdict}"
        for check in _checks(report):
            if not check.passed:
                line = exercise.check_lines.get(check.id, 1)
                message = f"The reference fails `{check.id}` (seed {_seed(exercise.slug, number)}): {check.message}"
                yield _checks_path(exercise), line, "reference-fails", message

    return Trial(name=f"{exercise.slug}: reference, seed {number + 1}", job=_job(package, notebook, number), judge=judge)


def _starter(exercise: ExerciseFile, package: ExercisePackage) -> Trial:
    def judge(report: Report) -> Iterator[tuple[str, int, str, str]]:
        if report.verdict is not Verdict.FAILED:
            text = f"The untouched starter ends as {report.verdict}, not as failed: {report.sentence}"
            yield exercise.path, 1, "starter-verdict", text
        if report.score is not None and report.score >= package.pass_mark:
            yield exercise.path, 1, "starter-passes", f"The untouched starter gets {report.score:g} of {report.max_score:g} points."
        for check in _checks(report):
            line = exercise.check_lines.get(check.id, 1)
            if check.passed:
                yield _checks_path(exercise), line, "starter-check", f"The untouched starter passes `{check.id}`."
            elif not check.message or "Traceback" in check.message:
                yield _checks_path(exercise), line, "starter-message", f"`{check.id}` says nothing kind to the starter: {check.message!r}"

    return Trial(name=f"{exercise.slug}: untouched starter", job=_job(package, read_notebook(exercise.starter)), judge=judge)


def _mistake(exercise: ExerciseFile, package: ExercisePackage, mistake: Mistake, number: int) -> Trial:
    def judge(report: Report) -> Iterator[tuple[str, int, str, str]]:
        check = next((check for check in _checks(report) if check.id == mistake.caught_by), None)
        if check is None:
            yield mistake.path, 1, "mistake-check", f"`{mistake.caught_by}` did not judge it: {report.sentence}"
        elif check.passed:
            yield mistake.path, 1, "mistake-uncaught", f"`{mistake.caught_by}` passes (seed {_seed(exercise.slug, number)})."
        elif mistake.message not in check.message:
            yield mistake.path, 2, "mistake-message", f"`{mistake.caught_by}` says {check.message!r}, not {mistake.message!r}."

    notebook = with_cell(exercise.reference, mistake.code)
    return Trial(name=f"{exercise.slug}: mistake {mistake.name}, seed {number + 1}", job=_job(package, notebook, number), judge=judge)


def _hard_coded(exercise: ExerciseFile, package: ExercisePackage) -> Trial:
    path = exercise.path.replace("exercise.yaml", "mistakes/hardcoded.py")

    def judge(report: Report) -> Iterator[tuple[str, int, str, str]]:
        if report.score is None or report.score >= package.pass_mark:
            score = f"{report.score} of {package.max_score:g}, pass mark {package.pass_mark:g}"
            yield path, 1, "hardcoded-passes", f"A notebook that only knows the visible examples gets {score}."
        for check in _checks(report):
            if check.visible and not check.passed:
                yield path, 1, "hardcoded-visible", f"It must know the visible examples, and fails `{check.id}`: {check.message}"

    notebook = with_cell(exercise.reference, exercise.hard_coded or "")
    return Trial(name=f"{exercise.slug}: hard-coded visible examples", job=_job(package, notebook), judge=judge)


def _worked_example(lesson: LessonFile) -> Trial:
    """The `python run` fences of a page in one notebook, in their order."""
    runs = lesson.page.runs

    def judge(report: Report) -> Iterator[tuple[str, int, str, str]]:
        for index, run in enumerate(runs):
            printed = _printed(report.outputs.get(index, []))
            error = next((cell.error for cell in report.cells if cell.index == index and cell.error), None)
            if error is not None:
                yield lesson.path, run.line, "example-raises", f"The worked example raises {error.name}: {error.message}"
            elif printed.rstrip() != run.output.rstrip():
                yield (
                    lesson.path,
                    run.line,
                    "example-output",
                    f"The code prints {printed.rstrip()!r}, the page shows {run.output.rstrip()!r}.",
                )

    cells = tuple(Cell(index=index, kind="code", source=run.code) for index, run in enumerate(runs))
    return Trial(name=f"{lesson.slug}: worked example", job=Job(kind="execute", cells=cells), judge=judge)


def _printed(outputs: list[dict[str, Any]]) -> str:
    texts = [output.get("text", "") for output in outputs if output.get("output_type") == "stream" and output.get("name") == "stdout"]
    return "".join("".join(text) if isinstance(text, list) else str(text) for text in texts)
