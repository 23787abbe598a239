"""Where one learner stands on the roadmap: the compiled graph and one query for what is stored about them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from django.utils import timezone

from accounts.models import StartingPoint
from progress.graph import Graph, LessonNode, ModuleNode, StageNode, current_graph
from progress.models import LearnerLessonStatus, LessonState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

State = Literal["coming", "locked", "open", "started", "credited", "passed"]

RESUME_DAYS = 14  # a lesson started within so many days goes before anything new
_STORED = LearnerLessonStatus
_DONE = frozenset({_STORED.PASSED.value, _STORED.CREDITED.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonView:
    """One lesson as one learner sees it. `locked_by` and `minutes_away` say what is missing: lessons to pass, and their minutes."""

    uuid: uuid.UUID
    slug: str
    title: str
    number: str
    summary: str
    minutes: int
    stage_order: int
    stage_slug: str
    module_slug: str
    col: int
    row: int
    is_published: bool
    state: State
    flags: tuple[str, ...]
    best_score: float | None
    max_score: float | None
    prerequisites: tuple[str, ...]
    unlocks: tuple[str, ...]
    locked_by: tuple[str, ...]
    minutes_away: int
    started_at: dt.datetime | None
    passed_at: dt.datetime | None
    passed_version: str
    minutes_spent: int

    @property
    def is_open(self) -> bool:
        """Whether this learner may work on it, whatever came of it so far."""
        return self.state not in {"coming", "locked"}

    @property
    def is_done(self) -> bool:
        return self.state in _DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleView:
    slug: str
    title: str
    lessons: tuple[LessonView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage with its lessons. `required` leaves out what the learner was credited."""

    slug: str
    title: str
    summary: str
    outcome: str
    order: int
    passed: int
    required: int
    modules: tuple[ModuleView, ...]

    @property
    def lessons(self) -> tuple[LessonView, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def is_passed(self) -> bool:
        return self.required > 0 and self.passed == self.required


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A lesson to do next and the reason in one sentence; the first one carries up to two alternatives."""

    lesson: LessonView
    reason: str
    alternatives: tuple[NextStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is stored about one lesson of one learner."""

    status: str
    started_at: dt.datetime | None = None
    first_passed_at: dt.datetime | None = None
    passed_version: str = ""
    best_score: float | None = None
    best_max_score: float | None = None
    mastered: bool = False
    minutes: float = 0.0


class LearnerPath:
    """The roadmap of one learner, or of somebody who has not signed in (nothing passed)."""

    def __init__(self, graph: Graph, standings: Mapping[uuid.UUID, Standing], starting_point: str = "") -> None:
        self._graph = graph
        self._standings = standings
        self._starting_point = starting_point
        done = (graph.by_uuid[uid].bit for uid, standing in standings.items() if standing.status in _DONE and uid in graph.by_uuid)
        self._done = sum(1 << bit for bit in done)

    @cached_property
    def lessons(self) -> tuple[LessonView, ...]:
        """All lessons, in the roadmap's order."""
        return tuple(self._view(node) for node in self._graph.lessons)

    @cached_property
    def stages(self) -> tuple[StageView, ...]:
        return tuple(self._stage(stage) for stage in self._graph.stages)

    @property
    def passed(self) -> int:
        return sum(stage.passed for stage in self.stages)

    @property
    def required(self) -> int:
        return sum(stage.required for stage in self.stages)

    def lesson(self, slug: str) -> LessonView:
        """Raises KeyError for a lesson that is not on the roadmap."""
        return self.lessons[self._graph.by_slug[slug].bit]

    def lesson_of(self, exercise_uid: uuid.UUID) -> LessonView | None:
        """The lesson of an exercise; None for an exercise outside of the roadmap."""
        node = self._graph.of_exercise.get(exercise_uid)
        return self.lessons[node.bit] if node else None

    def why_locked(self, lesson: LessonView) -> str:
        """What opens it, in a sentence; empty for a lesson that is open."""
        if lesson.state == "coming":
            return "This lesson is still being written."
        if lesson.state != "locked":
            return ""
        names = [self.lesson(slug).title for slug in lesson.locked_by]
        return f"Opens after {_listed(names)}. You are {lesson.minutes_away} minutes from it."

    def next_step(self) -> NextStep | None:
        """What to do next, the same for the same standing; None when nothing is open."""
        resumed = self._to_resume()
        frontier = self._frontier()
        first = NextStep(lesson=resumed[0], reason="You have started this one.") if resumed else self._first_of(frontier)
        if first is None:
            return None
        rest = [lesson for lesson in (*resumed, *frontier) if lesson.slug != first.lesson.slug]
        return NextStep(lesson=first.lesson, reason=first.reason, alternatives=tuple(self._alternatives(first.lesson, rest)))

    def _to_resume(self) -> list[LessonView]:
        since = timezone.now() - dt.timedelta(days=RESUME_DAYS)
        recent = [lesson for lesson in self.lessons if lesson.state == "started" and lesson.started_at and lesson.started_at >= since]
        return sorted(recent, key=lambda lesson: lesson.started_at or since, reverse=True)

    def _frontier(self) -> list[LessonView]:
        """Open lessons not yet passed, the one with the longest way behind it first; the learner's starting point goes before that."""
        ready = [lesson for lesson in self.lessons if lesson.is_published and lesson.state in {"open", "started"}]
        return sorted(ready, key=lambda lesson: (self._is_known_already(lesson), -self._critical_minutes(lesson), lesson.number))

    def _critical_minutes(self, lesson: LessonView) -> int:
        return self._graph.by_slug[lesson.slug].critical_minutes

    def _is_known_already(self, lesson: LessonView) -> bool:
        """Whether the learner said, when they came, that they know this."""
        if lesson.stage_order > 1:
            return False
        known = {
            StartingPoint.MATHS.value: {"maths"},
            StartingPoint.PYTHON.value: {"python"},
            StartingPoint.BOTH.value: {"maths", "python"},
        }.get(self._starting_point, set())
        return lesson.module_slug in known

    def _first_of(self, frontier: list[LessonView]) -> NextStep | None:
        if not frontier:
            return None
        lesson = frontier[0]
        if lesson.state == "started":
            reason = "You have started this one."
        elif not self._done and not any(other.state == "started" for other in self.lessons):
            reason = "It needs nothing before it, and much builds on it." if lesson.unlocks else "It needs nothing before it."
        elif lesson.unlocks:
            reason = f"The longest way ahead begins with it: {_hours(self._critical_minutes(lesson))} of lessons build on it."
        else:
            reason = "It is open, and you have passed what it builds on."
        return NextStep(lesson=lesson, reason=reason)

    def _alternatives(self, first: LessonView, rest: list[LessonView]) -> Iterable[NextStep]:
        """The shortest one, and one from another module: at most two."""
        if not rest:
            return
        shortest = min(rest, key=lambda lesson: lesson.minutes)
        yield NextStep(lesson=shortest, reason=f"The shortest that is open: {shortest.minutes} min.")
        for lesson in rest:
            if lesson.slug != shortest.slug and lesson.module_slug != first.module_slug:
                yield NextStep(lesson=lesson, reason="Something different, from another module.")
                return

    def _stage(self, stage: StageNode) -> StageView:
        modules = tuple(self._module(module) for module in self._graph.modules if module.stage_slug == stage.slug)
        states = [lesson.state for module in modules for lesson in module.lessons]
        return StageView(
            slug=stage.slug,
            title=stage.title,
            summary=stage.summary,
            outcome=stage.outcome,
            order=stage.order,
            passed=states.count("passed"),
            required=len(states) - states.count("credited"),
            modules=modules,
        )

    def _module(self, module: ModuleNode) -> ModuleView:
        mine = (node for node in self._graph.lessons if node.module.slug == module.slug and node.stage.slug == module.stage_slug)
        return ModuleView(slug=module.slug, title=module.title, lessons=tuple(self.lessons[node.bit] for node in mine))

    def _view(self, node: LessonNode) -> LessonView:
        standing = self._standings.get(node.uuid)
        state = self._state(node, standing)
        is_locked = state == "locked"
        missing = node.ancestors & ~self._done
        return LessonView(
            uuid=node.uuid,
            slug=node.slug,
            title=node.title,
            number=node.number,
            summary=node.summary,
            minutes=node.minutes,
            stage_order=node.stage.order,
            stage_slug=node.stage.slug,
            module_slug=node.module.slug,
            col=node.col,
            row=node.row,
            is_published=node.is_published,
            state=state,
            flags=_flags(node, standing),
            best_score=standing.best_score if standing else None,
            max_score=standing.best_max_score if standing and standing.best_max_score is not None else node.max_score,
            prerequisites=node.prerequisites,
            unlocks=node.unlocks,
            locked_by=tuple(other.slug for other in self._graph.in_set(node.needs & ~self._done)) if is_locked else (),
            minutes_away=sum(other.minutes for other in self._graph.in_set(missing)) if is_locked else 0,
            started_at=standing.started_at if standing else None,
            passed_at=standing.first_passed_at if standing else None,
            passed_version=standing.passed_version if standing else "",
            minutes_spent=round(standing.minutes) if standing else 0,
        )

    def _state(self, node: LessonNode, standing: Standing | None) -> State:
        if standing and (node.is_published or standing.status in _DONE):
            return _STATES[standing.status]
        if not node.is_published:
            return "coming"
        return "locked" if node.needs & ~self._done else "open"


_STATES: dict[str, State] = {"open": "open", "started": "started", "credited": "credited", "passed": "passed"}


def path_of(learner: User | AnonymousUser | None) -> LearnerPath:
    """The learner's roadmap. Two short queries, whatever its size."""
    graph = current_graph()
    if learner is None or learner.is_anonymous:
        return LearnerPath(graph, {})
    return LearnerPath(graph, standings_of(learner.pk), learner.starting_point)


def standings_of(learner_id: int) -> dict[uuid.UUID, Standing]:
    rows = LessonState.objects.filter(learner_id=learner_id).values_list(
        "lesson_uid",
        "status",
        "started_at",
        "first_passed_at",
        "passed_version",
        "best_score",
        "best_max_score",
        "mastered",
        "minutes",
    )
    return {
        uid: Standing(
            status=status,
            started_at=started_at,
            first_passed_at=passed_at,
            passed_version=version,
            best_score=best,
            best_max_score=best_max,
            mastered=mastered,
            minutes=minutes,
        )
        for uid, status, started_at, passed_at, version, best, best_max, mastered, minutes in rows
    }


def _flags(node: LessonNode, standing: Standing | None) -> tuple[str, ...]:
    if standing is None:
        return ()
    changed = bool(standing.passed_version) and bool(node.exercise_version) and standing.passed_version != node.exercise_version
    return tuple(name for name, is_set in (("mastered", standing.mastered), ("changed_since", changed)) if is_set)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _hours(minutes: int) -> str:
    return f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} hours"
