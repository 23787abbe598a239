"""How the API reads JSON: strictly, and with a sentence for whatever it cannot read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from common.errors import UserFacingError
from grading.nesting import DEEPEST, is_deeper_than

ENVELOPE_LEVELS = 2  # around a notebook, which is measured by itself


class BadBody(UserFacingError):
    code, status, title = "bad_body", 400, "We could not read the request"


class StrictJsonParser(BaseParser):
    """JSON objects and arrays in UTF-8; whatever else arrives is refused with the reason, never with a 500."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            body = json.loads(stream.read().decode("utf-8-sig"), parse_constant=lambda _: None)  # NaN and infinities are no JSON
        except UnicodeDecodeError:
            raise BadBody("The request is not UTF-8 text. Save the file as UTF-8 and send it again.", code="not_utf8") from None
        except (ValueError, RecursionError):
            raise BadBody("The request is not valid JSON. Check it and send it again.", code="not_json") from None
        if is_deeper_than(body, DEEPEST + ENVELOPE_LEVELS):
            raise BadBody(f"The request is nested more than {DEEPEST} levels deep. Send it flatter.", code="too_deep")
        return body
