"""The page of one lesson, put together for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from common.errors import NotThere
from lessons.models import Exercise, Lesson, LessonStatus
from lessons.quiz_items import QuizItem, items_of
from progress.models import QuizAnswer
from progress.path import LearnerPath, LessonView, path_of
from roadmap.map_page import why_locked

Reader = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class ExerciseBox:
    """What a page says of the exercise: `tasks` counts them."""

    title: str
    pass_mark: float
    max_score: float
    tasks: int


@dataclass(frozen=True, slots=True)
class LessonPage:
    """`lesson` is the row with its text, `view` where this reader stands in it."""

    lesson: Lesson
    view: LessonView
    stage_title: str
    builds_on: tuple[LessonView, ...]
    unlocks: tuple[LessonView, ...]
    onward: tuple[tuple[LessonView, str], ...]
    why_locked: str
    quiz: list[QuizItem]
    exercise: ExerciseBox | None

    @property
    def quiz_right(self) -> int:
        return sum(item.is_right for item in self.quiz)


def lesson_or_404(slug: str) -> Lesson:
    rows = Lesson.objects.select_related("module__stage", "exercise__current").exclude(status=LessonStatus.RETIRED)
    lesson = rows.filter(slug=slug).first()
    if lesson is None:
        raise NotThere("No lesson is at this address. The roadmap lists every one.")
    return lesson


def lesson_page(lesson: Lesson, reader: Reader, answers: Mapping[str, Any] | None = None) -> LessonPage:
    """`answers` are those of somebody without an account, for this one page; others have theirs stored."""
    path = path_of(reader)
    view = path.lesson(lesson.slug)
    return LessonPage(
        lesson=lesson,
        view=view,
        stage_title=lesson.module.stage.title,
        builds_on=tuple(path.lesson(slug) for slug in view.prerequisites),
        unlocks=tuple(path.lesson(slug) for slug in view.unlocks),
        onward=_onward(lesson, path),
        why_locked=why_locked(view, path),
        quiz=items_of(lesson.quiz, stored_answers(lesson, reader) if answers is None else answers),
        exercise=_exercise(lesson),
    )


def stored_answers(lesson: Lesson, reader: Reader) -> dict[str, Any]:
    if not reader.is_authenticated:
        return {}
    return dict(QuizAnswer.objects.filter(learner_id=reader.pk, lesson_uid=lesson.uuid).values_list("item", "answer"))


def _onward(lesson: Lesson, path: LearnerPath) -> tuple[tuple[LessonView, str], ...]:
    known = {view.slug: view for view in path.lessons}
    return tuple((known[link["slug"]], link["why"]) for link in lesson.onward if link["slug"] in known)


def _exercise(lesson: Lesson) -> ExerciseBox | None:
    exercise: Exercise | None = getattr(lesson, "exercise", None)
    if exercise is None or exercise.current is None:
        return None
    current = exercise.current
    return ExerciseBox(
        title=exercise.title, pass_mark=current.pass_mark, max_score=current.max_score, tasks=len(current.package.get("tasks", []))
    )
