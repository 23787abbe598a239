"""In what two tables, Series or indexes differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grading.checks.differences import difference, names, returned
from grading.checks.words import count, in_words, kind_in_words

if TYPE_CHECKING:
    from grading.checks.differences import Tolerance


def table_difference(got: Any, expected: Any, tolerance: Tolerance, *, any_order: bool = False, index: bool = True) -> str | None:
    """As `difference`, for pandas. With `any_order` the rows may stand in any order; without `index` row labels do not count."""
    if isinstance(expected, pd.Index):
        return _index_difference(got, expected, tolerance)
    if isinstance(expected, pd.Series):
        return _series_difference(got, expected, tolerance, index=index)
    if (found := _outline_difference(got, expected)) is not None:
        return found
    if any_order:
        got, expected, index = _sorted(got), _sorted(expected), False
    if index and (found := _labels_difference(got.index, expected.index)) is not None:
        return found
    for place, name in enumerate(expected.columns):
        if (found := column_difference(got.iloc[:, place], expected.iloc[:, place], tolerance)) is not None:
            return f"column `{name}`: {found}"
    return None


def _outline_difference(got: Any, expected: Any) -> str | None:
    if type(got) is not pd.DataFrame:
        return returned(got, f"a table with the columns {names(list(expected.columns))}")
    if (found := _columns_difference(list(got.columns), list(expected.columns))) is not None:
        return found
    return None if len(got) == len(expected) else f"has {count(len(got), 'row')}, expected {len(expected):,}."


def _index_difference(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    if not isinstance(got, pd.Index):
        return returned(got, "an index")
    return difference(list(got), list(expected), tolerance)


def _series_difference(got: Any, expected: Any, tolerance: Tolerance, *, index: bool) -> str | None:
    if type(got) is not pd.Series:
        return returned(got, f"a Series of {count(len(expected), 'value')}")
    if len(got) != len(expected):
        return f"has {count(len(got), 'value')}, expected {len(expected):,}."
    if index and (found := _labels_difference(got.index, expected.index)) is not None:
        return found
    return column_difference(got, expected, tolerance)


def column_difference(got: Any, expected: Any, tolerance: Tolerance) -> str | None:
    """Two Series of one length, value by value: missing ones first, then what is there."""
    absent, should_be = got.isna().to_numpy(dtype=bool), expected.isna().to_numpy(dtype=bool)
    if (absent != should_be).any():
        return f"{count(int(absent.sum()), 'value')} missing, expected {int(should_be.sum())}."
    left, right = _values(got[~absent]), _values(expected[~should_be])
    if (left.dtype.kind in "iufcb") != (right.dtype.kind in "iufcb"):
        return f"holds {_contents(left)}, expected {_contents(right)}."
    return difference(left, right, tolerance)


def _values(series: Any) -> Any:
    """As one numpy array: numbers as numbers whatever pandas keeps them in, the rest as objects."""
    kind = series.dtype
    if pd.api.types.is_bool_dtype(kind):
        return series.to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(kind):
        return series.to_numpy(dtype=kind.numpy_dtype if hasattr(kind, "numpy_dtype") else None)
    items = np.empty(len(series), dtype=object)
    items[:] = [item for item in series]  # noqa: C416 - list(series) would keep numpy's dates
    return items


def _contents(values: Any) -> str:
    if values.dtype.kind in "iufcb":
        return "numbers"
    return kind_in_words(values[0]) if len(values) else "nothing"


def _columns_difference(got: list[Any], expected: list[Any]) -> str | None:
    missing = [name for name in expected if name not in got]
    if missing:
        return f"lacks the {'column' if len(missing) == 1 else 'columns'} {names(missing)}; it has {names(got) or 'none'}."
    extra = [name for name in got if name not in expected]
    if extra:
        return f"has the extra {'column' if len(extra) == 1 else 'columns'} {names(extra)}; expected {names(expected)}."
    if got != expected:
        return f"has its columns in the order {names(got)}, expected {names(expected)}."
    return None


def _labels_difference(got: Any, expected: Any) -> str | None:
    left, right = list(got), list(expected)
    if len(left) == len(right) and all(difference(a, b) is None for a, b in zip(left, right, strict=True)):
        return None
    return f"has the index {in_words(left)}, expected {in_words(right)}."


def _sorted(frame: Any) -> Any:
    order = sorted(range(len(frame)), key=lambda row: [str(value) for value in frame.iloc[row]])
    return frame.iloc[order].reset_index(drop=True)
