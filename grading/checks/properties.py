"""The helpers that look at one value, at a metric, or at how a function behaves when it is called again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from grading.checks import trail
from grading.checks.differences import EXACT, Tolerance, difference, is_bool, is_number, names
from grading.checks.failures import CheckFailed, LessonFault
from grading.checks.proxy import Handle
from grading.checks.words import in_words, kind_in_words, number
from grading.codec import SeededGenerator, SourceCode

LEAST_CPU_SECONDS = 0.005  # shorter runs measure the clock, not the code
_KINDS: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    "number": ("a number", is_number),
    "int": ("a whole number", lambda value: type(value) is int or isinstance(value, np.integer)),
    "bool": ("True or False", is_bool),
    "text": ("text", lambda value: type(value) is str),
    "list": ("a list", lambda value: type(value) is list),
    "tuple": ("a tuple", lambda value: type(value) is tuple),
    "dict": ("a dict", lambda value: isinstance(value, dict)),
    "set": ("a set", lambda value: type(value) in {set, frozenset}),
    "array": ("an array", lambda value: type(value) is np.ndarray),
    "table": ("a table (DataFrame)", lambda value: type(value) is pd.DataFrame),
    "series": ("a Series", lambda value: type(value) is pd.Series),
    "object": ("an object", lambda value: type(value) is Handle),
}
_ALIASES = {
    float: "number",
    int: "int",
    bool: "bool",
    str: "text",
    list: "list",
    tuple: "tuple",
    dict: "dict",
    set: "set",
    np.ndarray: "array",
}
_ALIASES |= {pd.DataFrame: "table", pd.Series: "series"}


def returns(
    value: Any,
    kind: Any,
    what: str = "",
    *,
    shape: tuple[int, ...] | None = None,
    length: int | None = None,
    keys: Iterable[Any] = (),
    columns: Iterable[Any] = (),
    hint: str = "",
) -> None:
    """The value is of this kind: number, int, bool, text, list, tuple, dict, set, array, table, series or object (or the class itself).

    `shape` is for arrays, `length` for whatever has one, `keys` for dicts, `columns` for tables (at least these).
    """
    words, is_kind = _KINDS[_ALIASES.get(kind, kind)]
    start = trail.subject(value, what)
    if not is_kind(value):
        tail = " Is a `return` missing?" if value is None else ""
        raise CheckFailed(f"{start} returned {kind_in_words(value)}, expected {words}.{tail}", hint=hint)
    if shape is not None and value.shape != shape:
        raise CheckFailed(f"{start} has shape {value.shape}, expected {shape}.", hint=hint)
    if length is not None and len(value) != length:
        raise CheckFailed(f"{start} has length {len(value):,}, expected {length:,}.", hint=hint)
    for noun, wanted in (("key", keys), ("column", columns)):
        missing = [name for name in wanted if name not in value]
        if missing:
            raise CheckFailed(f"{start} lacks the {noun} {names(missing)}; it has {names(list(value)) or 'none'}.", hint=hint)


def at_least(value: Any, threshold: float, what: str = "", *, baseline: float | None = None, hint: str = "") -> None:
    """A metric reaches its threshold. `baseline` is what doing nothing clever gives, and is shown beside it."""
    _bounded(value, threshold, what, baseline, hint=hint, is_floor=True)


def at_most(value: Any, threshold: float, what: str = "", *, baseline: float | None = None, hint: str = "") -> None:
    """An error or a cost stays within its threshold."""
    _bounded(value, threshold, what, baseline, hint=hint, is_floor=False)


def _bounded(value: Any, threshold: float, what: str, baseline: float | None, *, hint: str, is_floor: bool) -> None:
    start = what or trail.subject(value, what)
    if not is_number(value) or type(value) is complex:
        raise CheckFailed(f"{start}: expected a number, got {kind_in_words(value)}.", hint=hint)
    got = float(value)
    is_enough = got >= threshold if is_floor else got <= threshold
    if math.isfinite(got) and is_enough:
        return
    words = "at least" if is_floor else "at most"
    beside = f" The baseline gives {number(baseline)}." if baseline is not None else ""
    raise CheckFailed(f"{start}: {_three_digits(got)}, where {words} {number(threshold)} is needed.{beside}", hint=hint)


def _three_digits(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def skill(score: float, baseline: float, oracle: float) -> float:
    """Where a score lies between the baseline (0) and the best that anything could reach on these data (1)."""
    if not oracle != baseline:
        raise LessonFault("the oracle is no better than the baseline")
    return (score - baseline) / (oracle - baseline)


def raises(nb: Any, name: str, kind: type[BaseException], *arguments: Any, hint: str = "", **named: Any) -> None:
    """The function refuses these arguments with this exception: `raises(nb, "dot", ValueError, [1.0], [1.0, 2.0])`."""
    nb.call_raises(name, kind, *arguments, hint=hint, **named)


def keeps_input(nb: Any, name: str, *arguments: Any, what: str = "its input", **options: Any) -> Any:
    """Call the function, fail if it changed an argument, and give its value."""
    value, after = nb.call(name, *arguments, keep_args=True, **options)
    for left, right in zip(after, arguments, strict=True):
        if type(right) is not Handle and difference(left, right, EXACT) is not None:
            raise CheckFailed(f"`{name}` changed {what}. Work on a copy: the caller still needs the original.")
    return value


def same_seed_same_result(
    nb: Any, name: str, *arguments: Any, argument: str = "seed", seed: int = 7, other: int | None = 8, **named: Any
) -> Any:
    """The same seed gives the same result, and `other` another one (None leaves that out). Gives the first result."""
    first = nb.call(name, *arguments, **{argument: seed}, **named)
    if type(first) is Handle:
        raise LessonFault(f"{name} returns an object, which cannot be compared: ask for its values")
    again = nb.call(name, *arguments, **{argument: seed}, **named)
    if difference(again, first, Tolerance(1e-12, 1e-12)) is not None:
        raise CheckFailed(f"`{name}` gave two different results for {argument}={seed}. Draw every random number from that {argument}.")
    if other is not None and difference(nb.call(name, *arguments, **{argument: other}, **named), first, EXACT) is None:
        raise CheckFailed(f"`{name}` gave the same result for {argument}={seed} and {argument}={other}. Is `{argument}` used at all?")
    return first


def faster_than(
    nb: Any, name: str, reference: Callable[..., Any], *arguments: Any, times: float, hint: str = "", within: float = 10.0
) -> Any:
    """The call takes at most `times` the CPU time of the reference on the same arguments (best of three each). Gives its value.

    CPU seconds are measured from outside of the learner's process, so that a busy machine slows both alike.
    """
    own = max(LEAST_CPU_SECONDS, min(_cpu_of(reference, arguments) for _ in range(3)))
    value, spent = None, math.inf
    for _ in range(3):
        value, cpu_seconds = nb.measured(name, *arguments, within=within)
        spent = min(spent, cpu_seconds)
        if spent <= times * own:
            return value
    raise CheckFailed(
        f"`{name}` took {spent / own:,.0f} times the CPU time of our own solution; at most {times:g} times is asked.", hint=hint
    )


def _cpu_of(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    began = time.process_time()
    function(*arguments)
    return time.process_time() - began


def generator(seed: int) -> SeededGenerator:
    """An argument that becomes `numpy.random.default_rng(seed)` in the learner's process."""
    return SeededGenerator(int(seed))


def function(text: str) -> SourceCode:
    """An argument that becomes a function in the learner's process: `function("lambda x: x ** 2")`; `np` is numpy in it."""
    return SourceCode(text)


def describe(value: Any) -> str:
    """A value in a few words, for sentences of your own."""
    return in_words(value)
