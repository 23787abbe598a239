"""The helpers that compare what the learner's code gave with what it should give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grading.checks import trail
from grading.checks.differences import EXACT, Tolerance, difference
from grading.checks.failures import CheckFailed
from grading.checks.tables import table_difference

Mistakes = Mapping[str, Any]
Difference = Callable[[Any, Any], str | None]
_DTYPES = {"int": "iu", "float": "f", "number": "iufc", "bool": "b", "complex": "c"}


def close(
    got: Any,
    expected: Any,
    what: str = "",
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    dtype: str = "",
    mistakes: Mistakes | None = None,
    hint: str = "",
) -> None:
    """Numbers, arrays, tables and lists, tuples or dicts of them, within a tolerance. nan equals nan.

    `dtype` also asks an array for int, float, number, bool or complex values. `mistakes` maps a sentence to the value that this mistake
    gives: when the learner's value is that one, the sentence is what they read. A value may be a function without arguments.
    """
    tolerance = Tolerance(rtol, atol)
    _judge((got, expected, what), mistakes, hint, lambda left, right: difference(left, right, tolerance))
    _of_dtype(got, dtype, what, hint)


def equal(got: Any, expected: Any, what: str = "", *, dtype: str = "", mistakes: Mistakes | None = None, hint: str = "") -> None:
    """Exactly the same: text, whole numbers, lists, sets, dicts, labels. A list and a tuple of the same values are equal."""
    _judge((got, expected, what), mistakes, hint, lambda left, right: difference(left, right, EXACT))
    _of_dtype(got, dtype, what, hint)


def frame_equal(
    got: Any,
    expected: Any,
    what: str = "",
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    any_order: bool = False,
    index: bool = True,
    mistakes: Mistakes | None = None,
    hint: str = "",
) -> None:
    """A table with these columns in this order, and these rows.

    With `any_order` the rows may stand in any order, and `index=False` ignores their labels.
    """
    tolerance = Tolerance(rtol, atol)
    compare: Difference = lambda left, right: table_difference(left, right, tolerance, any_order=any_order, index=index)  # noqa: E731
    _judge((got, expected, what), mistakes, hint, compare)


def series_equal(
    got: Any,
    expected: Any,
    what: str = "",
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    index: bool = True,
    mistakes: Mistakes | None = None,
    hint: str = "",
) -> None:
    """A pandas Series of these values; `index=False` ignores its labels, its name never counts."""
    tolerance = Tolerance(rtol, atol)
    _judge((got, expected, what), mistakes, hint, lambda left, right: table_difference(left, right, tolerance, index=index))


def unchanged(after: Any, before: Any, what: str = "its input") -> None:
    """An argument is as it was before the call: give what `nb.call(..., keep_args=True)` brought back, and the original."""
    if difference(after, before, EXACT) is not None:
        name = trail.last_name()
        who = f"`{name}`" if name else "Your function"
        raise CheckFailed(f"{who} changed {what}. Work on a copy: the caller still needs the original.")


def _judge(case: tuple[Any, Any, str], mistakes: Mistakes | None, hint: str, compare: Difference) -> None:
    got, expected, what = case
    found = compare(got, expected)
    if found is None:
        return
    for sentence, wrong in (mistakes or {}).items():
        value = wrong() if callable(wrong) else wrong
        if compare(got, value) is None and compare(value, expected) is not None:
            raise CheckFailed(sentence)
    raise CheckFailed(f"{trail.subject(got, what)} {found}" if not what else f"{what}: {found}{trail.input_of(got, what)}", hint=hint)


def _of_dtype(got: Any, dtype: str, what: str, hint: str) -> None:
    if not dtype:
        return
    kinds = _DTYPES[dtype]
    values = got if isinstance(got, np.ndarray | np.generic) else np.asarray(got)
    if values.dtype.kind not in kinds:
        start = f"{what}:" if what else trail.subject(got, what)
        wanted = {"int": "whole numbers", "float": "floats", "bool": "True and False"}.get(dtype, f"{dtype} values")
        raise CheckFailed(f"{start} has dtype {values.dtype}, expected {wanted}.", hint=hint)
