"""The content as plain data, as it was read from the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from grading.exercise import CheckSpec, Runtime, TaskSpec

Status = Literal["coming", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFile:
    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFile:
    path: str
    uuid: str
    slug: str
    title: str
    summary: str
    outcome: str
    order: int
    modules: tuple[ModuleFile, ...]
    lessons: tuple[LessonFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    slug: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A `python run` fence and the output that stands below it; `line` is the fence's."""

    line: int
    code: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rendered body of a lesson. `outline` holds the sections, `words` counts the prose."""

    html: str = ""
    outline: tuple[tuple[str, str], ...] = ()
    words: int = 0
    runs: tuple[Run, ...] = ()
    widgets: tuple[str, ...] = ()
    claims: int = 0
    figures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A named wrong solution: `code` is put below the reference, check `caught_by` must fail and say `message`."""

    path: str
    name: str
    caught_by: str
    message: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFile:
    """An exercise. `hints` are HTML, three a task; `hard_coded` is the notebook code that only knows the visible examples."""

    path: str
    folder: Path
    uuid: str
    slug: str
    title: str
    version: str
    runtime: Runtime
    pass_mark_share: float
    visible_share: float
    tasks: tuple[TaskSpec, ...]
    checks: tuple[CheckSpec, ...]
    check_lines: dict[str, int]
    checks_source: str
    hints: dict[str, list[str]]
    truth: dict[str, str]
    files: dict[str, str]
    limits: dict[str, float]
    starter: dict[str, Any]
    reference: dict[str, Any]
    mistakes: tuple[Mistake, ...] = ()
    hard_coded: str | None = None

    @property
    def max_score(self) -> float:
        return sum(task.max_score for task in self.tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFile:
    path: str
    folder: Path
    uuid: str
    slug: str
    title: str
    status: Status
    minutes: int
    module: str
    order: int
    col: int
    row: int
    summary: str
    objectives: tuple[str, ...]
    prerequisites: tuple[str, ...]
    skills: tuple[str, ...]
    onward: tuple[Onward, ...]
    content_hash: str
    page: Page = field(default_factory=Page)
    quiz: tuple[dict[str, Any], ...] = ()
    exercise: ExerciseFile | None = None
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        return self.status == "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """Everything under one content root, lessons in the order of the map, and the exercises that stand alone."""

    track_uuid: str
    title: str
    summary: str
    skills: dict[str, str]
    stages: tuple[StageFile, ...]
    extra_exercises: tuple[ExerciseFile, ...] = ()

    @property
    def lessons(self) -> tuple[LessonFile, ...]:
        return tuple(lesson for stage in self.stages for lesson in stage.lessons)

    @property
    def exercises(self) -> tuple[ExerciseFile, ...]:
        own = tuple(lesson.exercise for lesson in self.lessons if lesson.exercise is not None)
        return own + self.extra_exercises
