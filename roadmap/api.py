"""The roadmap for scripts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.api import ApiView
from progress.path import LessonView, path_of

STATES = ("coming", "locked", "open", "started", "credited", "passed")
FLAGS = ("mastered", "review_due", "changed_since", "reviewed")


class LessonSerializer(serializers.Serializer[object]):
    """One lesson as whoever asks sees it."""

    slug = serializers.SlugField()
    title = serializers.CharField()
    minutes = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    flags = serializers.ListField(child=serializers.ChoiceField(choices=FLAGS))
    best_score = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField(allow_null=True)
    prerequisites = serializers.ListField(child=serializers.SlugField())
    locked_by = serializers.ListField(child=serializers.SlugField(), help_text="Lessons that must be passed before this one opens.")


class ModuleSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField()
    title = serializers.CharField()
    lessons = LessonSerializer(many=True)


class StageSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField()
    title = serializers.CharField()
    modules = ModuleSerializer(many=True)


class RoadmapSerializer(serializers.Serializer[object]):
    stages = StageSerializer(many=True)


def lesson_json(view: LessonView) -> dict[str, Any]:
    """One lesson as the contract has it."""
    return {
        "slug": view.slug,
        "title": view.title,
        "minutes": view.minutes,
        "state": view.state,
        "flags": list(view.flags),
        "best_score": view.best_score,
        "max_score": view.max_score,
        "prerequisites": list(view.prerequisites),
        "locked_by": list(view.locked_by),
    }


def learner_of(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


class RoadmapView(ApiView):
    """Stages, modules and lessons, with the states of whoever asks; without an account, as for somebody new."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="roadmap", responses=RoadmapSerializer)
    def get(self, request: Request) -> Response:
        stages = [
            {
                "slug": stage.slug,
                "title": stage.title,
                "modules": [
                    {"slug": module.slug, "title": module.title, "lessons": [lesson_json(lesson) for lesson in module.lessons]}
                    for module in stage.modules
                ],
            }
            for stage in path_of(learner_of(request)).stages
        ]
        return Response({"stages": stages})
