"""The page of one submission: outcome first, then what is left, what changed, and what it opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from lessons.models import ExerciseVersion
from progress.path import LearnerPath, LessonView, path_of
from submissions.cells import CellResultView, results_of
from submissions.models import Kind, Status, Submission
from submissions.pages.changes import Changes, changes_between
from submissions.pages.checks import CheckRow, rows_of
from submissions.pages.status import Standing, Step, standing_of, status_url
from submissions.pages.words import Outcome, outcome_of

BARS = 8  # attempts that the small chart shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    number: int
    public_id: str
    score: float
    max_score: float
    passed: bool
    created_at: datetime
    is_this: bool

    @property
    def share(self) -> float:
        return self.score / self.max_score if self.max_score else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the attempts' chart, in its drawing's units."""

    x: float
    y: float
    width: float
    height: float
    attempt: Attempt

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def label_y(self) -> float:
        return self.y - 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenCell:
    number: int
    result: CellResultView


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    submission: Submission
    standing: Standing
    status_url: str
    slug: str
    title: str
    version: ExerciseVersion
    lesson: LessonView | None
    number: int
    outcome: Outcome
    steps: list[Step]
    rows: list[CheckRow]
    broken: list[BrokenCell]
    changes: Changes | None
    opened: list[LessonView]
    next_lesson: LessonView | None
    attempts: list[Attempt]
    bars: list[Bar]

    @property
    def stage_order(self) -> int:
        return self.lesson.stage_order if self.lesson else 2

    @property
    def to_fix(self) -> list[CheckRow]:
        return [row for row in self.rows if row.needs_work]

    @property
    def share(self) -> float:
        return 100 * (self.submission.score or 0) / self.version.max_score if self.version.max_score else 0.0

    @property
    def chart_text(self) -> str:
        scores = ", ".join(f"{bar.attempt.score:g}" for bar in self.bars)
        return f"Score by attempt: {scores} of {self.version.max_score:g}"


def result_page(submission: Submission) -> ResultPage:
    learner, version = submission.learner, submission.exercise_version
    path = path_of(learner)
    lesson = path.lesson(submission.exercise.slug) if submission.exercise.lesson_id else None
    rows = rows_of(submission)
    graded = list(_graded(submission))
    number = next((place for place, row in enumerate(graded, 1) if row.pk == submission.pk), len(graded) + 1)
    attempts = [_attempt(place, row, submission) for place, row in enumerate(graded, 1)]
    standing = standing_of(submission)
    opened = [path.lesson(slug) for slug in lesson.unlocks] if lesson else []
    return ResultPage(
        submission=submission,
        standing=standing,
        status_url=status_url(submission.public_id),
        slug=submission.exercise.slug,
        title=submission.exercise.title,
        version=version,
        lesson=lesson,
        number=number,
        outcome=outcome_of(submission, version, rows),
        steps=_steps(submission, rows) if submission.is_final else standing.steps,
        rows=rows,
        broken=_broken_cells(submission),
        changes=_changes(submission, graded, number),
        opened=[item for item in opened if item.is_published],
        next_lesson=_next_lesson(path, learner, lesson),
        attempts=attempts,
        bars=_bars(attempts[-BARS:]),
    )


def _graded(submission: Submission) -> Any:
    """All graded tries of this learner at this exercise, oldest first, without their outputs."""
    mine = Submission.objects.filter(learner=submission.learner, exercise=submission.exercise, kind=Kind.SUBMIT, status=Status.GRADED)
    return mine.order_by("created_at").defer("outputs", "notebook", "report")


def _attempt(number: int, row: Submission, shown: Submission) -> Attempt:
    return Attempt(
        number=number,
        public_id=str(row.public_id),
        score=row.score or 0,
        max_score=row.max_score,
        passed=bool(row.passed),
        created_at=row.created_at,
        is_this=row.pk == shown.pk,
    )


def _bars(attempts: list[Attempt]) -> list[Bar]:
    if not attempts:
        return []
    slot = 284 / len(attempts)
    width = min(64.0, slot * 0.68)
    heights = [max(2.0, 74 * attempt.share) for attempt in attempts]
    return [
        Bar(
            x=round(8 + slot * place + (slot - width) / 2, 1),
            y=round(94 - height, 1),
            width=width,
            height=round(height, 1),
            attempt=attempt,
        )
        for place, (attempt, height) in enumerate(zip(attempts, heights, strict=True))
    ]


def _steps(submission: Submission, rows: list[CheckRow]) -> list[Step]:
    """The finished timeline, with what each part took."""
    timings = (submission.report or {}).get("timings", {})
    cells = (submission.report or {}).get("cells", [])
    ran = sum(cell["status"] != "skipped" for cell in cells)
    waited = (submission.started_at - submission.created_at).total_seconds() if submission.started_at else 0.0
    end = {"title": "Graded" if submission.status == Status.GRADED else "Not graded", "state": "done"}
    if submission.status != Status.GRADED:
        return [Step(title="Queued", detail=_seconds(waited), state="done"), Step(**end)]
    return [
        Step(title="Queued", detail=_seconds(waited), state="done"),
        Step(title=f"Ran {ran} of {len(cells)} cells", detail=_seconds(timings.get("cells", 0.0)), state="done"),
        Step(
            title=f"Checked {sum(row.is_judged for row in rows)} of {len(rows)}", detail=_seconds(timings.get("checks", 0.0)), state="done"
        ),
        Step(**end),
    ]


def _seconds(value: float) -> str:
    return f"{max(0.0, value):.1f} s" if value >= 0.1 else f"{max(0, round(1000 * value))} ms"


def _broken_cells(submission: Submission) -> list[BrokenCell]:
    results = results_of(submission) if submission.status == Status.GRADED else {}
    return [BrokenCell(number=index + 1, result=result) for index, result in results.items() if result.error]


def _changes(submission: Submission, graded: list[Submission], number: int) -> Changes | None:
    if submission.status != Status.GRADED or number < 2:
        return None
    previous = Submission.objects.get(pk=graded[number - 2].pk)
    return changes_between(previous, submission, previous_number=number - 1)


def _next_lesson(path: LearnerPath, learner: User, lesson: LessonView | None) -> LessonView | None:
    """Where to go from here: what this lesson opened, else the path's next step."""
    if lesson is None:
        return None
    ready = [path.lesson(slug) for slug in lesson.unlocks]
    first = next((item for item in ready if item.is_published and item.state in {"open", "started"}), None)
    if first:
        return first
    step = path.next_step()
    return step.lesson if step and step.lesson.slug != lesson.slug else None
