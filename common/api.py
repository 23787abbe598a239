"""What all views of the API share: bodies of a limited size, read strictly, and refused in sentences."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from common.answers import TooLarge
from common.errors import UserFacingError
from common.parsers import BadBody
from grading.limits import MIB

_DRAIN_BYTES = 64 * MIB
_PIECE = 256 * 1024


class ApiView(APIView):
    """`largest_body` in bytes: what is announced as larger is refused before it is read."""

    largest_body = 1 * MIB

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if _announced(request) > self.largest_body:
            _drain(request._request)
            raise self.too_large()
        super().initial(request, *args, **kwargs)

    def too_large(self) -> UserFacingError:
        return TooLarge(f"You sent more than the {self.largest_body // MIB} MB that this address takes.")


def _announced(request: Request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest) -> None:
    """Read the body and forget it: a connection closed on a client that still writes loses our answer."""
    left = _DRAIN_BYTES
    while left > 0 and (piece := request.read(_PIECE)):
        left -= len(piece)


def object_in(request: Request) -> dict[str, Any]:
    """The request's JSON object or form; refuses lists and bare values."""
    if not isinstance(request.data, dict):
        raise BadBody("Send a JSON object.", code="not_an_object")
    return request.data
