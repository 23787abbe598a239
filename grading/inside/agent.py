"""Answers the checker's questions inside the learner's process: calls their functions and hands back values, never a judgement."""

from __future__ import annotations

import builtins
import contextlib
import inspect
import random
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grading import wire
from grading.codec import decode, encode
from grading.codec_limits import CodecError
from grading.inside.friendly import CellOf, explain

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

MAX_HANDLES = 10_000
_cpu = time.process_time
_modules = sys.modules
_signature = inspect.signature
_send, _receive = wire.send, wire.receive_frame


def reseed(seed: int) -> None:
    """Set every global source of chance that a notebook may use, so that the same code gives the same values."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = _modules.get("torch")
    if torch is not None:
        with contextlib.suppress(Exception):
            torch.manual_seed(seed % 2**63)


class _Missing(Exception):
    """The notebook has no such name, or the object no such attribute."""


class Agent:
    """Serves one checker. `names` is the notebook's namespace."""

    def __init__(self, names: dict[str, Any], cell_of: CellOf) -> None:
        self._names = names
        self._cell_of = cell_of
        self._handles: list[object] = []

    def serve(self, sock: socket.socket) -> None:
        """Answer until the other side hangs up."""
        while True:
            try:
                frame = _receive(sock)
            except wire.Closed:
                return
            message, body = self._answer(frame.message, frame.body)
            try:
                _send(sock, {**message, "id": frame.message["id"]}, body)
            except wire.Closed:
                return

    def _answer(self, question: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        if type(question.get("seed")) is int:
            reseed(question["seed"])
        if question["op"] == "defined":
            return self._value(question["name"] in self._names)
        try:
            target = self._target(question["name"], question.get("handle"))
            return self._value(target) if question["op"] == "get" else self._call(target, question, body)
        except _Missing:
            return {"kind": "missing"}, b""
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a learner's function end nothing here
            return self._error(error)

    def _target(self, name: str, handle: int | None) -> Any:
        """The function, value, method or attribute that is asked for."""
        if handle is None:
            if name not in self._names:
                raise _Missing
            return self._names[name]
        owner = self._handles[handle]
        if name == "__call__":
            return owner
        try:
            return getattr(owner, name)
        except AttributeError as error:
            if error.obj is owner and error.name == name:
                raise _Missing from None
            raise

    def _call(self, target: Any, question: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        arguments, named = decode(body, handle_from=lambda number, _: self._handles[number], trusted=True)
        if not callable(target):
            return {"kind": "not_callable", "text": _kind_of(target)}, b""
        if (signature := _misfit(target, arguments, named)) is not None:
            return {"kind": "signature", "text": signature}, b""
        began = _cpu()
        result = target(*arguments, **named)
        spent = _cpu() - began
        return self._value(result, spent, (tuple(arguments), named) if question.get("keep_args") else None)

    def _value(self, value: object, cpu: float = 0.0, kept: tuple[Any, Any] | None = None) -> tuple[dict[str, Any], bytes]:
        answer = {"kind": "value" if kept is None else "kept", "cpu": cpu}
        try:
            return answer, encode(value if kept is None else (value, kept), handle_of=self._handle_of)
        except CodecError as error:
            return {"kind": "cannot_travel", "text": str(error)}, b""

    def _handle_of(self, value: object) -> int | None:
        for number, held in enumerate(self._handles[-64:], max(0, len(self._handles) - 64)):
            if held is value:
                return number
        if len(self._handles) >= MAX_HANDLES:
            return None
        self._handles.append(value)
        return len(self._handles) - 1

    def _error(self, error: BaseException) -> tuple[dict[str, Any], bytes]:
        told = explain(error, self._cell_of)
        answer = {"kind": "error", "name": told.name, "message": told.raw, "hint": told.hint, "code": told.code, "text": told.message}
        return {**answer, "cell": told.cell, "line": told.line, "kinds": list(told.kinds)}, b""


def _kind_of(value: object) -> str:
    return type(value).__name__[:80]


def _misfit(target: Callable[..., Any], arguments: list[Any], named: dict[str, Any]) -> str | None:
    """The signature as text when the arguments do not fit it; None when they do or nobody can tell."""
    try:
        signature = _signature(target)
    except BaseException:  # noqa: BLE001 - builtins have none, and a learner's object may raise anything when asked
        return None
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return str(signature)[:200]
    return None
