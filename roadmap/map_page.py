"""The map's rows, with everything computed: 68 lessons go through the template, so it only writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString

from common.templatetags.cairn import STATE_CLASSES, shown_state, state_mark
from progress.path import LearnerPath, LessonView, StageView
from roadmap.drawing import Band, draw

_PLACEHOLDER: Final = "slug"


@dataclass(frozen=True, slots=True)
class Stop:
    """One lesson on the map. `needs` are slugs for the tracing; `elsewhere` are numbers of needs in other stages; `why` explains a lock."""

    slug: str
    url: str
    title: str
    meta: str
    css: str
    mark: SafeString
    col: int
    top: int
    needs: str
    elsewhere: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One stage on the map."""

    stage: StageView
    band: Band
    stops: tuple[Stop, ...]
    minutes: int
    written: int


def lines_of(path: LearnerPath) -> list[Line]:
    lesson_url = reverse("lessons:page", args=[_PLACEHOLDER])
    return [_line(stage, path, lesson_url) for stage in path.stages]


def _line(stage: StageView, path: LearnerPath, lesson_url: str) -> Line:
    lessons = sorted(stage.lessons, key=lambda lesson: [int(part) for part in lesson.number.split(".")])
    band = draw(lessons)
    return Line(
        stage=stage,
        band=band,
        stops=tuple(_stop(lesson, band.tops[lesson.row], path, lesson_url) for lesson in lessons),
        minutes=sum(lesson.minutes for lesson in lessons),
        written=sum(lesson.is_published for lesson in lessons),
    )


def _stop(lesson: LessonView, top: int, path: LearnerPath, lesson_url: str) -> Stop:
    shown = shown_state(lesson.state, lesson.flags)
    needs = [path.lesson(slug) for slug in lesson.prerequisites]
    return Stop(
        slug=lesson.slug,
        url=lesson_url.replace(_PLACEHOLDER, lesson.slug),
        title=lesson.title,
        meta=f"{lesson.number} · coming" if shown == "coming" else f"{lesson.number} · {lesson.minutes} min",
        css=f"s-{STATE_CLASSES.get(shown, shown)}",
        mark=state_mark(lesson.state, lesson.flags),
        col=lesson.col,
        top=top,
        needs=" ".join(lesson.prerequisites),
        elsewhere=", ".join(need.number for need in needs if need.stage_slug != lesson.stage_slug),
        why=why_locked(lesson, path),
    )


def why_locked(lesson: LessonView, path: LearnerPath) -> str:
    """What has to be passed first, in one sentence; nothing for a lesson that is not locked."""
    if lesson.state != "locked":
        return ""
    titles = [path.lesson(slug).title for slug in lesson.locked_by]
    listed = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
    return f"Opens after {listed}. You are {minutes_in_words(lesson.minutes_away)} from it."


def minutes_in_words(minutes: int) -> str:
    if minutes < 90:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"
