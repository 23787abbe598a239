"""What comes from a child of the engine, taken for hostile: every field is checked before anything is done with it."""

from __future__ import annotations

import asyncio
import json
import math
import socket
from collections import deque
from typing import Any

from grading import wire
from grading.nesting import DEEPEST, is_deeper_than
from grading.report import CellError, Reason

OUTPUT_TYPES = {
    "stream": {"name", "text"},
    "display_data": {"data", "metadata"},
    "execute_result": {"data", "metadata", "execution_count"},
    "error": {"ename", "evalue", "traceback"},
}
TEXT_LIMIT = 20_000
MESSAGE_LIMIT = 2_000


class BrokeProtocol(Exception):
    """A child said something that no honest child says."""


class Link:
    """Reads one child's messages in order."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._reader = wire.FrameReader()
        self._waiting: deque[dict[str, Any]] = deque()

    async def next(self) -> dict[str, Any]:
        """The next message; raises Closed at the end and BrokeProtocol for a hostile frame."""
        loop = asyncio.get_running_loop()
        while not self._waiting:
            try:
                chunk = await loop.sock_recv(self.sock, 1 << 18)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                raise wire.Closed("the child is gone")
            try:
                self._waiting.extend(self._reader.feed(chunk))
            except wire.BadFrame as error:
                raise BrokeProtocol(str(error)) from None
        return self._waiting.popleft()

    async def say(self, message: dict[str, Any]) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, wire.pack(message))
        except (BrokenPipeError, ConnectionResetError):
            raise wire.Closed("the child is gone") from None

    def say_with(self, message: dict[str, Any], descriptor: int) -> None:
        """A small message with a descriptor; a child that does not read it is taken for gone."""
        try:
            wire.send(self.sock, message, fds=[descriptor])
        except (BlockingIOError, OSError):
            raise wire.Closed("the child does not read") from None


def text_of(value: object, limit: int = MESSAGE_LIMIT) -> str:
    if type(value) is not str:
        raise BrokeProtocol("a text that is none")
    return value if len(value) <= limit else value[: limit - 1] + "…"


def seconds_of(value: object) -> float:
    if type(value) not in {int, float} or not math.isfinite(value) or not 0 <= value < 1e6:  # type: ignore[arg-type, operator]
        raise BrokeProtocol("a time that is none")
    return float(value)  # type: ignore[arg-type]


def cell_error_of(value: object) -> CellError | None:
    if value is None:
        return None
    if type(value) is not dict:
        raise BrokeProtocol("an error that is none")
    line = value.get("line")
    if line is not None and (type(line) is not int or not 0 <= line < 1_000_000):
        raise BrokeProtocol("a line that is none")
    return CellError(
        name=text_of(value.get("name"), 200),
        message=text_of(value.get("message")),
        line=line,
        hint=text_of(value.get("hint") or ""),
        traceback=text_of(value.get("traceback") or "", TEXT_LIMIT),
    )


def reason_of(value: object) -> Reason | None:
    if value is None:
        return None
    try:
        return Reason(text_of(value, 20))
    except ValueError:
        raise BrokeProtocol("a reason that is none") from None


def output_of(value: object) -> dict[str, Any]:
    """An nbformat 4 output with exactly its own fields, all of them JSON."""
    if type(value) is not dict or value.get("output_type") not in OUTPUT_TYPES:
        raise BrokeProtocol("an output that is none")
    kind = value["output_type"]
    fields = {name: value[name] for name in OUTPUT_TYPES[kind] if name in value}
    if kind == "stream" and (fields.get("name") not in {"stdout", "stderr"} or type(fields.get("text")) is not str):
        raise BrokeProtocol("a stream that is none")
    if kind in {"display_data", "execute_result"}:
        fields["data"] = _bundle(fields.get("data"))
        fields["metadata"] = fields.get("metadata") if type(fields.get("metadata")) is dict else {}
    if kind == "execute_result" and type(fields.get("execution_count")) is not int:
        fields["execution_count"] = None
    if kind == "error":
        lines = fields.get("traceback")
        fields["traceback"] = [text_of(line, TEXT_LIMIT) for line in lines] if type(lines) is list else []
        fields |= {"ename": text_of(fields.get("ename"), 200), "evalue": text_of(fields.get("evalue"), TEXT_LIMIT)}
    return {"output_type": kind, **_as_json(fields)}


def _bundle(value: object) -> dict[str, Any]:
    if type(value) is not dict or not all(type(key) is str and len(key) < 200 for key in value):
        raise BrokeProtocol("a bundle that is none")
    return value


def _as_json(fields: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(fields, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BrokeProtocol("an output that is no JSON") from None
    plain = json.loads(text)
    if is_deeper_than(plain, DEEPEST):
        raise BrokeProtocol("an output that is nested too deep")
    cleaned: dict[str, Any] = _storable(plain)
    return cleaned


def _storable(value: Any) -> Any:
    """Neither NUL nor half a character can be stored as JSON in the database."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def size_of(output: dict[str, Any]) -> int:
    """Bytes that an output counts for."""
    return len(json.dumps(output))
