"""What cells put out, made safe to show.

Everything here comes from learners' code and is hostile. Text stays text, pictures become `data:` addresses, a plain table becomes rows
and columns of text; HTML, SVG and script are never part of our document: they go into a frame whose address carries its own policy.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

from django.core import signing

from submissions.tables import Table, read_table

OutputKind = Literal["text", "stream", "image", "table", "frame", "error"]

FRAME_SECONDS = 2 * 3600
FRAMED_TYPES = ("text/html", "image/svg+xml", "application/javascript")
PICTURE_TYPES = ("image/png", "image/jpeg")
_SALT = "submissions.outputs"
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputView:
    """One output as page and script show it. `src` is a `data:` picture or the address of a frame."""

    kind: OutputKind
    text: str = ""
    stream: str = ""
    src: str = ""
    title: str = ""
    table: Table | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """An error as a learner reads it: the name, one sentence, the likely mend, and the traceback on demand."""

    name: str
    message: str
    line: int | None = None
    hint: str = ""
    traceback: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def plain_text(value: object) -> str:
    """Text of an nbformat value (a string or a list of them) without terminal colours; "" for anything else."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return _ANSI.sub("", value) if isinstance(value, str) else ""


def error_view(error: Mapping[str, Any]) -> ErrorView:
    line = error.get("line")
    return ErrorView(
        name=plain_text(error.get("name")) or "Error",
        message=plain_text(error.get("message")),
        line=line if isinstance(line, int) else None,
        hint=plain_text(error.get("hint")),
        traceback=plain_text(error.get("traceback")),
    )


def output_views(outputs: object, *, frame_url: Callable[[int], str], cell_name: str = "this cell") -> tuple[OutputView, ...]:
    """The outputs of one cell in order. Errors are left out: `ErrorView` shows them; neighbouring parts of a stream are joined."""
    views: list[OutputView] = []
    for number, output in enumerate(outputs if isinstance(outputs, list) else []):
        view = _view(output, frame_url=partial(frame_url, number), cell_name=cell_name)
        if view is None:
            continue
        if views and view.kind == views[-1].kind == "stream" and view.stream == views[-1].stream:
            views[-1] = OutputView(kind="stream", stream=view.stream, text=views[-1].text + view.text)
        else:
            views.append(view)
    return tuple(views)


def _view(output: object, *, frame_url: Callable[[], str], cell_name: str) -> OutputView | None:
    if not isinstance(output, dict) or output.get("output_type") == "error":
        return None
    if output.get("output_type") == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return OutputView(kind="stream", stream=name, text=plain_text(output.get("text")))
    data = output.get("data")
    return _view_of_data(data, frame_url, cell_name) if isinstance(data, dict) else None


def _view_of_data(data: dict[str, Any], frame_url: Callable[[], str], cell_name: str) -> OutputView | None:
    text = plain_text(data.get("text/plain"))
    for mime in PICTURE_TYPES:
        if src := _picture(mime, data.get(mime)):
            return OutputView(kind="image", src=src, title=_picture_title(text, cell_name))
    html = plain_text(data.get("text/html"))
    if html and (table := read_table(html)):
        return OutputView(kind="table", table=table, title=f"Table put out by {cell_name}")
    if any(plain_text(data.get(mime)) for mime in FRAMED_TYPES):
        return OutputView(kind="frame", src=frame_url(), title=f"Output of {cell_name}", text=text)
    text = text or plain_text(data.get("text/markdown")) or plain_text(data.get("text/latex"))
    return OutputView(kind="text", text=text) if text else None


def _picture_title(text: str, cell_name: str) -> str:
    return f"Figure put out by {cell_name}" if not text or text.startswith("<") else text


def _picture(mime: str, value: object) -> str:
    """A `data:` address, or "" when the bytes are not what they say."""
    payload = re.sub(r"\s+", "", plain_text(value))
    try:
        head = base64.b64decode(payload[:64], validate=True)
    except (binascii.Error, ValueError):
        return ""
    real = head.startswith(b"\x89PNG\r\n\x1a\n" if mime == "image/png" else b"\xff\xd8\xff")
    return f"data:{mime};base64,{payload}" if real and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", payload) else ""


# --- frames: the address says which output, is signed and expires ---------------------------------------------------------------


def sign_frame(public_id: uuid.UUID, cell: int, output: int) -> str:
    return signing.dumps([public_id.hex, cell, output], salt=_SALT)


def read_frame(signed: str) -> tuple[uuid.UUID, int, int] | None:
    """Which output an address names; None when it was not made by us or is older than `FRAME_SECONDS`."""
    try:
        public_id, cell, output = signing.loads(signed, salt=_SALT, max_age=FRAME_SECONDS)
        return uuid.UUID(public_id), int(cell), int(output)
    except (signing.BadSignature, ValueError, TypeError):
        return None


FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

_FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Output</title><style>
:root{color-scheme:light dark}body{margin:0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
table{border-collapse:collapse}th,td{padding:2px 10px 2px 0;text-align:right}svg,img{max-width:100%;height:auto}
</style></head><body>OUTPUT<script>
(()=>{const tell=()=>parent.postMessage({cairn:"height",height:document.documentElement.getBoundingClientRect().height},"*");
new ResizeObserver(tell).observe(document.documentElement);addEventListener("load",tell);addEventListener("message",tell);tell()})()
</script></body></html>"""


def frame_document(output: object) -> str | None:
    """The whole document of one framed output; None when that output has nothing to frame."""
    data = output.get("data") if isinstance(output, dict) else None
    if not isinstance(data, dict):
        return None
    for mime in FRAMED_TYPES:
        if text := plain_text(data.get(mime)):
            return _FRAME.replace("OUTPUT", f"<script>{text}</script>" if mime == "application/javascript" else text, 1)
    return None
