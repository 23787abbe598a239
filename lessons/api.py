"""Lessons, quizzes and starters for scripts."""

from __future__ import annotations

from typing import Any, cast

from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from common.errors import NotThere
from lessons.models import Exercise, Lesson, LessonStatus
from progress.path import path_of
from progress.services.record import record_quiz
from roadmap.api import learner_of, lesson_json
from submissions.services.exercises import exercise_for


def _lesson(slug: str) -> Lesson:
    lesson = Lesson.objects.select_related("exercise__current").exclude(status=LessonStatus.RETIRED).filter(slug=slug).first()
    if lesson is None:
        raise NotThere("There is no lesson at this address. GET /api/v1/roadmap/ lists all of them.")
    return lesson


def _exercise_json(lesson: Lesson) -> dict[str, Any] | None:
    exercise: Exercise | None = getattr(lesson, "exercise", None)
    if exercise is None or exercise.current is None:
        return None
    package = exercise.current.package
    return {
        "slug": exercise.slug,
        "version": exercise.current.version,
        "points": exercise.current.max_score,
        "pass_mark": exercise.current.pass_mark,
        "tasks": [
            {"id": task["id"], "title": task["title"], "points": task["max_score"], "signature": task["signature"]}
            for task in package["tasks"]
        ],
        "names": [name for task in package["tasks"] for name in task["defines"]],
    }


def quiz_without_keys(lesson: Lesson) -> list[dict[str, Any]]:
    """The items as they may be sent to anybody: no keys, no right flags, no explanations."""
    return [
        {
            "id": item["id"],
            "type": item["type"],
            "prompt": item["prompt"],
            "options": [{"id": option["id"], "text": option["text"]} for option in item.get("options", [])],
        }
        for item in lesson.quiz
    ]


class LessonView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="lesson", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, slug: str) -> Response:
        lesson = _lesson(slug)
        view = path_of(learner_of(request)).lesson(slug)
        extra = {
            "html": lesson.html,
            "objectives": lesson.objectives,
            "exercise": _exercise_json(lesson) if lesson.is_published else None,
            "quiz": quiz_without_keys(lesson),
        }
        return Response({**lesson_json(view), **extra})


class AnswersSerializer(serializers.Serializer[object]):
    answers = serializers.DictField(help_text="Item id to answer: an option's id, a list of them, a number or a text.")


class QuizView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="lesson_quiz", request=AnswersSerializer, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        lesson = _lesson(slug)
        given = AnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        results = record_quiz(learner=cast("User", request.user), lesson=lesson, answers=given.validated_data["answers"])
        items = [{"id": result.item, "right": result.is_right, "why": result.why, "chosen": result.chosen} for result in results]
        return Response({"items": items})


class StarterView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="exercise_starter", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, slug: str) -> JsonResponse:
        exercise = exercise_for(slug)
        assert exercise.current is not None
        headers = {"Content-Disposition": f'attachment; filename="{slug}.ipynb"'}
        return JsonResponse(exercise.current.starter, content_type="application/x-ipynb+json", headers=headers)
