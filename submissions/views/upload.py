"""Notebooks in and out as `.ipynb`: upload in two steps, first what was found in it, then what to do with it."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from common.errors import NotThere, UserFacingError
from common.typed import LearnerRequest
from grading.notebook import NotebookInvalid, read_notebook
from lessons.models import Exercise
from submissions.cells import with_ids, without_outputs
from submissions.forms import uploaded_bytes
from submissions.models import Kind, Submission
from submissions.services.draft import draft_for, save_draft
from submissions.services.exercises import exercise_to_work_on
from submissions.services.findings import what_was_found
from submissions.services.submit import submit_notebook
from submissions.undo import keep_for_undo

UPLOAD_SECONDS = 3600
IPYNB = "application/x-ipynb+json"


class UploadRefused(UserFacingError):
    code, status, title = "invalid_notebook", 400, "We cannot use this file"


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: LearnerRequest, slug: str) -> HttpResponse:
    """Take the file and show what was found in it; nothing is replaced or graded yet."""
    exercise = exercise_to_work_on(request.user, slug)
    if request.method == "POST":
        act = request.POST.get("act")
        return _use(request, exercise, act) if act else _take(request, exercise)
    kept = cache.get(_key(request.user, exercise))
    if kept is None or exercise.current is None:
        return redirect("submissions:workspace", slug)
    found = what_was_found(exercise.current, read_notebook(kept["notebook"]))
    context = {"exercise": exercise, "slug": slug, "name": kept["name"], "found": found, "click_key": uuid.uuid4().hex}
    return render(request, "submissions/upload.html", context)


def _take(request: LearnerRequest, exercise: Exercise) -> HttpResponse:
    try:
        notebook = read_notebook(uploaded_bytes(request))
    except NotebookInvalid as invalid:
        status = 413 if invalid.code == "too_large" else 400
        error = UploadRefused(f"{invalid.sentence} Your draft is unchanged.", code=invalid.code)
        error.status = status
        raise error from None
    name = getattr(request.FILES["notebook"], "name", "") or "notebook.ipynb"
    cache.set(_key(request.user, exercise), {"name": name[:120], "notebook": notebook.raw}, UPLOAD_SECONDS)
    return redirect("submissions:upload", exercise.slug)


def _use(request: LearnerRequest, exercise: Exercise, act: str) -> HttpResponse:
    kept = cache.get(_key(request.user, exercise))
    if kept is None:
        messages.info(request, "The uploaded file is no longer here. Choose it again.")
        return redirect("submissions:workspace", exercise.slug)
    if act == "cancel":
        cache.delete(_key(request.user, exercise))
        return redirect("submissions:workspace", exercise.slug)
    if act == "submit":
        key = f"upload:{request.POST.get('key', '')[:64]}"
        submission = submit_notebook(
            learner=request.user, exercise=exercise, notebook=kept["notebook"], kind=Kind.SUBMIT, idempotency_key=key
        )
        return redirect("submissions:result", submission.public_id)
    current = draft_for(request.user, exercise)
    keep_for_undo(request.user, exercise, current.notebook, f"{kept['name']} has replaced your draft.")
    notebook = without_outputs(with_ids(kept["notebook"]))
    save_draft(learner=request.user, exercise=exercise, notebook=notebook, revision=current.revision)
    cache.delete(_key(request.user, exercise))
    return redirect("submissions:workspace", exercise.slug)


def _key(learner: User, exercise: Exercise) -> str:
    return f"notebook-upload:{learner.pk}:{exercise.pk}"


@login_required
@require_GET
def download(request: LearnerRequest, slug: str) -> HttpResponse:
    """The draft as a file for one's own Jupyter."""
    exercise = exercise_to_work_on(request.user, slug)
    return _attachment(draft_for(request.user, exercise).notebook, f"{slug}.ipynb")


@login_required
@require_GET
def download_submission(request: LearnerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Exactly the notebook that was graded."""
    submission = Submission.objects.visible_to(request.user).select_related("exercise").filter(public_id=public_id).first()
    if submission is None:
        raise NotThere("There is no submission of yours at this address.")
    return _attachment(submission.notebook, f"{submission.exercise.slug}-{str(public_id)[:8]}.ipynb")


def _attachment(notebook: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return HttpResponse(text, content_type=IPYNB, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@login_required
@require_GET
def file(request: LearnerRequest, slug: str, name: str) -> HttpResponse:
    """A data file of the exercise, as the notebook finds it in its folder."""
    exercise = exercise_to_work_on(request.user, slug)
    files = exercise.current.package.get("files", {}) if exercise.current else {}
    try:
        content = base64.b64decode(files[name], validate=True)
    except (KeyError, binascii.Error):
        raise NotThere(f"The exercise has no file called {name}.") from None
    safe_name = re.sub(r"[^\w.-]", "_", name)
    disposition = {"Content-Disposition": f'attachment; filename="{safe_name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=disposition)
