"""In what two values differ, as half a sentence; None when they do not.

The left value came from a learner's process through the codec, so it is of a plain type, but of any plain type; the right one is ours.
Every function here is total: whatever the left value is, it gives an answer and never raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from grading.checks.words import FEW, count, in_words, kind_in_words, number


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers are the same when they differ by at most `atol` + `rtol` times the expected one. nan is nan, inf is inf."""

    rtol: float = 0.0
    atol: float = 0.0


EXACT = Tolerance()


def difference(got: Any, expected: Any, tolerance: Tolerance = EXACT) -> str | None:
    """In what `got` differs from `expected`, to be read after "softmax of random rows:"."""
    if isinstance(expected, pd.DataFrame | pd.Series | pd.Index):
        from grading.checks.tables import table_difference

        return table_difference(got, expected, tolerance)
    if type(expected) is np.ndarray and expected.ndim:
        return _array_difference(got, expected, tolerance)
    if is_number(expected):
        return _number_difference(got, expected, tolerance)
    of_kind = _CONTAINERS.get(type(expected))
    return of_kind(got, expected, tolerance) if of_kind else _plain_difference(got, expected)


def is_number(value: Any) -> bool:
    """True for ints, floats and complex numbers, numpy's too, alone or as an array without axes; bools are not numbers."""
    if type(value) in {int, float, complex}:
        return True
    return isinstance(value, np.number) or (type(value) is np.ndarray and value.ndim == 0 and value.dtype.kind in "iufc")


def is_bool(value: Any) -> bool:
    return type(value) in {bool, np.bool_} or (type(value) is np.ndarray and value.ndim == 0 and value.dtype.kind == "b")


def returned(got: Any, expected_words: str) -> str:
    """The sentence of a wrong kind: what came beside what was expected."""
    if got is None:
        return f"returned None, expected {expected_words}. Is a `return` missing?"
    return f"returned {kind_in_words(got)}, expected {expected_words}."


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic | np.ndarray) else value


