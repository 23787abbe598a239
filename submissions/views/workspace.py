"""The workspace: the notebook of one exercise, and everything beside it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import EditorMode
from common.csp import with_style_nonce
from common.errors import UserFacingError
from common.typed import LearnerRequest
from submissions.cells import cell_views, with_ids
from submissions.forms import BodyRefused, apply_act, json_body, notebook_from_form, notebook_in, whole_number
from submissions.models import Kind
from submissions.pages.hints import open_hint, task_hints
from submissions.pages.workspace import workspace_page
from submissions.services.draft import draft_for, save_draft
from submissions.services.exercises import exercise_to_work_on
from submissions.services.submit import submit_notebook
from submissions.undo import keep_for_undo, take_for_undo


@login_required
@require_GET
@with_style_nonce
def workspace(request: LearnerRequest, slug: str) -> HttpResponse:
    """The whole notebook as a form that works without script; the script makes an editor of it."""
    exercise = exercise_to_work_on(request.user, slug)
    page = workspace_page(request.user, exercise, shown_id=_shown_id(request))
    return render(request, "submissions/workspace.html", {"page": page, "click_key": uuid.uuid4().hex, "nonce": request.csp_nonce})


def _shown_id(request: HttpRequest) -> uuid.UUID | None:
    """`?of=ID`: the run or check whose answer is awaited, where no script watches it."""
    try:
        return uuid.UUID(request.GET["of"])
    except (KeyError, ValueError):
        return None


@login_required
@require_http_methods(["GET", "PUT"])
def draft(request: LearnerRequest, slug: str) -> JsonResponse:
    """The draft as JSON; a PUT on an older revision is refused with what is stored (409)."""
    exercise = exercise_to_work_on(request.user, slug)
    if request.method == "PUT":
        body = json_body(request)
        revision = whole_number(body, "revision")
        if revision is None:
            raise BodyRefused("Say which revision you started from, as `revision`.", code="bad_number")
        saved = save_draft(learner=request.user, exercise=exercise, notebook=notebook_in(body), revision=revision)
        return JsonResponse({"revision": saved.revision, "saved_at": saved.updated_at.isoformat()})
    current = draft_for(request.user, exercise)
    saved_at = current.updated_at.isoformat() if current.updated_at else None
    return JsonResponse({"notebook": current.notebook, "revision": current.revision, "saved_at": saved_at})


@login_required
@require_POST
def save(request: LearnerRequest, slug: str) -> HttpResponse:
    """The form's buttons where no script runs: keep the text, change the cells, run, check or submit."""
    exercise = exercise_to_work_on(request.user, slug)
    current = draft_for(request.user, exercise)
    notebook = notebook_from_form(current.notebook, request.POST)
    act = request.POST.get("act", "save")
    revision = whole_number(request.POST.dict(), "revision")
    saved = save_draft(
        learner=request.user,
        exercise=exercise,
        notebook=apply_act(notebook, act),
        revision=current.revision if revision is None else revision,
    )
    verb, _, cell_id = act.partition(":")
    if verb not in Kind.values:
        return redirect(f"{reverse('submissions:workspace', args=[slug])}{f'#cell-{cell_id}' if cell_id else ''}")
    submission = submit_notebook(
        learner=request.user,
        exercise=exercise,
        notebook=saved.notebook,
        kind=Kind(verb),
        idempotency_key=f"{request.POST.get('key', '')[:64]}:{act}:{saved.revision}",
        run_to=_place_of(saved.notebook, cell_id) if verb == Kind.RUN and cell_id else None,
    )
    if submission.kind == Kind.SUBMIT:
        return redirect("submissions:result", submission.public_id)
    return redirect(f"{reverse('submissions:workspace', args=[slug])}?of={submission.public_id}{f'#cell-{cell_id}' if cell_id else ''}")


def _place_of(notebook: dict[str, object], cell_id: str) -> int | None:
    cells = notebook.get("cells")
    places = [place for place, cell in enumerate(cells if isinstance(cells, list) else []) if str(cell.get("id")) == cell_id]
    return places[0] if places else None


@login_required
@require_POST
def preview(request: LearnerRequest, slug: str) -> JsonResponse:
    """A text cell as it will look: cleaned here, so that no browser ever has to trust it."""
    exercise_to_work_on(request.user, slug)
    source = json_body(request).get("source")
    if not isinstance(source, str):
        raise BodyRefused("Send the text as `source`.")
    [view] = cell_views({"cells": [{"cell_type": "markdown", "source": source}]})
    return JsonResponse({"html": view.html})


@login_required
@require_POST
def hint(request: LearnerRequest, slug: str) -> HttpResponse:
    """Open the next hint of a task; opening is recorded, and costs no points."""
    exercise = exercise_to_work_on(request.user, slug)
    task = request.POST.get("task", "")
    open_hint(request.user, exercise, task)
    if not getattr(request, "htmx", False):
        return redirect(f"{reverse('submissions:workspace', args=[slug])}#hints-{task}")
    [shown] = [item for item in task_hints(request.user, exercise) if item.id == task]
    return render(request, "submissions/_hints.html", {"task": shown, "page": {"slug": slug}})


@login_required
@require_POST
def reset(request: LearnerRequest, slug: str) -> HttpResponseRedirect:
    """Begin again from the starter. What was there can be had back for an hour."""
    exercise = exercise_to_work_on(request.user, slug)
    current = draft_for(request.user, exercise)
    if exercise.current is None:
        raise UserFacingError("This exercise has no starter at the moment. Your notebook stays as it is.")
    keep_for_undo(request.user, exercise, current.notebook, "The starter notebook is back.")
    save_draft(learner=request.user, exercise=exercise, notebook=with_ids(exercise.current.starter), revision=current.revision)
    return redirect("submissions:workspace", slug)


@login_required
@require_POST
def undo(request: LearnerRequest, slug: str) -> HttpResponseRedirect:
    """Take back a reset or an upload."""
    exercise = exercise_to_work_on(request.user, slug)
    notebook = take_for_undo(request.user, exercise)
    if notebook is None:
        messages.info(request, "There is nothing left to undo.")
        return redirect("submissions:workspace", slug)
    current = draft_for(request.user, exercise)
    save_draft(learner=request.user, exercise=exercise, notebook=notebook, revision=current.revision)
    messages.info(request, "Your notebook is as it was before.")
    return redirect("submissions:workspace", slug)


@login_required
@require_POST
def editor_mode(request: LearnerRequest, slug: str) -> HttpResponseRedirect:
    """Plain text fields instead of the editor, or back; kept with the account."""
    mode = request.POST.get("mode", "")
    if mode not in EditorMode.values:
        raise BodyRefused("Choose the editor or plain text fields.")
    request.user.editor_mode = mode
    request.user.save(update_fields=["editor_mode"])
    return redirect("submissions:workspace", slug)
