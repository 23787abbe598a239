"""Where everything goes that a running cell shows: as nbformat outputs, in order, to whoever listens."""

from __future__ import annotations

import builtins
import io
import json
import re
import threading
import time
from binascii import b2a_base64
from collections.abc import Callable
from typing import Any

from grading.nesting import DEEPEST, is_deeper_than

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

LEVELS_OF_AN_OUTPUT = 8  # around a value: notebook, cells, cell, outputs, output, data
Event = dict[str, Any]
Emit = Callable[[Event], None]

PIECE = 1_500_000  # characters in one message: more than a cell may show, and less than a message may hold
_JSON_MIME = re.compile(r"application/(.*\+)?json$")
_BUFFER = 8192
_BURST = 200  # lines that are sent one by one; a loop that prints more is sent in chunks
_PAUSE = 0.02  # seconds after which a burst counts as over
_monotonic = time.monotonic
_dumps, _loads = json.dumps, json.loads


class Outlet:
    """Turns what a cell writes and displays into events. Silent while `index` is None: nothing may be shown between cells."""

    def __init__(self, emit: Emit) -> None:
        self.emit_to(emit)
        self._lock = threading.RLock()
        self._text: list[str] = []
        self._size = 0
        self._name = ""
        self._sent_at = 0.0
        self._lines = 0
        self.index: int | None = None

    def emit_to(self, emit: Emit) -> None:
        self._emit = emit

    def begin(self, index: int) -> None:
        self.index, self._lines = index, 0

    def end(self) -> None:
        """Send what is left; after this everything is dropped until the next cell begins."""
        self.flush()
        self.index = None

    def write(self, name: str, text: str) -> None:
        """Take text of a stream; whole lines leave at once unless there are hundreds of them."""
        with self._lock:
            if self.index is None or not text:
                return
            if name != self._name:
                self.flush()
                self._name = name
            self._text.append(text)
            self._size += len(text)
            if self._size >= _BUFFER or ("\n" in text and self._may_send_line()):
                self.flush()

    def _may_send_line(self) -> bool:
        if _monotonic() - self._sent_at > _PAUSE:
            self._lines = 0
        self._lines += 1
        return self._lines < _BURST

    def flush(self) -> None:
        with self._lock:
            if not self._text or self.index is None:
                self._text.clear()
                return
            text = "".join(self._text)
            self._text.clear()
            self._size = 0
            self._sent_at = _monotonic()
            for start in range(0, len(text), PIECE):
                part = {"output_type": "stream", "name": self._name, "text": text[start : start + PIECE]}
                self._emit({"ev": "output", "index": self.index, "output": part})

    def show(self, output: dict[str, Any], display_id: str | None = None) -> None:
        """Send one display, result or error."""
        with self._lock:
            self.flush()
            if self.index is not None:
                event: Event = {"ev": "output", "index": self.index, "output": output}
                self._emit(event if display_id is None else {**event, "display_id": display_id})

    def update(self, display_id: str, output: dict[str, Any]) -> None:
        with self._lock:
            self.flush()
            if self.index is not None:
                self._emit({"ev": "update_display", "index": self.index, "display_id": display_id, "output": output})

    def clear(self, *, wait: bool) -> None:
        with self._lock:
            self.flush()
            if self.index is not None:
                self._emit({"ev": "clear_output", "index": self.index, "wait": wait})


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the notebook. Its fileno is refused, as in Jupyter: there is no file behind it."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, outlet: Outlet, name: str) -> None:
        self._outlet = outlet
        self.name = f"<{name}>"
        self._stream = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outlet.write(self._stream, text)
        return len(text)

    def flush(self) -> None:
        self._outlet.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


def bundle(data: dict[str, Any], metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Data and metadata of a display as JSON: images in base64, anything that JSON cannot hold as text."""
    kept: dict[str, Any] = {}
    left = PIECE
    for mime, value in data.items():
        stored = _storable(value, left) if isinstance(value, str | bytes | bytearray) or _JSON_MIME.match(str(mime)) else _text(value, left)
        kept[str(mime)[:100]] = stored
        left -= len(stored) if isinstance(stored, str) else len(_dumps(stored))
        if left <= 0:
            break  # over the limit of a cell already: the engine says so
    return {"data": kept, "metadata": _json(metadata or {}, 100_000)}


def _storable(value: Any, limit: int) -> Any:
    if isinstance(value, bytes | bytearray):
        return b2a_base64(bytes(value), newline=False).decode("ascii")[:limit]
    return str(value)[:limit] if isinstance(value, str) else _json(value, limit)


def _text(value: Any, limit: int) -> str:
    """nbformat allows objects under JSON's own kinds alone."""
    stored = _json(value, limit)
    return stored if isinstance(stored, str) else _dumps(stored)


def _json(value: Any, limit: int) -> Any:
    try:
        text = _dumps(value, default=repr)
    except (TypeError, ValueError, RecursionError):
        return repr(value)[:1000]
    if len(text) > limit:
        return text[:limit]
    stored = _loads(text, parse_constant=lambda _: None)  # nan and infinities are no JSON
    return text[:1000] if is_deeper_than(stored, DEEPEST - LEVELS_OF_AN_OUTPUT) else stored
