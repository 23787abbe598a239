"""Submitting and reading results by script."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.api import ApiView, object_in
from common.errors import NotThere, UserFacingError
from common.parsers import BadBody
from grading.limits import NOTEBOOK_BYTES
from grading.report import Reason, Verdict
from submissions.models import Kind, Status, Submission
from submissions.selectors import result_view
from submissions.services.exercises import exercise_for
from submissions.services.submit import NotebookRefused, NotebookTooLarge, submit_notebook

ENVELOPE_BYTES = 64 * 1024  # what a form or the JSON around a notebook may take
LONGEST_KEY = 255


class QueuedSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[Status.QUEUED.value])
    url = serializers.URLField()


class CheckSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    title = serializers.CharField()
    visible = serializers.BooleanField()
    passed = serializers.BooleanField()
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    message = serializers.CharField(allow_blank=True)


class TaskResultSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    title = serializers.CharField()
    score = serializers.FloatField()
    max_score = serializers.FloatField()
    checks = CheckSerializer(many=True)


class CellErrorSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    message = serializers.CharField(allow_blank=True)


class CellSerializer(serializers.Serializer[object]):
    index = serializers.IntegerField(help_text="Counts all cells from 0.")
    status = serializers.ChoiceField(choices=("ok", "error", "timeout", "skipped"))
    seconds = serializers.FloatField()
    error = CellErrorSerializer(allow_null=True)


class TimingsSerializer(serializers.Serializer[object]):
    """Wall seconds."""

    start = serializers.FloatField()
    cells = serializers.FloatField()
    checks = serializers.FloatField()
    total = serializers.FloatField()


class ResultSerializer(serializers.Serializer[object]):
    """As `manage.py grade --json` prints it, and where the submission is."""

    id = serializers.UUIDField()
    notebook = serializers.CharField(allow_null=True)
    exercise = serializers.SlugField()
    exercise_version = serializers.CharField()
    seed = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.values)
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict], allow_null=True)
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason], allow_null=True)
    sentence = serializers.CharField(allow_blank=True, help_text="The outcome in one sentence.")
    passed = serializers.BooleanField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField()
    tasks = TaskResultSerializer(many=True)
    cells = CellSerializer(many=True)
    timings = TimingsSerializer()
    queue_position = serializers.IntegerField(allow_null=True, help_text="1 is the next; null unless it waits.")
    created = serializers.DateTimeField()
    graded = serializers.DateTimeField(allow_null=True)


class SubmissionsView(ApiView):
    """Send a notebook to be graded. A 202 is a promise: it will be `graded`, `invalid` or `failed`, exactly once."""

    largest_body = NOTEBOOK_BYTES + ENVELOPE_BYTES

    def too_large(self) -> UserFacingError:
        return NotebookTooLarge()

    @extend_schema(
        operation_id="submission_create",
        request={
            "multipart/form-data": {"type": "object", "properties": {"notebook": {"type": "string", "format": "binary"}}},
            "application/json": {"type": "object", "properties": {"notebook": {"type": "object"}}, "required": ["notebook"]},
        },
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description=f"Any text of 1 to {LONGEST_KEY} characters: the same key with the same body gives the first answer again.",
            )
        ],
        responses={202: QueuedSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        exercise = exercise_for(slug)
        key = _key(request)
        submission = submit_notebook(
            learner=cast("User", request.user),
            exercise=exercise,
            notebook=_notebook(request),
            kind=Kind.SUBMIT,
            idempotency_key=key,
        )
        url = request.build_absolute_uri(reverse("api-submission", args=[submission.public_id]))
        # The first answer again, also when it has been graded since.
        return Response({"id": submission.public_id, "status": Status.QUEUED.value, "url": url}, status=202, headers={"Location": url})


def _key(request: Request) -> str:
    """Without a key each request is a submission of its own."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return f"none-{uuid.uuid4().hex}"
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadBody(f"An Idempotency-Key has 1 to {LONGEST_KEY} characters; this one has {len(key)}.", code="bad_key")
    return key


def _notebook(request: Request) -> bytes | dict[str, Any]:
    sent = object_in(request).get("notebook")
    if isinstance(sent, UploadedFile):
        if (sent.size or 0) > NOTEBOOK_BYTES:
            raise NotebookTooLarge
        return bytes(sent.read())
    if isinstance(sent, str):  # a form field without a file name
        return sent.encode("utf-8", "replace")
    if isinstance(sent, dict):
        return sent
    raise NotebookRefused(
        'There is no notebook in the request. Send the .ipynb file as form field `notebook`, or JSON {"notebook": {…}}.', code="no_notebook"
    )


class SubmissionDetailView(ApiView):
    """Where a submission is, and what came of it."""

    @extend_schema(operation_id="submission", responses=ResultSerializer)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        mine = Submission.objects.visible_to(cast("User", request.user)).submitted().select_related("exercise", "exercise_version")
        submission = mine.defer("notebook", "outputs", "exercise_version__package", "exercise_version__starter").filter(public_id=public_id)
        if (found := submission.first()) is None:
            raise NotThere("There is no submission of yours at this address.")
        return Response(result_view(found))
