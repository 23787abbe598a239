"""The roadmap as one compiled graph: read once for each release of the content, then kept in process memory.

Sets of lessons are integers, one bit a lesson, so that asking what is missing costs a few machine words whatever the learner did.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.db import connection

from lessons.models import Exercise, Lesson, LessonStatus, Prerequisite
from roadmap.models import Module, Stage

# Row versions of everything the graph is made of: changes with any write to it, by whatever way, and reads no page of text.
RELEASE_SQL = """
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT concat('s', id, ctid, xmin) AS part FROM roadmap_stage
        UNION ALL SELECT concat('m', id, ctid, xmin) FROM roadmap_module
        UNION ALL SELECT concat('l', id, ctid, xmin) FROM lessons_lesson
        UNION ALL SELECT concat('p', id, ctid, xmin) FROM lessons_prerequisite
        UNION ALL SELECT concat('e', id, ctid, xmin) FROM lessons_exercise
    ) AS parts
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNode:
    uuid: uuid.UUID
    slug: str
    title: str
    summary: str
    outcome: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleNode:
    slug: str
    title: str
    stage_slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonNode:
    """What is the same for everybody. `bit` is the lesson's place in the graph's order; `needs` and `ancestors` are sets of bits."""

    bit: int
    uuid: uuid.UUID
    slug: str
    title: str
    number: str
    minutes: int
    summary: str
    stage: StageNode
    module: ModuleNode
    col: int
    row: int
    is_published: bool
    prerequisites: tuple[str, ...]
    unlocks: tuple[str, ...]
    exercise_version: str
    max_score: float | None
    needs: int  # published lessons that must be passed before it: coming and retired ones in between pass their own needs on
    ancestors: int  # `needs`, and what those need, and so on
    critical_minutes: int  # of the longest way through what builds on it, itself included


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All lessons on the roadmap, in its order."""

    release: str
    stages: tuple[StageNode, ...]
    modules: tuple[ModuleNode, ...]
    lessons: tuple[LessonNode, ...]
    by_slug: dict[str, LessonNode]
    by_uuid: dict[uuid.UUID, LessonNode]
    of_exercise: dict[uuid.UUID, LessonNode]

    def in_set(self, bits: int) -> Iterator[LessonNode]:
        """The lessons of a set, in the roadmap's order."""
        while bits:
            lowest = bits & -bits
            yield self.lessons[lowest.bit_length() - 1]
            bits ^= lowest


class _Kept:
    lock: ClassVar[threading.Lock] = threading.Lock()
    graph: ClassVar[Graph | None] = None


def current_graph() -> Graph:
    """The graph of the content as it is now. One short query; a handful more when the content has changed since the last call."""
    return graph_of(_release())


def graph_of(release: str) -> Graph:
    """The graph of a release whose key has just been read (with RELEASE_SQL)."""
    kept = _Kept.graph
    if kept is not None and kept.release == release:
        return kept
    with _Kept.lock:
        kept = _Kept.graph
        if kept is None or kept.release != release:
            kept = _Kept.graph = _compile(release)
        return kept


