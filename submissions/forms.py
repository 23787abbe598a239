"""What a browser sends, turned into typed values, and what is wrong with it in the learner's words.

The notebook comes as JSON from the page's script, or as repeated form fields where no script runs.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from common.errors import UserFacingError
from common.parsers import ENVELOPE_LEVELS
from grading.limits import MIB, NOTEBOOK_BYTES
from grading.nesting import DEEPEST, is_deeper_than
from submissions.cells import GIVEN_TAG, source_of, tags_of

ENVELOPE_BYTES = 64 * 1024  # what the JSON around a notebook may take
LONGEST_KEY = 255


class BodyRefused(UserFacingError):
    code, status, title = "bad_body", 400, "We could not read what was sent"


class NotebookTooBig(UserFacingError):
    code, status, title = "too_large", 413, "This notebook is too large"

    def __init__(self) -> None:
        limit = NOTEBOOK_BYTES // MIB
        super().__init__(f"Your notebook is larger than {limit} MB. Clear its outputs and try again: they take the most room.")


class KeyMissing(UserFacingError):
    code, status, title = "key_missing", 400, "The click has no key"


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object; refuses what is too large before reading it, then bad UTF-8, bad JSON and other kinds of values."""
    if int(request.headers.get("Content-Length") or 0) > NOTEBOOK_BYTES + ENVELOPE_BYTES:
        raise NotebookTooBig
    try:
        body = json.loads(request.body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BodyRefused("The text is not valid UTF-8. Save the notebook as UTF-8 and send it again.", code="not_utf8") from None
    except (ValueError, RecursionError):
        raise BodyRefused("This is not valid JSON. Send the notebook as JSON.", code="not_json") from None
    if not isinstance(body, dict) or is_deeper_than(body, DEEPEST + ENVELOPE_LEVELS):
        raise BodyRefused(f"Send a JSON object, nested at most {DEEPEST} levels deep.", code="not_json")
    return body


def notebook_in(body: Mapping[str, Any]) -> dict[str, Any]:
    notebook = body.get("notebook")
    if not isinstance(notebook, dict):
        raise BodyRefused("There is no notebook in the request. Send it as `notebook`.", code="not_a_notebook")
    return cast("dict[str, Any]", notebook)


def whole_number(body: Mapping[str, Any], name: str) -> int | None:
    """A whole number from 0, None where it is absent; anything else is refused."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BodyRefused(f"`{name}` must be a whole number.", code="bad_number")
    return value


def click_key(request: HttpRequest) -> str:
    """The key that the page made for this click: the same click twice is one submission."""
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= LONGEST_KEY:
        raise KeyMissing("Send a header `Idempotency-Key` of 1 to 255 characters, new with each click. Reload the page and try again.")
    return key


def notebook_from_form(base: dict[str, Any], fields: QueryDict) -> dict[str, Any]:
    """The draft with the text of the page's form. Cells are matched by id; given ones and those not in the form keep their text."""
    sources = dict(zip(fields.getlist("cell"), fields.getlist("source"), strict=False))
    cells = []
    for cell in base["cells"]:
        text = sources.get(str(cell.get("id")))
        is_changed = text is not None and GIVEN_TAG not in tags_of(cell) and _lines(text) != source_of(cell)
        cells.append({**cell, "source": _lines(text)} if is_changed and text is not None else cell)
    return {**base, "cells": cells}


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF."""
    return text.replace("\r\n", "\n")


def apply_act(notebook: dict[str, Any], act: str) -> dict[str, Any]:
    """`add-code:ID`, `add-text:ID`, `up:ID`, `down:ID`, `delete:ID`: what the small buttons of a cell do where no script runs."""
    verb, _, cell_id = act.partition(":")
    cells = list(notebook["cells"])
    places = [place for place, cell in enumerate(cells) if str(cell.get("id")) == cell_id]
    place = places[0] if places else len(cells) - 1
    match verb:
        case "add-code":
            cells.insert(place + 1, new_cell("code"))
        case "add-text":
            cells.insert(place + 1, new_cell("markdown"))
        case "up" if places and place > 0:
            cells[place - 1], cells[place] = cells[place], cells[place - 1]
        case "down" if places and place + 1 < len(cells):
            cells[place + 1], cells[place] = cells[place], cells[place + 1]
        case "delete" if places and GIVEN_TAG not in tags_of(cells[place]):
            del cells[place]
    return {**notebook, "cells": cells}


def new_cell(kind: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"id": secrets.token_hex(4), "cell_type": kind, "metadata": {}, "source": ""}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def uploaded_bytes(request: HttpRequest) -> bytes:
    """The `.ipynb` of the upload form."""
    chosen = request.FILES.get("notebook")
    if not isinstance(chosen, UploadedFile):
        raise BodyRefused("Choose a notebook file (.ipynb) first.", code="no_file")
    if (chosen.size or 0) > NOTEBOOK_BYTES:
        raise NotebookTooBig
    return bytes(chosen.read())
