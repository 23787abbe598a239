"""Files to database: the mirror of `curriculum/`, keyed by UUID, so that a rename keeps everybody's progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from lessons.content.exercises import package_of
from lessons.content.model import Curriculum, ExerciseFile, LessonFile, StageFile
from lessons.models import Exercise, ExerciseVersion, Lesson, LessonStatus, Prerequisite
from roadmap.models import Module, Stage

Row = TypeVar("Row", bound=models.Model)
_LOCK = 0x6361_6972_6E  # one load at a time, also from several machines


@dataclass(slots=True)
class LoadReport:
    """What a load did, by the names of things: `lesson vectors-and-dot-products`."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        counts = f"{len(self.created)} created, {len(self.changed)} changed, {len(self.left)} left as they were"
        return counts + (f", {len(self.retired)} retired" if self.retired else "")


@transaction.atomic
def load_curriculum(curriculum: Curriculum) -> LoadReport:
    """Make the database say what the files say; nothing is written where they agree.

    Expects content without findings. Lessons that are gone from the files are retired, never deleted.
    """
    _wait_for_other_loads()
    report = LoadReport()
    _make_way(curriculum)
    modules = {(stage.slug, slug): module for stage in curriculum.stages for slug, module in _load_stage(stage, report).items()}
    lessons: dict[str, Lesson] = {}
    for stage in curriculum.stages:
        for lesson in stage.lessons:
            lessons[lesson.slug] = _load_lesson(lesson, modules[stage.slug, lesson.module], report)
    for lesson in curriculum.lessons:
        _load_edges(lesson, lessons, report)
        if lesson.exercise is not None:
            _load_exercise(lesson.exercise, lessons[lesson.slug], report)
    _retire(Lesson.objects.exclude(uuid__in=[lesson.uuid for lesson in curriculum.lessons]), report)
    _drop_empty(curriculum)
    return report


@transaction.atomic
def load_exercises(exercises: Iterable[ExerciseFile]) -> LoadReport:
    """Load exercises that belong to no lesson."""
    _wait_for_other_loads()
    report = LoadReport()
    for exercise in exercises:
        _load_exercise(exercise, None, report)
    return report


def _wait_for_other_loads() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _make_way(curriculum: Curriculum) -> None:
    """Free the slugs and places that will be given to somebody else: uniqueness is checked row by row, and names may be swapped."""
    _free_slugs(Stage, {UUID(stage.uuid): stage.slug for stage in curriculum.stages})
    _free_slugs(Lesson, {UUID(lesson.uuid): lesson.slug for lesson in curriculum.lessons})
    _free_slugs(Exercise, {UUID(exercise.uuid): exercise.slug for exercise in curriculum.exercises})
    orders = {UUID(stage.uuid): stage.order for stage in curriculum.stages}
    for stage in Stage.objects.all():
        if stage.order != orders.get(stage.uuid):
            Stage.objects.filter(pk=stage.pk).update(order=10_000 + stage.pk)


def _free_slugs(model: type[Stage | Lesson | Exercise], wanted: dict[UUID, str]) -> None:
    for row in model._default_manager.filter(slug__in=wanted.values()):
        if wanted.get(row.uuid) != row.slug:
            model._default_manager.filter(pk=row.pk).update(slug=f"{row.slug[:36]}-{row.uuid.hex[:12]}")


def _load_stage(stage: StageFile, report: LoadReport) -> dict[str, Module]:
    values = {"slug": stage.slug, "title": stage.title, "summary": stage.summary, "outcome": stage.outcome, "order": stage.order}
    row = _mirror(Stage, f"stage {stage.slug}", {"uuid": UUID(stage.uuid)}, values, report)
    modules = {}
    for order, module in enumerate(stage.modules, 1):
        name, key = f"module {stage.slug}/{module.slug}", {"stage": row, "slug": module.slug}
        modules[module.slug] = _mirror(Module, name, key, {"title": module.title, "order": order}, report)
    return modules