def _release() -> str:
    with connection.cursor() as cursor:
        cursor.execute(RELEASE_SQL)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _compile(release: str) -> Graph:
    stages = {stage.pk: _stage_node(stage) for stage in Stage.objects.order_by("order")}
    modules = {module.pk: module for module in Module.objects.order_by("stage__order", "order")}
    module_nodes = {pk: ModuleNode(slug=it.slug, title=it.title, stage_slug=stages[it.stage_id].slug) for pk, it in modules.items()}
    lessons = list(
        Lesson.objects.defer("html", "quiz", "outline", "onward", "objectives", "skills").order_by("module__stage__order", "order", "pk")
    )
    required_by: dict[int, list[int]] = {lesson.pk: [] for lesson in lessons}
    for lesson_id, required_id in Prerequisite.objects.order_by("pk").values_list("lesson_id", "required_id"):
        required_by[lesson_id].append(required_id)
    exercises = _exercises()
    shown = [lesson for lesson in lessons if lesson.status != LessonStatus.RETIRED]
    bits = {lesson.pk: bit for bit, lesson in enumerate(shown)}
    slugs = {lesson.pk: lesson.slug for lesson in shown}
    sets = _Sets(lessons, required_by, bits)
    nodes = {}
    for lesson in shown:
        stage = stages[modules[lesson.module_id].stage_id]
        exercise = exercises.get(lesson.pk)
        nodes[lesson.pk] = LessonNode(
            bit=bits[lesson.pk],
            uuid=lesson.uuid,
            slug=lesson.slug,
            title=lesson.title,
            number=f"{stage.order}.{lesson.order}",
            minutes=lesson.minutes,
            summary=lesson.summary,
            stage=stage,
            module=module_nodes[lesson.module_id],
            col=lesson.col,
            row=lesson.row,
            is_published=lesson.is_published,
            prerequisites=tuple(slugs[pk] for pk in required_by[lesson.pk] if pk in slugs),
            unlocks=tuple(slugs[pk] for pk in sorted(sets.built_on(lesson.pk), key=lambda pk: bits.get(pk, -1)) if pk in slugs),
            exercise_version=exercise.version if exercise else "",
            max_score=exercise.max_score if exercise else None,
            needs=sets.needs(lesson.pk),
            ancestors=sets.ancestors(lesson.pk),
            critical_minutes=sets.critical_minutes(lesson.pk),
        )
    return Graph(
        release=release,
        stages=tuple(stages.values()),
        modules=tuple(module_nodes.values()),
        lessons=tuple(nodes.values()),
        by_slug={node.slug: node for node in nodes.values()},
        by_uuid={node.uuid: node for node in nodes.values()},
        of_exercise={exercises[pk].uuid: node for pk, node in nodes.items() if pk in exercises},
    )


def _stage_node(stage: Stage) -> StageNode:
    return StageNode(uuid=stage.uuid, slug=stage.slug, title=stage.title, summary=stage.summary, outcome=stage.outcome, order=stage.order)


@dataclass(frozen=True, slots=True)
class _ExerciseRow:
    uuid: uuid.UUID
    version: str
    max_score: float | None


def _exercises() -> dict[int, _ExerciseRow]:
    rows = Exercise.objects.filter(lesson__isnull=False).values_list("lesson_id", "uuid", "current__version", "current__max_score")
    return {lesson_id: _ExerciseRow(uid, version or "", max_score) for lesson_id, uid, version, max_score in rows}


class _Sets:
    """The derived sets of one compilation, each computed once. The content's validator refuses cycles; one in the database raises."""

    def __init__(self, lessons: list[Lesson], required_by: dict[int, list[int]], bits: dict[int, int]) -> None:
        self._lessons = {lesson.pk: lesson for lesson in lessons}
        self._required_by = required_by
        self._built_on: dict[int, list[int]] = {pk: [] for pk in self._lessons}
        for pk, required in required_by.items():
            for other in required:
                self._built_on[other].append(pk)
        self._bits = bits
        self._needs: dict[int, int] = {}
        self._ancestors: dict[int, int] = {}
        self._critical: dict[int, int] = {}

    def built_on(self, pk: int) -> list[int]:
        return self._built_on[pk]

    def needs(self, pk: int) -> int:
        if pk not in self._needs:
            found = 0
            for required in self._required_by[pk]:
                found |= 1 << self._bits[required] if self._lessons[required].is_published else self.needs(required)
            self._needs[pk] = found
        return self._needs[pk]

    def ancestors(self, pk: int) -> int:
        if pk not in self._ancestors:
            found = self.needs(pk)
            for required in self._required_by[pk]:
                found |= self.ancestors(required)
            self._ancestors[pk] = found
        return self._ancestors[pk]

    def critical_minutes(self, pk: int) -> int:
        if pk not in self._critical:
            rest = max((self.critical_minutes(other) for other in self._built_on[pk]), default=0)
            self._critical[pk] = self._lessons[pk].minutes + rest
        return self._critical[pk]
