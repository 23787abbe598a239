"""Run, Check and Submit from the page's script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.typed import LearnerRequest
from submissions.forms import click_key, json_body, notebook_in, whole_number
from submissions.models import Kind
from submissions.pages.status import status_url
from submissions.services.exercises import exercise_to_work_on
from submissions.services.submit import submit_notebook


@login_required
@require_POST
def send(request: LearnerRequest, slug: str, kind: str) -> JsonResponse:
    """Queue the notebook; the same `Idempotency-Key` with the same notebook gives the first answer again (202)."""
    exercise = exercise_to_work_on(request.user, slug)
    body = json_body(request)
    submission = submit_notebook(
        learner=request.user,
        exercise=exercise,
        notebook=notebook_in(body),
        kind=Kind(kind),
        idempotency_key=click_key(request),
        run_to=whole_number(body, "run_to"),
    )
    answer = {
        "id": str(submission.public_id),
        "kind": submission.kind,
        "status": submission.status,
        "status_url": status_url(submission.public_id),
        "result_url": reverse("submissions:result", args=[submission.public_id]),
    }
    return JsonResponse(answer, status=202, headers={"Location": answer["result_url"]})
