"""What the check at hand has asked the learner's notebook, so that helpers can name the call a value came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_INPUT = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One answered call: `text` as people would write it, short; `value` as it came."""

    name: str
    text: str
    value: Any


_calls: list[Call] = []


def begin() -> None:
    _calls.clear()


def add(name: str, text: str, value: Any) -> None:
    _calls.append(Call(name, text, value))


def last_name() -> str:
    return _calls[-1].name if _calls else ""


def received() -> tuple[Any, ...]:
    return tuple(call.value for call in _calls)


def last() -> Call | None:
    return _calls[-1] if _calls else None


def call_of(value: Any) -> Call | None:
    """The latest call that gave this very value, or holds it as a part."""
    for call in reversed(_calls[-50:]):
        if call.value is value or any(part is value for part in _parts(call.value)):
            return call
    return None


def subject(value: Any, what: str) -> str:
    """How a sentence about this value begins: the author's words, else the call."""
    if what:
        return f"{what}:"
    call = call_of(value)
    return f"`{call.text}`" if call else "Your result"


def input_of(value: Any, what: str) -> str:
    """The call behind a value as a sentence of its own, where it is short and the author has not shown it."""
    call = call_of(value)
    is_told = "(" in what or "[" in what
    if call is None or is_told or len(call.text) > LONGEST_INPUT:
        return ""
    return f" The call was `{call.text}`."


def _parts(value: Any) -> tuple[Any, ...]:
    if type(value) in {tuple, list} and len(value) <= 20:
        return tuple(value)
    if isinstance(value, dict) and len(value) <= 20:
        return tuple(value.values())
    return ()
