"""Small worlds for tests: stages, lessons that build on each other, and an exercise that the engine can really grade.

Call `.create()`: it is typed, and a bare `LessonFactory()` is not.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from factory.declarations import LazyAttribute, LazyAttributeSequence, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from accounts.models import User
from lessons.models import Exercise, ExerciseVersion, Lesson, LessonStatus, Prerequisite
from roadmap.models import Module, Stage
from submissions.models import Kind, Submission
from submissions.services.submit import submit_notebook

CHECKS_SOURCE = """
from grading.checks import check, close

@check("double gives twice the number", task="double", points=4, visible=True)
def double_small(nb, rng):
    close(nb.call("double", 2.0), 4.0, "double(2.0)")

@check("double works for any number", task="double", points=16)
def double_any(nb, rng):
    value = float(rng.normal())
    close(nb.call("double", value), 2 * value, "double of a random number")
"""
PACKAGE: dict[str, Any] = {
    "slug": "doubles",
    "version": "0123456789ab",
    "title": "Doubles",
    "runtime": "ml",
    "pass_mark": 14.0,
    "tasks": [{"id": "double", "title": "Double", "max_score": 20.0, "defines": ["double"], "signature": "double(x) -> float"}],
    "checks": [
        {"id": "double_small", "task": "double", "title": "double gives twice the number", "points": 4.0, "visible": True},
        {"id": "double_any", "task": "double", "title": "double works for any number", "points": 16.0, "visible": False},
    ],
    "checks_source": CHECKS_SOURCE,
    "truth": {},
    "files": {},
    "limits": {},
}
HINTS = {"double": ["<p>Twice.</p>", "<p>Two of them.</p>", "<p>x + x</p>"]}

RIGHT = "def double(x):\n    return 2 * x"
WRONG = "def double(x):\n    return 4.0"
STARTER = "def double(x):\n    # Write your code here.\n    ..."
SLOW = "import time\ntime.sleep(8)\n" + RIGHT

QUIZ: list[dict[str, Any]] = [
    {
        "id": "one",
        "type": "single",
        "prompt": "<p>Which?</p>",
        "options": [{"id": "a", "text": "A", "right": True, "why": "Yes."}, {"id": "b", "text": "B", "right": False, "why": "No."}],
        "why": "Because.",
    },
    {
        "id": "many",
        "type": "multiple",
        "prompt": "<p>Which ones?</p>",
        "options": [
            {"id": "a", "text": "A", "right": True, "why": "Yes."},
            {"id": "b", "text": "B", "right": True, "why": "Yes."},
            {"id": "c", "text": "C", "right": False, "why": "No."},
        ],
        "why": "Both.",
    },
    {
        "id": "number",
        "type": "numeric",
        "prompt": "<p>How much?</p>",
        "answer": 0.324,
        "tolerance": 0.005,
        "near": [{"value": 0.95, "why": "That is the hit rate."}],
        "why": "Bayes.",
    },
    {"id": "output", "type": "predict", "prompt": "<p>What is printed?</p>", "accepted": ["[1, 3, 5]"], "why": "Odd ones."},
]


def notebook(*sources: str) -> dict[str, Any]:
    cells = [
        {"id": f"cell{index}", "cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for index, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}


def as_bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


class StageFactory(DjangoModelFactory[Stage]):
    class Meta:
        model = Stage
        django_get_or_create = ("slug",)

    uuid = LazyFunction(uuid.uuid4)
    slug = "foundations"
    title = "Foundations"
    summary = "What everything rests on."
    outcome = "Read the code behind a model."
    order = LazyFunction(lambda: (Stage.objects.order_by("-order").values_list("order", flat=True).first() or 0) + 1)


class ModuleFactory(DjangoModelFactory[Module]):
    class Meta:
        model = Module
        django_get_or_create = ("stage", "slug")

    stage = SubFactory(StageFactory)
    slug = "maths"
    title = "Maths"
    order = 1


class LessonFactory(DjangoModelFactory[Lesson]):
    """A published lesson without an exercise; `requires` lists the lessons it builds on."""

    class Meta:
        model = Lesson
        skip_postgeneration_save = True

    uuid = LazyFunction(uuid.uuid4)
    slug = Sequence("lesson-{}".format)
    title = LazyAttribute(lambda made: made.slug.replace("-", " ").capitalize())
    status = LessonStatus.PUBLISHED
    module = SubFactory(ModuleFactory)
    order = Sequence(lambda number: number % 30_000 + 1)
    col = 0
    row = 0
    minutes = 40
    html = "<p>Text.</p>"

    @post_generation
    def requires(made: Lesson, create: bool, required: list[Lesson] | None, **_: Any) -> None:  # noqa: N805
        Prerequisite.objects.bulk_create(Prerequisite(lesson=made, required=other) for other in required or [])


class ExerciseFactory(DjangoModelFactory[Exercise]):
    """An exercise with one version; by default of a lesson of its own with the same slug."""

    class Meta:
        model = Exercise
        skip_postgeneration_save = True

    uuid = LazyFunction(uuid.uuid4)
    lesson = SubFactory(LessonFactory)
    slug = LazyAttributeSequence(lambda made, number: made.lesson.slug if made.lesson else f"exercise-{number}")
    title = "Doubles"

    @post_generation
    def version(made: Exercise, create: bool, version: str | None, **_: Any) -> None:  # noqa: N805
        new_version(made, version or PACKAGE["version"])


def new_version(exercise: Exercise, version: str) -> ExerciseVersion:
    exercise.current = ExerciseVersion.objects.create(
        exercise=exercise,
        version=version,
        package={**PACKAGE, "slug": exercise.slug, "version": version},
        starter=notebook(STARTER),
        hints=HINTS,
        max_score=20,
        pass_mark=14,
    )
    exercise.save(update_fields=["current"])
    return exercise.current


def lesson_with_exercise(slug: str, *required: Lesson, **fields: Any) -> Lesson:
    lesson = LessonFactory.create(slug=slug, requires=list(required), **fields)
    ExerciseFactory.create(lesson=lesson)
    return lesson


def hand_in(learner: User, exercise: Exercise, *sources: str, kind: Kind = Kind.SUBMIT, key: str = "", **more: Any) -> Submission:
    content = more.pop("notebook", None) or notebook(*(sources or (RIGHT,)))
    return submit_notebook(learner=learner, exercise=exercise, notebook=content, kind=kind, idempotency_key=key or uuid.uuid4().hex, **more)
