"""From what was judged to the report: points, verdict, and one plain sentence for the learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grading.exercise import CheckSpec, ExercisePackage, TaskSpec
from grading.job import Job
from grading.report import CellResult, CheckResult, Reason, Report, TaskResult, Timings, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the checker said of one check."""

    passed: bool
    judged: bool = True
    message: str = ""
    reason: Reason | None = None
    is_broken: bool = False

    @classmethod
    def not_judged(cls, message: str, reason: Reason) -> Judgement:
        return cls(passed=False, judged=False, message=message, reason=reason)

    @classmethod
    def broken(cls, why: str) -> Judgement:
        return cls(passed=False, judged=False, message=why, is_broken=True)


def build_report(
    job: Job,
    *,
    cells: tuple[CellResult, ...],
    outputs: dict[int, list[dict[str, Any]]],
    judged: dict[str, Judgement],
    reason: Reason | None,
    timings: Timings,
) -> Report:
    """The report of a job that ran. Titles and points come from the package, never from a child."""
    if job.package is None or job.kind in {"run", "execute"}:
        failed = next((cell.error for cell in cells if cell.error), None)
        sentence = failed.message if failed else ""
        return Report(status="graded", verdict=None, reason=reason, sentence=sentence, cells=cells, timings=timings, outputs=outputs)
    package = job.package
    if any(judgement.is_broken for judgement in judged.values()):
        return _broken(package, cells, outputs, judged, timings)
    tasks = tuple(_task(package, task, judged) for task in package.tasks)
    score = sum(task.score for task in tasks)
    passed = score >= package.pass_mark - 1e-9
    unjudged = any(not judgement.judged for judgement in judged.values())
    verdict = Verdict.PASSED if passed else Verdict.LEARNER_ERROR if unjudged else Verdict.FAILED
    return Report(
        status="graded",
        verdict=verdict,
        reason=(reason or Reason.EXCEPTION) if verdict is Verdict.LEARNER_ERROR else None,
        passed=passed,
        score=score,
        max_score=package.max_score,
        sentence=_sentence(package, tasks, score, verdict),
        tasks=tasks,
        cells=cells,
        timings=timings,
        outputs=outputs,
    )


def _task(package: ExercisePackage, task: TaskSpec, judged: dict[str, Judgement]) -> TaskResult:
    checks = tuple(_check(check, judged[check.id]) for check in package.checks if check.task == task.id and check.id in judged)
    return TaskResult(id=task.id, title=task.title, score=sum(check.points for check in checks), max_score=task.max_score, checks=checks)


def _check(spec: CheckSpec, judgement: Judgement) -> CheckResult:
    return CheckResult(
        id=spec.id,
        title=spec.title,
        visible=spec.visible,
        passed=judgement.passed,
        points=spec.points if judgement.passed else 0.0,
        max_points=spec.points,
        message=judgement.message,
        judged=judgement.judged,
    )


def _broken(
    package: ExercisePackage,
    cells: tuple[CellResult, ...],
    outputs: dict[int, list[dict[str, Any]]],
    judged: dict[str, Judgement],
    timings: Timings,
) -> Report:
    return Report(
        status="failed",
        verdict=Verdict.LESSON_ERROR,
        max_score=package.max_score,
        sentence="We could not grade this attempt because our check broke. It does not count, and your code is saved.",
        tasks=tuple(_task(package, task, judged) for task in package.tasks),
        cells=cells,
        timings=timings,
        outputs=outputs,
    )


def platform_failure(job: Job) -> Report:
    """The report when our machine broke twice over one job."""
    return Report(
        status="failed",
        verdict=Verdict.PLATFORM_ERROR,
        max_score=job.package.max_score if job.package else 0.0,
        sentence="We could not grade this; it is our fault. Your notebook is safe and this attempt does not count.",
    )


def _sentence(package: ExercisePackage, tasks: tuple[TaskResult, ...], score: float, verdict: Verdict) -> str:
    if verdict is Verdict.PASSED:
        missing = package.max_score - score
        return "Every check passes." if missing < 1e-9 else f"Passed. {missing:g} of {package.max_score:g} points are still to be had."
    first = next((check for task in tasks for check in task.checks if not check.passed), None)
    return first.message if first and first.message else "Some checks do not pass yet."


def sentence_for_death(reason: Reason, index: int | None, cpu_seconds: float) -> str:
    """What happened to the learner's process, in one or two plain sentences. `index` counts cells from 0."""
    where = f"Cell {index + 1}" if index is not None else "Your code"
    if reason is Reason.TIME:
        return f"{where} ran for {cpu_seconds:g} s, the limit here. A loop over many rows is often the cause; try one NumPy expression."
    if reason is Reason.MEMORY:
        return f"{where} was ended because it needed more memory than there is. Load only the columns and rows you use."
    if reason is Reason.OUTPUT:
        return f"{where} printed more than we keep. Print a few rows or a summary instead."
    if reason is Reason.EXIT:
        return f"{where} ended Python, so nothing after it could run. Remove the call to exit."
    if reason is Reason.FORBIDDEN:
        return f"{where} tried something that is not allowed here, so it was ended. Exercises need no network, processes or system calls."
    return f"{where} crashed in native code, and Python ended with it. A call with wrong shapes or types is the usual cause."
