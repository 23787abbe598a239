"""What surrounds every request: its id, the content security policy, and errors that people can read."""

import logging
import re
import uuid
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common import csp, logs
from common.answers import TooLarge, WrongMethod, answer_error, wants_json
from common.errors import UserFacingError
from common.problems import OurFault, as_user_facing, wrong_method

logger = logging.getLogger(__name__)

Next = Callable[[HttpRequest], HttpResponseBase]
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestIdMiddleware:
    """Gives each request an id, or keeps the proxy's; log lines and the answer's `X-Request-ID` carry it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        current = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(current)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-ID"] = current
        return response


class ContentSecurityPolicyMiddleware:
    """Sends the site's policy with everything that has not set its own (`common.csp.own_policy`)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = csp.policy(getattr(request, "csp_nonce", ""))
            response.headers["X-Frame-Options"] = "DENY"
        return response


class UserFacingErrorMiddleware:
    """Turns errors meant for people into a page, a partial or a problem document; for scripts also what is our fault."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            return _wrong_method(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UserFacingError):
            return answer_error(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return answer_error(request, TooLarge("You sent more than this address takes. Clear the notebook's outputs and try again."))
        if wants_json(request):
            error = as_user_facing(exception)
            if isinstance(error, OurFault):
                logger.error("request_failed", exc_info=exception, extra={"path": request.path})
            return answer_error(request, error)
        return None  # Django's handlers: 404, 403, 400 and, logged, 500


def _wrong_method(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    allowed = refused.headers.get("Allow", "")
    error = WrongMethod(wrong_method(request.method, allowed))
    answer = answer_error(request, error)
    if allowed:
        answer.headers["Allow"] = allowed
    return answer
