"""The narrow line between the checker's process and the learner's: one question, one answer, values only.

A question is a map {"id", "op", …} with the arguments in the frame's body, an answer {"id", "kind", …} with the value in its body. The id
is random, so an answer that the learner's code has put on the line beforehand fits no question.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grading import wire
from grading.codec import decode
from grading.codec_limits import CodecError

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

KINDS = {"value", "kept", "missing", "not_callable", "signature", "error", "cannot_travel"}
_TEXTS = {"text": 2000, "name": 80, "message": 2000, "hint": 2000, "code": 200}


class LearnerGone(Exception):
    """The learner's process has ended, or answered as no honest process does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, checked. `value` belongs to the kinds value and kept (there with the arguments after the call); texts to the others."""

    kind: str
    value: Any = None
    texts: dict[str, str]
    cell: int | None = None
    line: int | None = None
    kinds: tuple[str, ...] = ()
    cpu_seconds: float = 0.0  # as the learner's process says it: for information, never for a judgement


class Questioner:
    """The checker's end. Every answer is taken for hostile; the first that is wrong ends the line."""

    def __init__(self, sock: socket.socket, handle_from: Callable[[int, str], object]) -> None:
        self._sock = sock
        self._handle_from = handle_from

    def ask(self, question: dict[str, Any], body: bytes = b"") -> Answer:
        """Ask and wait; raises LearnerGone when no honest answer comes."""
        identity = os.urandom(16)
        try:
            wire.send(self._sock, {**question, "id": identity}, body)
            frame = wire.receive_frame(self._sock)
            return self._checked(frame, identity)
        except (wire.Closed, wire.BadFrame, CodecError, OSError) as error:
            self.close()
            raise LearnerGone(str(error)) from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.close()

    def _checked(self, frame: wire.Frame, identity: bytes) -> Answer:
        message = frame.message
        kind = message.get("kind")
        if message.get("id") != identity or type(kind) is not str or kind not in KINDS:
            raise wire.BadFrame("an answer to another question")
        value = decode(frame.body, handle_from=self._handle_from) if kind in {"value", "kept"} else None
        if kind == "kept" and not (type(value) is tuple and len(value) == 2 and type(value[1]) is tuple):
            raise wire.BadFrame("arguments that are none")
        return Answer(
            kind=kind,
            value=value,
            texts={name: _text(message.get(name), limit) for name, limit in _TEXTS.items()},
            cell=_number(message.get("cell")),
            line=_number(message.get("line")),
            kinds=tuple(_text(name, 80) for name in _listed(message.get("kinds"))[:16]),
            cpu_seconds=_seconds(message.get("cpu")),
        )


def _text(value: object, limit: int) -> str:
    return value[:limit] if type(value) is str else ""


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def _listed(value: object) -> list[Any]:
    return value if type(value) is list else []


def _seconds(value: object) -> float:
    return value if type(value) is float and 0 <= value < 1e6 else 0.0
