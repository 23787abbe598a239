"""Addresses for machines that look after the site, and the status page for its staff."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from common.errors import NotThere
from common.typed import LearnerRequest
from site_admin import health, metrics, queue
from site_admin.components_page import components_page
from site_admin.heartbeat import workers


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of anybody else: a broken database must not get web processes restarted."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether people can be served: 503 with the reasons otherwise."""
    findings = health.readiness()
    ok = all(finding.ok for finding in findings)
    told = {
        finding.part: {"ok": finding.ok, "detail": finding.said, **({"mend": finding.mend} if finding.mend else {})} for finding in findings
    }
    response = JsonResponse({"status": "ok" if ok else "unavailable", "checks": told}, status=200 if ok else 503)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django would log each 503 as an error of ours, at every probe
    return response


@require_safe
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


@login_required
@require_safe
@never_cache
def status(request: LearnerRequest) -> HttpResponse:
    """For staff; to everybody else the page does not exist."""
    if not (request.user.is_staff or request.user.is_admin):
        raise NotThere
    findings = health.everything()
    broker_is_up = next(finding.ok for finding in findings if finding.part == "broker")
    context = {
        "findings": [finding for finding in findings if not finding.part.startswith("sandbox: ")],
        "layers": [finding for finding in findings if finding.part.startswith("sandbox: ")],
        "is_well": all(finding.ok for finding in findings),
        "queue": queue.look(),
        "workers": workers() if broker_is_up else [],
    }
    return render(request, "site_admin/status.html", context)


@login_required
@require_safe
def components(request: LearnerRequest) -> HttpResponse:
    """Every component of the design on one page, in both themes."""
    if not (request.user.is_staff or request.user.is_admin):
        raise NotThere
    return render(request, "site_admin/components.html", {"page": components_page()})
