"""Live status: the request is held while something is about to happen, so that news arrives at once and nobody polls."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from common.errors import NotThere
from submissions.cells import results_of
from submissions.live import Ear, listening
from submissions.models import Kind, Submission
from submissions.pages.checks import check_list
from submissions.pages.status import Standing, next_ask, standing_of, status_url, token_allows

HOLD_SECONDS = 20.0
HELD_AT_ONCE = 12  # of the 16 threads of a process: pages must not wait for those who wait
NEAR_THE_HEAD = 2  # places in the queue, beyond the ones being graded, that are worth holding

_places = threading.BoundedSemaphore(HELD_AT_ONCE)


@require_GET
@never_cache
def status(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What has changed since `?mark=`. 200 with the standing; 204 when nothing has, with `X-Next-Ask` in seconds."""
    may_ask = token_allows(public_id, request.GET.get("token", "")) or _is_own(request, public_id)
    if not may_ask:
        raise NotThere("There is no submission of yours at this address.")
    mark = request.GET.get("mark", "")
    with listening(public_id) as ear:  # before the row is read, else a result in between is lost
        standing = _standing(public_id)
        if standing.mark == mark and not standing.is_final and _is_near(standing):
            standing = _held(public_id, ear, standing)
    if standing.mark == mark and not standing.is_final:
        return HttpResponse(status=204, headers={"X-Next-Ask": f"{0.0 if _is_near(standing) else next_ask(standing):.1f}"})
    return _answer(public_id, standing)


def _is_own(request: HttpRequest, public_id: uuid.UUID) -> bool:
    viewer = request.user
    return isinstance(viewer, User) and Submission.objects.visible_to(viewer).filter(public_id=public_id).exists()


def _is_near(standing: Standing) -> bool:
    return standing.place is None or standing.place <= settings.CELERY_WORKER_CONCURRENCY + NEAR_THE_HEAD


def _standing(public_id: uuid.UUID, news: dict[str, Any] | None = None) -> Standing:
    row = Submission.objects.filter(public_id=public_id).only("kind", "status", "stage", "created_at", "public_id").first()
    if row is None:
        raise NotThere("There is no submission of yours at this address.")
    return standing_of(row, news)


def _held(public_id: uuid.UUID, ear: Ear, standing: Standing) -> Standing:
    """Wait for the first news that changes what is shown, without a database connection meanwhile."""
    if not _places.acquire(blocking=False):
        return standing
    try:
        until = time.monotonic() + HOLD_SECONDS
        now = standing
        while now.mark == standing.mark and not now.is_final:
            connection.close()  # a held request would keep its backend, and there are fewer of those than of waiting people
            news = ear.wait(until - time.monotonic())
            if news is None:
                break
            now = _standing(public_id, news)
        return now
    finally:
        _places.release()


def _answer(public_id: uuid.UUID, standing: Standing) -> HttpResponse:
    body = {**standing.to_json(), "next_ask": 0.0 if _is_near(standing) else next_ask(standing), "status_url": status_url(public_id)}
    if standing.is_final and standing.kind != Kind.SUBMIT:
        body["answer"] = _what_came_of_it(public_id)
    return JsonResponse(body)


def _what_came_of_it(public_id: uuid.UUID) -> dict[str, Any]:
    """Outputs by cell, and for a check the visible checks: what the workspace shows without leaving it."""
    submission = Submission.objects.select_related("exercise_version").get(public_id=public_id)
    cells = submission.notebook.get("cells", [])
    results = {index: result for index, result in results_of(submission).items() if index < len(cells)}
    report = submission.report or {}
    return {
        "sentence": report.get("sentence", ""),
        "cells": [{"id": str(cells[index].get("id") or index), "index": index, **result.to_json()} for index, result in results.items()],
        "checks": check_list(submission.exercise_version, submission).to_json() if submission.kind == Kind.CHECK else None,
    }
