"""A learner's own progress, and everything that is stored about them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from progress.models import ExerciseState, LessonState, ProgressEvent, QuizAnswer
from progress.path import path_of
from roadmap.api import lesson_json
from submissions.models import Draft, Submission
from submissions.selectors import result_json


class ProgressView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="me_progress", responses={200: OpenApiTypes.OBJECT})
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


class ExportView(APIView):
    """One archive with everything: account, progress, answers, drafts and every submission under its API id."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="me_export", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        learner = cast("User", request.user)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("account.json", _json(_account(learner)))
            for name, model in (("events", ProgressEvent), ("lessons", LessonState), ("exercises", ExerciseState), ("quiz", QuizAnswer)):
                rows = model._default_manager.filter(learner=learner).values()
                archive.writestr(f"progress/{name}.json", _json(list(rows)))
            for draft in Draft.objects.filter(learner=learner).select_related("exercise"):
                archive.writestr(f"drafts/{draft.exercise.slug}.ipynb", _json(draft.notebook))
            for submission in Submission.objects.filter(learner=learner).select_related("exercise", "exercise_version"):
                folder = f"submissions/{submission.public_id}"
                archive.writestr(f"{folder}/notebook.ipynb", _json(submission.notebook))
                archive.writestr(f"{folder}/result.json", _json({**result_json(submission), "kind": submission.kind}))
        headers = {"Content-Disposition": 'attachment; filename="cairn-export.zip"'}
        return HttpResponse(buffer.getvalue(), content_type="application/zip", headers=headers)


def _account(learner: User) -> dict[str, Any]:
    fields = ("email", "name", "date_joined", "last_login", "theme", "editor_mode", "starting_point", "welcomed_at")
    return {**{name: getattr(learner, name) for name in fields}, "id": learner.public_id, "roles": sorted(learner.roles)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, cls=DjangoJSONEncoder, ensure_ascii=False)
