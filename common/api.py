"""What all views of the API share: bodies of a limited size, read strictly, and refused in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from common.answers import TooLarge
from common.errors import UserFacingError
from common.parsers import BadBody
from grading.limits import MIB

_DRAIN_BYTES = 64 * MIB
_PIECE = 256 * 1024


class LengthMissing(UserFacingError):
    code, status, title = "length_missing", 411, "We could not read the request"


class AsItIs(DefaultContentNegotiation):
    """Each address answers in one form, whatever `Accept` says: an answer in that form serves a script better than a refusal."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class ApiView(APIView):
    """`largest_body` in bytes: what is announced as larger is refused before it is read."""

    content_negotiation_class = AsItIs
    largest_body = 1 * MIB

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            raise LengthMissing("The body came in pieces, without its length. Send it with a Content-Length header.")
        if _announced(request) > self.largest_body:
            _drain(request._request)
            raise self.too_large()
        super().initial(request, *args, **kwargs)

    def too_large(self) -> UserFacingError:
        limit = f"{self.largest_body // MIB} MB" if self.largest_body >= MIB else f"{self.largest_body // 1024} kB"
        return TooLarge(f"You sent more than the {limit} that this address takes. Send less and try again.")


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
