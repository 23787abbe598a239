"""Lessons, quizzes and starters for scripts."""

from __future__ import annotations

from typing import Any, cast

from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.api import ApiView, object_in
from common.errors import NotThere
from lessons.models import Exercise, Lesson, LessonStatus
from progress.path import path_of
from progress.services.record import record_quiz
from roadmap.api import LessonSerializer, learner_of, lesson_json
from submissions.services.exercises import exercise_for

IPYNB = "application/x-ipynb+json"


class TaskSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    title = serializers.CharField()
    points = serializers.FloatField()
    signature = serializers.CharField(allow_blank=True)
    names = serializers.ListField(child=serializers.CharField(), help_text="Names that your notebook must define.")


class ExerciseSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField()
    version = serializers.CharField()
    points = serializers.FloatField()
    pass_mark = serializers.FloatField(help_text="Points that pass.")
    tasks = TaskSerializer(many=True)
    names = serializers.ListField(child=serializers.CharField())


class OptionSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    text = serializers.CharField(help_text="HTML.")


class QuizItemSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    type = serializers.ChoiceField(choices=("single", "multiple", "numeric", "predict"))
    prompt = serializers.CharField(help_text="HTML.")
    options = OptionSerializer(many=True)


class WholeLessonSerializer(LessonSerializer):
    html = serializers.CharField(allow_blank=True)
    objectives = serializers.ListField(child=serializers.CharField())
    exercise = ExerciseSerializer(allow_null=True)
    quiz = QuizItemSerializer(many=True)


class AnswersSerializer(serializers.Serializer[object]):
    answers = serializers.DictField(help_text="Item id to answer: an option's id, a list of them, a number or a text.")


class JudgedSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    right = serializers.BooleanField()
    why = serializers.CharField(allow_blank=True, help_text="The explanation of the item, as HTML.")
    chosen = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="What was chosen, each with its explanation.")
    right_answers = serializers.ListField(child=serializers.CharField())


class QuizResultSerializer(serializers.Serializer[object]):
    items = JudgedSerializer(many=True)


def _lesson(slug: str) -> Lesson:
    lesson = Lesson.objects.select_related("exercise__current").exclude(status=LessonStatus.RETIRED).filter(slug=slug).first()
    if lesson is None:
        raise NotThere("There is no lesson at this address. GET /api/v1/roadmap/ lists all of them.")
    return lesson


def _exercise_json(lesson: Lesson) -> dict[str, Any] | None:
    exercise: Exercise | None = getattr(lesson, "exercise", None)
    if exercise is None or exercise.current is None or not lesson.is_published:
        return None
    tasks = [
        {"id": task["id"], "title": task["title"], "points": task["max_score"], "signature": task["signature"], "names": task["defines"]}
        for task in exercise.current.package["tasks"]
    ]
    return {
        "slug": exercise.slug,
        "version": exercise.current.version,
        "points": exercise.current.max_score,
        "pass_mark": exercise.current.pass_mark,
        "tasks": tasks,
        "names": [name for task in tasks for name in task["names"]],
    }


def quiz_without_keys(lesson: Lesson) -> list[dict[str, Any]]:
    """The items as they may be sent to anybody: no keys, no right flags, no explanations."""
    return [
        {
            "id": item["id"],
            "type": item["type"],
            "prompt": item["prompt"],
            "options": [{"id": option["id"], "text": option["text"]} for option in item.get("options") or []],
        }
        for item in lesson.quiz
    ]


class LessonView(ApiView):
    """One lesson: its text, its exercise and its quiz without keys."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="lesson", responses=WholeLessonSerializer)
    def get(self, request: Request, slug: str) -> Response:
        lesson = _lesson(slug)
        return Response(
            {
                **lesson_json(path_of(learner_of(request)).lesson(slug)),
                "html": lesson.html,
                "objectives": lesson.objectives,
                "exercise": _exercise_json(lesson),
                "quiz": quiz_without_keys(lesson),
            }
        )


class QuizView(ApiView):
    """Answer items of a lesson's quiz. Nothing is gated by it; the latest answers are kept."""

    largest_body = 64 * 1024

    @extend_schema(operation_id="lesson_quiz", request=AnswersSerializer, responses=QuizResultSerializer)
    def post(self, request: Request, slug: str) -> Response:
        lesson = _lesson(slug)
        given = AnswersSerializer(data=object_in(request))
        given.is_valid(raise_exception=True)
        results = record_quiz(learner=cast("User", request.user), lesson=lesson, answers=given.validated_data["answers"])
        items = [
            {
                "id": result.item,
                "right": result.is_right,
                "why": result.why,
                "chosen": result.chosen,
                "right_answers": list(result.right),
            }
            for result in results
        ]
        return Response({"items": items})


class StarterView(ApiView):
    """The notebook that a learner starts from."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="exercise_starter",
        responses={(200, IPYNB): OpenApiResponse(OpenApiTypes.OBJECT, description="A notebook, nbformat 4.")},
    )
    def get(self, request: Request, slug: str) -> JsonResponse:
        exercise = exercise_for(slug)
        assert exercise.current is not None
        headers = {"Content-Disposition": f'attachment; filename="{slug}.ipynb"'}
        return JsonResponse(exercise.current.starter, content_type=IPYNB, headers=headers)
