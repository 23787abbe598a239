"""How an error reaches whoever asked: a page for a reader, a partial for htmx, a problem document for a script."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common.errors import UserFacingError
from common.problems import CSRF_DETAIL, headers_of, problem


class CsrfFailed(UserFacingError):
    code, status, title = "csrf_failed", 403, "This page is too old"


class WrongMethod(UserFacingError):
    code, status, title = "method_not_allowed", 405, "This address does not take that method"


class TooLarge(UserFacingError):
    code, status, title = "too_large", 413, "This is too large"


def answer_error(request: HttpRequest, error: UserFacingError) -> HttpResponse:
    if wants_json(request):
        return problem(error)
    context = {
        "title": error.title,
        "detail": error.detail,
        "code": error.code,
        "status": error.status,
        "retry_after": error.retry_after,
        "extra": error.extra,
    }
    template = "errors/_error.html" if getattr(request, "htmx", False) else "errors/error.html"
    return HttpResponse(render_to_string(template, context, request), status=error.status, headers=headers_of(error))


def wants_json(request: HttpRequest) -> bool:
    """A script asks: the API, a request that sends JSON, or one that accepts JSON and no page."""
    accept = request.headers.get("Accept", "")
    return (
        request.path.startswith("/api/") or request.content_type == "application/json" or ("json" in accept and "text/html" not in accept)
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return answer_error(request, CsrfFailed(CSRF_DETAIL))