def _load_lesson(lesson: LessonFile, module: Module, report: LoadReport) -> Lesson:
    values: dict[str, Any] = {name: getattr(lesson, name) for name in ("slug", "title", "order", "col", "row", "minutes", "summary")}
    values |= {
        "status": LessonStatus(lesson.status),
        "module": module,
        "objectives": list(lesson.objectives),
        "skills": list(lesson.skills),
        "html": lesson.page.html,
        "outline": [{"id": name, "title": title} for name, title in lesson.page.outline],
        "quiz": list(lesson.quiz),
        "onward": [asdict(link) for link in lesson.onward],
        "content_hash": lesson.content_hash,
    }
    return _mirror(Lesson, f"lesson {lesson.slug}", {"uuid": UUID(lesson.uuid)}, values, report)


def _load_edges(lesson: LessonFile, lessons: dict[str, Lesson], report: LoadReport) -> None:
    row = lessons[lesson.slug]
    wanted = {lessons[slug].pk for slug in lesson.prerequisites}
    present = set(Prerequisite.objects.filter(lesson=row).values_list("required_id", flat=True))
    if wanted == present:
        return
    Prerequisite.objects.filter(lesson=row, required_id__in=present - wanted).delete()
    Prerequisite.objects.bulk_create([Prerequisite(lesson=row, required_id=key) for key in sorted(wanted - present)])
    name = f"lesson {lesson.slug}"
    if name in report.left:
        report.left.remove(name)
        report.changed.append(name)


def _load_exercise(exercise: ExerciseFile, lesson: Lesson | None, report: LoadReport) -> Exercise:
    row = _mirror(
        Exercise,
        f"exercise {exercise.slug}",
        {"uuid": UUID(exercise.uuid)},
        {"slug": exercise.slug, "title": exercise.title, "lesson": lesson},
        report,
    )
    package = package_of(exercise)
    values = {
        "package": _as_stored(package.to_json()),
        "starter": exercise.starter,
        "hints": exercise.hints,
        "max_score": package.max_score,
        "pass_mark": package.pass_mark,
    }
    label = f"exercise {exercise.slug} version {exercise.version}"
    version = _mirror(ExerciseVersion, label, {"exercise": row, "version": exercise.version}, values, report)
    if row.current_id != version.pk:
        row.current = version
        row.save(update_fields=["current"])
    return row


def _as_stored(value: Any) -> Any:
    """Tuples as lists, as they come back from the database: so that equal means equal."""
    if isinstance(value, dict):
        return {key: _as_stored(item) for key, item in value.items()}
    return [_as_stored(item) for item in value] if isinstance(value, list | tuple) else value


def _mirror(model: type[Row], name: str, key: dict[str, Any], values: dict[str, Any], report: LoadReport) -> Row:
    """The row of `key` with `values`, created, changed or left alone."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        report.created.append(name)
        return model._default_manager.create(**key, **values)
    different = [field for field, value in values.items() if getattr(row, field) != value]
    for changed in different:
        setattr(row, changed, values[changed])
    if different:
        row.save()
    (report.changed if different else report.left).append(name)
    return row


def _retire(gone: models.QuerySet[Lesson], report: LoadReport) -> None:
    for lesson in gone.exclude(status=LessonStatus.RETIRED):
        lesson.status = LessonStatus.RETIRED
        lesson.save(update_fields=["status", "updated_at"])
        lesson.unlock_edges.all().delete()
        report.retired.append(f"lesson {lesson.slug}")


def _drop_empty(curriculum: Curriculum) -> None:
    """Modules and stages that are gone from the files go, unless a retired lesson still hangs under them."""
    names: Sequence[tuple[str, str]] = [(stage.slug, module.slug) for stage in curriculum.stages for module in stage.modules]
    for module in Module.objects.filter(lessons=None).select_related("stage"):
        if (module.stage.slug, module.slug) not in names:
            module.delete()
    Stage.objects.filter(modules=None).exclude(uuid__in=[stage.uuid for stage in curriculum.stages]).delete()
