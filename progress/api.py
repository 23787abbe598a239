"""A learner's own progress, and everything that is stored about them."""

from __future__ import annotations

import tempfile
from typing import cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.api import ApiView
from progress.path import path_of
from roadmap.api import LessonSerializer, lesson_json
from submissions.services.export import write_export

IN_MEMORY_BYTES = 8 * 1024 * 1024  # an archive larger than this is made on disk


class StageProgressSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField()
    passed = serializers.IntegerField()
    required = serializers.IntegerField()  # type: ignore[assignment]  # the contract's name, which Field has for something else


class LessonProgressSerializer(LessonSerializer):
    passed_at = serializers.DateTimeField(allow_null=True)
    passed_version = serializers.CharField(allow_null=True, help_text="Version of the exercise that was passed.")
    minutes_spent = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[object]):
    stages = StageProgressSerializer(many=True)
    lessons = LessonProgressSerializer(many=True)


class ProgressView(ApiView):
    """Lessons passed of lessons required, stage by stage, and where you stand in each lesson."""

    @extend_schema(operation_id="me_progress", responses=ProgressSerializer)
    def get(self, request: Request) -> Response:
        path = path_of(cast("User", request.user))
        lessons = [
            {
                **lesson_json(view),
                "passed_at": view.passed_at,
                "passed_version": view.passed_version or None,
                "minutes_spent": view.minutes_spent,
            }
            for view in path.lessons
        ]
        stages = [{"slug": stage.slug, "passed": stage.passed, "required": stage.required} for stage in path.stages]
        return Response({"stages": stages, "lessons": lessons})


class ExportView(ApiView):
    """Everything stored about you, as one zip archive; each submission under its id."""

    @extend_schema(
        operation_id="me_export", responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, description="A zip archive.")}
    )
    def get(self, request: Request) -> FileResponse:
        archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
        write_export(cast("User", request.user), archive)
        archive.seek(0)
        return FileResponse(archive, as_attachment=True, filename="cairn-export.zip", content_type="application/zip")
