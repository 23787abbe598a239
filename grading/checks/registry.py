"""The checks of one exercise, collected while its checks.py is executed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CheckFunction = Callable[..., Any]
_collected: list[Check] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check as its author wrote it. `id` is the name of its function."""

    id: str
    title: str
    task: str
    points: float
    visible: bool
    run: CheckFunction


def check(title: str, *, task: str, points: float, visible: bool = False) -> Callable[[CheckFunction], CheckFunction]:
    """Declare a check: a function of `nb` (the learner's notebook) and `rng` (a generator of this submission).

    All arguments are literals, for programs read them without running the file. A check passes by returning.
    """

    def declare(function: CheckFunction) -> CheckFunction:
        name = getattr(function, "__name__", "")
        _collected.append(Check(id=name, title=title, task=task, points=points, visible=visible, run=function))
        return function

    return declare


def take_collected() -> dict[str, Check]:
    """The checks declared since the last call, by id; a second one of the same name replaces the first, as in Python."""
    taken = {each.id: each for each in _collected}
    _collected.clear()
    return taken
