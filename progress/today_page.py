"""What Today shows to one learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.models import User
from progress.path import LearnerPath, LessonView, NextStep, StageView, path_of
from submissions.models import Kind, Submission

RECENT: Final = 3
# Where each stone of the cairn lies, the first stage's at the bottom: x, y, width, height in a 24 x 24 drawing.
_STONES: Final = ((2.0, 18.6, 20.0, 4.4), (4.2, 13.6, 15.2, 4.1), (6.4, 9.0, 12.0, 3.7), (7.6, 4.8, 8.4, 3.3), (9.8, 1.0, 5.2, 2.9))


@dataclass(frozen=True, slots=True)
class Stone:
    """One stage of the cairn; `filled` is the width of what is passed."""

    stage: StageView
    x: float
    y: float
    width: float
    height: float
    filled: float


@dataclass(frozen=True, slots=True)
class TodayPage:
    path: LearnerPath
    step: NextStep | None
    unlocks: tuple[LessonView, ...]
    stones: tuple[Stone, ...]
    recent: tuple[Submission, ...]
    asks_where_to_start: bool
    is_finished: bool


def today_page(learner: User) -> TodayPage:
    path = path_of(learner)
    step = path.next_step()
    recent = tuple(
        Submission.objects.filter(learner=learner, kind=Kind.SUBMIT)
        .select_related("exercise")
        .defer("notebook", "outputs", "report")
        .order_by("-created_at")[:RECENT]
    )
    return TodayPage(
        path=path,
        step=step,
        unlocks=tuple(path.lesson(slug) for slug in step.lesson.unlocks) if step else (),
        stones=tuple(_stone(stage, place) for stage, place in zip(path.stages, _STONES, strict=False)),
        recent=recent,
        asks_where_to_start=learner.welcomed_at is None and not recent and not any(lesson.started_at for lesson in path.lessons),
        is_finished=path.required > 0 and path.passed == path.required,
    )


def _stone(stage: StageView, place: tuple[float, float, float, float]) -> Stone:
    x, y, width, height = place
    share = stage.passed / stage.required if stage.required else 0.0
    return Stone(stage=stage, x=x, y=y, width=width, height=height, filled=round(width * share, 2))