def _number_difference(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    wanted = _plain(expected)
    if not is_number(got):
        if type(got) is np.ndarray:
            return f"returned an array of shape {got.shape}, expected a single number."
        return returned(got, f"the number {in_words(wanted)}")
    value = _plain(got)
    if _same_number(value, wanted, tolerance):
        return None
    return f"returned {in_words(value)}, expected {in_words(wanted)}."


def _same_number(value: Any, wanted: Any, tolerance: Tolerance) -> bool:
    if value == wanted:
        return True
    try:
        if np.isnan(wanted) or np.isnan(value):
            return bool(np.isnan(wanted) and np.isnan(value))
        gap = abs(value - wanted)
        return bool(math.isfinite(gap) and gap <= tolerance.atol + tolerance.rtol * abs(wanted))
    except (OverflowError, TypeError):  # an int too large for a float is near nothing
        return False


def _array_difference(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    if type(got) is not np.ndarray:
        return returned(got, f"an array of shape {expected.shape}")
    if got.shape != expected.shape:
        return f"has shape {got.shape}, expected {expected.shape}."
    if expected.dtype.kind in "iufc":
        return _numbers_differ(got, expected, tolerance)
    if (got.dtype.kind == "b") != (expected.dtype.kind == "b"):
        return f"holds {_contents(got)}, expected {_contents(expected)}."
    return _items_differ(got, expected)


def _numbers_differ(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    if got.dtype.kind not in "iufc":
        return f"holds {_contents(got)}, expected numbers."
    with np.errstate(all="ignore"):
        kind = np.complex128 if "c" in {got.dtype.kind, expected.dtype.kind} else np.float64
        left, right = got.astype(kind), expected.astype(kind)  # integers would wrap around when subtracted
        gap = np.abs(left - right)
        same = (got == expected) | (np.isnan(left) & np.isnan(right))
        if tolerance != EXACT:
            same |= np.isfinite(gap) & (gap <= tolerance.atol + tolerance.rtol * np.abs(right))
    if same.all():
        return None
    if got.size <= FEW:
        return f"returned {in_words(got)}, expected {in_words(expected)}."
    wrong = ~same
    text = f"{int(wrong.sum()):,} of {count(got.size, 'value')} differ"
    lost = wrong & ~np.isfinite(left) & np.isfinite(right)
    if lost.any():
        return f"{text}; {int(lost.sum()):,} of them are nan or infinite."
    finite = gap[wrong & np.isfinite(gap)]
    return f"{text}; the largest difference is {number(float(f'{finite.max():.3g}'))}." if finite.size else f"{text}."


def _items_differ(got: Any, expected: Any) -> str | None:
    pairs = list(zip(got.ravel().tolist(), expected.ravel().tolist(), strict=True))
    wrong = [(place, left, right) for place, (left, right) in enumerate(pairs) if difference(left, right) is not None]
    if not wrong:
        return None
    place, left, right = wrong[0]
    return f"{len(wrong):,} of {count(len(pairs), 'value')} differ: at position {place} is {in_words(left)}, expected {in_words(right)}."


def _contents(array: Any) -> str:
    kinds = {"b": "True and False", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "complex numbers", "M": "dates"}
    return kinds.get(array.dtype.kind, "text or other objects")


def _dict_difference(got: Any, expected: dict[Any, Any], tolerance: Tolerance) -> str | None:
    if not isinstance(got, dict):
        return returned(got, f"a dict with the keys {names(expected)}")
    missing = [key for key in expected if key not in got]
    if missing:
        return f"lacks {_keys(missing)}; it has {names(got) or 'no keys'}."
    extra = [key for key in got if key not in expected]
    if extra:
        return f"has {_keys(extra)}, which nobody asked for; expected {names(expected)}."
    for key, value in expected.items():
        if (found := difference(got[key], value, tolerance)) is not None:
            return f"`{key}` {_said_of_part(found)}"
    return None


def _sequence_difference(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    if type(got) is np.ndarray and got.ndim == 1:
        got = got.tolist()
    if type(got) not in {list, tuple}:
        return returned(got, f"a {type(expected).__name__} of {count(len(expected), 'value')}")
    if len(got) != len(expected):
        return f"has {count(len(got), 'value')}, expected {len(expected):,}."
    pairs = enumerate(zip(got, expected, strict=True))
    found = [(place, text) for place, (left, right) in pairs if (text := difference(left, right, tolerance))]
    if not found:
        return None
    if len(expected) <= FEW and all(is_number(item) or type(item) in {str, bool} for item in [*got, *expected]):
        return f"returned {in_words(got)}, expected {in_words(expected)}."
    place, text = found[0]
    if type(expected) is tuple:
        return f"part {place + 1} of {len(expected)} {_said_of_part(text)}"
    return f"{len(found):,} of {count(len(expected), 'value')} differ; number {place + 1} {_said_of_part(text)}"


def _set_difference(got: Any, expected: Any, _: Tolerance) -> str | None:
    if type(got) not in {set, frozenset}:
        return returned(got, "a set")
    missing, extra = expected - got, got - expected
    if missing:
        return f"lacks {names(sorted(missing, key=repr))}."
    return f"holds {names(sorted(extra, key=repr))}, which should not be in it." if extra else None


def _plain_difference(got: Any, expected: Any) -> str | None:
    wanted: Any = bool(expected) if is_bool(expected) else str(expected) if isinstance(expected, np.str_) else expected
    got = bool(got) if is_bool(got) else got
    is_of_kind = type(got) is type(wanted) or (isinstance(got, np.generic) and isinstance(wanted, np.generic))
    if not is_of_kind and wanted is not None:
        return returned(got, in_words(wanted))
    return None if _same_plain(got, wanted) else f"returned {in_words(got)}, expected {in_words(wanted)}."


def _same_plain(got: Any, wanted: Any) -> bool:
    if type(got) is not type(wanted) and wanted is None:
        return False
    try:
        return bool(got == wanted) or bool(pd.isna(got) and pd.isna(wanted))
    except Exception:  # noqa: BLE001 - dates with and without a zone cannot be compared, for one: then they differ
        return False


def _said_of_part(text: str) -> str:
    return f"is {text.removeprefix('returned ')}" if text.startswith("returned ") else f"{text}"


def _keys(keys: list[Any]) -> str:
    return f"the key {names(keys)}" if len(keys) == 1 else f"the keys {names(keys)}"


def names(texts_of: Any) -> str:
    """Names as people read them: `a`, `b` and 3 more."""
    texts = [f"`{name}`" for name in list(texts_of)[:8]]
    return ", ".join(texts) + (f" and {len(texts_of) - 8} more" if len(texts_of) > 8 else "")


_CONTAINERS: dict[type, Callable[[Any, Any, Tolerance], str | None]] = {
    dict: _dict_difference,
    list: _sequence_difference,
    tuple: _sequence_difference,
    set: _set_difference,
    frozenset: _set_difference,
}
