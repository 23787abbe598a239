"""Submitting and reading results by script."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import parsers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from common.errors import NotThere, UserFacingError
from grading.limits import MIB, NOTEBOOK_BYTES
from submissions.models import Kind, Submission
from submissions.selectors import result_json
from submissions.services.exercises import exercise_for
from submissions.services.submit import submit_notebook

ENVELOPE_BYTES = 64 * 1024


class TooLargeBody(UserFacingError):
    code, status, title = "too_large", 413, "This notebook is too large"


class BadBody(UserFacingError):
    code, status, title = "invalid_notebook", 400, "We cannot use this notebook"


class SubmissionsView(APIView):
    """Send a notebook to be graded."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (parsers.MultiPartParser, parsers.JSONParser)

    @extend_schema(
        operation_id="submission_create",
        request={"multipart/form-data": {"type": "object", "properties": {"notebook": {"type": "string", "format": "binary"}}}},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="1 to 255 characters")],
        responses={202: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, slug: str) -> Response:
        exercise = exercise_for(slug)
        submission = submit_notebook(
            learner=cast("User", request.user),
            exercise=exercise,
            notebook=_notebook(request),
            kind=Kind.SUBMIT,
            idempotency_key=_key(request),
        )
        url = reverse("api-submission", args=[submission.public_id])
        answer = {"id": str(submission.public_id), "status": submission.status, "url": request.build_absolute_uri(url)}
        return Response(answer, status=202, headers={"Location": url})


def _key(request: Request) -> str:
    """Without a key each request is a submission of its own."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return uuid.uuid4().hex
    if not 1 <= len(key) <= 255:
        raise BadBody("An Idempotency-Key has 1 to 255 characters.", code="bad_key")
    return key


def _notebook(request: Request) -> bytes | dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > NOTEBOOK_BYTES + ENVELOPE_BYTES:
        raise TooLargeBody(f"Your notebook is larger than {NOTEBOOK_BYTES // MIB} MB. Clear its outputs and try again.")
    if "multipart" not in (request.content_type or ""):
        return _from_json(request)
    sent = request.data.get("notebook") if isinstance(request.data, dict) else None
    if isinstance(sent, UploadedFile):
        return bytes(sent.read())
    if isinstance(sent, str):
        return sent.encode()
    raise BadBody("There is no field `notebook` in the request. Send the .ipynb file under that name.", code="no_notebook")


def _from_json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadBody("The request is not UTF-8 text. Save the notebook as UTF-8 and send it again.", code="not_utf8") from None
    except (ValueError, RecursionError):
        raise BadBody('The request is not valid JSON. Send {"notebook": …}.', code="not_json") from None
    notebook = body.get("notebook") if isinstance(body, dict) else None
    if not isinstance(notebook, dict):
        raise BadBody('There is no notebook in the request. Send {"notebook": …}.', code="no_notebook")
    return notebook


class SubmissionDetailView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="submission", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        mine = Submission.objects.visible_to(cast("User", request.user)).submitted().select_related("exercise", "exercise_version")
        submission = mine.filter(public_id=public_id).first()
        if submission is None:
            raise NotThere("There is no submission of yours at this address.")
        return Response(result_json(submission))
