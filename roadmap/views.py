"""The start page and the map."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.typed import AnyRequest
from progress.path import path_of
from roadmap.landing_page import landing_page
from roadmap.map_page import lines_of

ZOOMS: Final = {"stages": "Stages", "lessons": "Lessons", "mine": "My next steps"}
LEGEND: Final = ("open", "started", "passed", "mastered", "locked", "coming")


@require_safe
def landing(request: AnyRequest) -> HttpResponse:
    return render(request, "roadmap/landing.html", {"page": landing_page(path_of(request.user))})


@require_safe
def roadmap(request: AnyRequest) -> HttpResponse:
    zoom = request.GET.get("zoom", "lessons")
    context = {"lines": lines_of(path_of(request.user)), "zooms": ZOOMS, "zoom": zoom if zoom in ZOOMS else "lessons", "legend": LEGEND}
    return render(request, "roadmap/map.html", context)
