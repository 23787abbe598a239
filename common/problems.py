"""Errors as RFC 9457 problem documents: `title`, `status`, `detail` (what happened and what to do) and a stable `code`."""

import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from common.errors import UserFacingError
from common.logs import request_id

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class OurFault(UserFacingError):
    """What people are told when something of ours broke; the reference finds the log lines."""

    code, status, title = "our_fault", 500, "Something of ours broke"

    def __init__(self) -> None:
        reference = request_id.get()
        super().__init__(
            "This is our fault, and it has been noted. Your work is saved as far as it was sent. Try again in a minute; if it stays,"
            f" tell us this reference: {reference}.",
            extra={"reference": reference},
        )


def document(error: UserFacingError) -> dict[str, object]:
    return {**error.extra, "title": error.title, "status": error.status, "detail": error.detail or error.title, "code": error.code}


def problem(error: UserFacingError) -> HttpResponse:
    """The answer for scripts outside of DRF's views."""
    return JsonResponse(document(error), status=error.status, content_type=CONTENT_TYPE, headers=headers_of(error))


def headers_of(error: UserFacingError) -> dict[str, str]:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return {**headers, "WWW-Authenticate": 'Bearer realm="cairn"'} if error.status == 401 else headers


def wrong_method(method: str | None, allowed: str) -> str:
    return f"{method} is not possible here." + (f" Possible: {allowed}." if allowed else "")


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever a view raises becomes a problem document, our own faults included."""
    error = as_user_facing(exc)
    if isinstance(exc, exceptions.MethodNotAllowed):
        error.detail = wrong_method(context["request"].method, ", ".join(context["view"].allowed_methods))
    if isinstance(error, OurFault):
        logger.error("api_failed", exc_info=exc, extra={"path": context["request"].path})
    return Response(document(error), status=error.status, content_type=CONTENT_TYPE, headers=headers_of(error))


# What Django means for people, with our words: class, status, code, title, detail; the first that fits.
_OF_DJANGO: tuple[tuple[type[Exception], int, str, str, str], ...] = (
    (Http404, 404, "not_found", "There is nothing here", "There is nothing at this address, or it is not yours."),
    (PermissionDenied, 403, "not_allowed", "You cannot do this", "Your account may not do this."),
    (RequestDataTooBig, 413, "too_large", "This is too large", "You sent more than this address takes. Send less and try again."),
    (BadRequest, 400, "bad_request", "We could not read the request", "Part of it was malformed. Check it and send it again."),
    (SuspiciousOperation, 400, "bad_request", "We could not read the request", "Part of it was malformed. Check it and send it again."),
    (MultiPartParserError, 400, "bad_request", "We could not read the request", "The form was malformed. Check it and send it again."),
)


def as_user_facing(exc: Exception) -> UserFacingError:
    """What people are told about an exception; OurFault for everything that Django and DRF do not mean for them."""
    if isinstance(exc, UserFacingError):
        return exc
    if isinstance(exc, exceptions.APIException):
        return _of_drf(exc)
    for kind, status, code, title, detail in _OF_DJANGO:
        if isinstance(exc, kind):
            return _said(status, code, title, detail)
    return OurFault()


_TITLES = {
    "parse_error": "We could not read the request",
    "not_authenticated": "Sign in first",
    "authentication_failed": "This token does not work",
    "permission_denied": "You cannot do this",
    "method_not_allowed": "This address does not take that method",
    "not_acceptable": "We answer in JSON only",
    "unsupported_media_type": "We cannot read this kind of content",
    "invalid": "Some fields are not right",
    "throttled": "A short pause, please",
    "not_found": "There is nothing here",
}
_DETAILS = {
    "not_authenticated": "Send `Authorization: Bearer TOKEN`. You get a token from POST /api/v1/auth/token/.",
    "not_acceptable": "Ask for `Accept: application/json`.",
    "not_found": "There is nothing at this address, or it is not yours.",
    "parse_error": "The body is not what its Content-Type says. Check it and send it again.",
    "unsupported_media_type": "Send `Content-Type: application/json`, or a form as `multipart/form-data`.",
}
CSRF_DETAIL = "The request came without this site's CSRF token. Reload the page and try again, or use a bearer token."


def _of_drf(exc: exceptions.APIException) -> UserFacingError:
    code = exc.default_code
    codes = exc.get_codes()
    if isinstance(codes, str):
        code = codes
    detail, extra = _DETAILS.get(code, ""), dict[str, object]()
    if isinstance(exc, exceptions.ValidationError):
        extra = {"errors": exc.detail}
        detail = _first_sentence(exc.detail)
    elif isinstance(exc, exceptions.PermissionDenied) and str(exc.detail).startswith("CSRF Failed"):
        code, detail = "csrf_failed", CSRF_DETAIL
    error = _said(exc.status_code, code, _TITLES.get(code, "This did not work"), detail or str(exc.detail), extra)
    if isinstance(exc, exceptions.Throttled):
        error.retry_after = max(1, math.ceil(getattr(exc, "wait", None) or 1))
    return error


def _first_sentence(detail: object) -> str:
    """`email: This field is required.` of whatever nesting DRF made."""
    if isinstance(detail, Mapping):
        name, inner = next(iter(detail.items()))
        return f"{name}: {_first_sentence(inner)}" if name != "non_field_errors" else _first_sentence(inner)
    if isinstance(detail, list):
        return _first_sentence(detail[0]) if detail else ""
    return str(detail)


def _said(status: int, code: str, title: str, detail: str, extra: Mapping[str, object] | None = None) -> UserFacingError:
    error = UserFacingError(detail, code=code, extra=extra)
    error.status, error.title = status, title
    return error
