"""Django's error handlers: each answers a page, a fragment for htmx or a problem document, whoever asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common.answers import answer_error, wants_json
from common.errors import NotAllowed, NotThere, UserFacingError
from common.logs import request_id
from common.problems import OurFault, problem


class BadRequestError(UserFacingError):
    code, status, title = "bad_request", 400, "We could not read the request"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_error(request, BadRequestError("Part of it was malformed. Go back, load the page again and repeat what you did."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_error(request, NotAllowed("Your account may not open this. If you think it should, ask an admin of this site."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_error(request, NotThere("Nothing is at this address, or it is not yours. The roadmap lists every lesson."))


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for our own faults uses neither the database nor the session: either may be what broke."""
    if wants_json(request):
        return problem(OurFault())
    template = "errors/_fault.html" if request.headers.get("HX-Request") else "errors/fault.html"
    return HttpResponse(render_to_string(template, {"reference": request_id.get()}), status=500)
