"""The page of one submission, and a reader's note that something about it is wrong."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.errors import NotThere
from common.typed import LearnerRequest
from lessons.models import ProblemReport
from submissions.forms import BodyRefused
from submissions.models import Kind, Submission
from submissions.pages.result import result_page

LONGEST_REPORT = 4000


@login_required
@require_GET
@never_cache
def result(request: LearnerRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came of a submission; until it is graded, where it stands. Runs and checks live in the workspace alone."""
    submission = _own(request, public_id)
    if submission.kind != Kind.SUBMIT:
        return redirect(f"{reverse('submissions:workspace', args=[submission.exercise.slug])}?of={public_id}")
    page = result_page(submission)
    template = "submissions/result.html" if submission.is_final else "submissions/waiting.html"
    return render(request, template, {"page": page})


@login_required
@require_POST
def report(request: LearnerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep the note with the submission and the version it is about."""
    submission = _own(request, public_id)
    text = request.POST.get("text", "").strip()
    if not text:
        raise BodyRefused("Write what seems wrong, then send it.", code="empty_report")
    ProblemReport.objects.create(
        reporter=request.user,
        exercise=submission.exercise,
        lesson=submission.exercise.lesson,
        submission_id=submission.public_id,
        version=submission.exercise_version.version,
        text=text[:LONGEST_REPORT],
    )
    messages.success(request, "Thank you. The author gets your note together with this result.")
    return redirect("submissions:result", public_id)


def _own(request: LearnerRequest, public_id: uuid.UUID) -> Submission:
    related = Submission.objects.visible_to(request.user).select_related("exercise__lesson", "exercise_version", "learner")
    submission = related.filter(public_id=public_id).first()
    if submission is None:
        raise NotThere("There is no submission of yours at this address.")
    return submission
