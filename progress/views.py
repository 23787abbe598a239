"""Today: one next step with its reason. For somebody new, first one question that may be skipped."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import StartingPoint, User
from common.typed import LearnerRequest
from progress.today_page import today_page


@login_required
@require_safe
@never_cache
def today(request: LearnerRequest) -> HttpResponse:
    return render(request, "progress/today.html", {"page": today_page(request.user)})


@login_required
@require_http_methods(["GET", "POST"])
def welcome(request: LearnerRequest) -> HttpResponse:
    """Keep the answer, or that there is none. It decides only where Today points first; asking again is possible at any time."""
    if request.method == "GET":
        return render(request, "progress/welcome.html")
    answer = request.POST.get("starting_point", "")
    if answer in StartingPoint.values:
        User.objects.filter(pk=request.user.pk).update(starting_point=answer, welcomed_at=timezone.now())
    return redirect("progress:today")
