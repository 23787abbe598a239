"""The start page, from the data: stages as a climb, true counts, and a lock with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from progress.path import LearnerPath, LessonView, StageView

WIDTH: Final = 1200
HEIGHT: Final = 340
LOWEST, HIGHEST = 172, 14  # of the climb, in the drawing's own units


@dataclass(frozen=True, slots=True)
class Climb:
    """One stage of the climb: its rim as a curve, and the ground below it."""

    stage: StageView
    rim: str
    ground: str
    lessons: int
    minutes: int


@dataclass(frozen=True, slots=True)
class LandingPage:
    climb: tuple[Climb, ...]
    lessons: int
    minutes: int
    written: tuple[LessonView, ...]
    locked: LessonView | None
    missing: tuple[LessonView, ...]
    first: LessonView | None


def landing_page(path: LearnerPath) -> LandingPage:
    locked = next((lesson for lesson in path.lessons if lesson.state == "locked"), None)
    step = path.next_step()
    return LandingPage(
        climb=_climb(path.stages),
        lessons=len(path.lessons),
        minutes=sum(lesson.minutes for lesson in path.lessons),
        written=tuple(lesson for lesson in path.lessons if lesson.is_published),
        locked=locked,
        missing=tuple(path.lesson(slug) for slug in locked.locked_by) if locked else (),
        first=step.lesson if step else None,
    )


def _climb(stages: tuple[StageView, ...]) -> tuple[Climb, ...]:
    width = WIDTH / max(1, len(stages))
    heights = _heights(len(stages))
    return tuple(_piece(stage, i * width, width, heights[i], heights[i + 1]) for i, stage in enumerate(stages))


def _heights(pieces: int) -> list[float]:
    """Steeper from stage to stage: the way gets harder and the view better."""
    weights = [1 + 0.55 * i for i in range(pieces)]
    heights, left = [float(LOWEST)], sum(weights) or 1
    for weight in weights:
        heights.append(heights[-1] - (LOWEST - HIGHEST) * weight / left)
    return heights


def _piece(stage: StageView, x: float, width: float, start: float, end: float) -> Climb:
    curve = f"C{x + 0.375 * width:.0f},{start:.0f} {x + 0.625 * width:.0f},{end:.0f} {x + width:.0f},{end:.0f}"
    return Climb(
        stage=stage,
        rim=f"M{x:.0f},{start:.0f} {curve}",
        ground=f"M{x:.0f},{start:.0f} {curve} L{x + width:.0f},{HEIGHT} L{x:.0f},{HEIGHT} Z",
        lessons=len(stage.lessons),
        minutes=sum(lesson.minutes for lesson in stage.lessons),
    )
