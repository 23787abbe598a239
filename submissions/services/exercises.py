"""Which exercise an address means, and whether this learner may work on it."""

from __future__ import annotations

from accounts.models import User
from common.errors import NotThere, UserFacingError
from lessons.models import Exercise, LessonStatus
from progress.path import path_of


class LessonLocked(UserFacingError):
    """The lesson does not take work from this learner yet; `detail` says what opens it."""

    code, status, title = "lesson_locked", 403, "This lesson is not open yet"


def exercise_for(slug: str) -> Exercise:
    """The exercise with this slug, if it is published. Raises NotThere."""
    exercise = Exercise.objects.select_related("lesson", "current").filter(slug=slug, current__isnull=False).first()
    if exercise is None or (exercise.lesson is not None and exercise.lesson.status != LessonStatus.PUBLISHED):
        raise NotThere("There is no exercise at this address. The roadmap lists all lessons.")
    return exercise


def exercise_to_work_on(learner: User, slug: str) -> Exercise:
    """The exercise, open for this learner. Raises NotThere or LessonLocked with the reason."""
    exercise = exercise_for(slug)
    must_be_open(learner, exercise)
    return exercise


def must_be_open(learner: User, exercise: Exercise) -> None:
    """Exercises without a lesson are open to every account; admins and authors may try any."""
    if exercise.lesson is None or learner.is_author:
        return
    path = path_of(learner)
    lesson = path.lesson(exercise.lesson.slug)
    if not lesson.is_open:
        extra = {"locked_by": list(lesson.locked_by), "minutes_away": lesson.minutes_away}
        raise LessonLocked(path.why_locked(lesson), extra=extra)
