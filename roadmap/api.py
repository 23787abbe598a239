"""The roadmap for scripts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from progress.path import LessonView, path_of


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


class RoadmapView(APIView):
    """Stages, modules and lessons, with the states of whoever asks."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="roadmap", responses={200: OpenApiTypes.OBJECT})
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
