"""Values in a few words, for messages: short ones whole, large ones by their size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

FEW = 6
_WIDTH = 90


def in_words(value: Any) -> str:
    """A value as it stands in a sentence: `[1.0, 2.0]`, an array of shape (4, 7), a table of 3 rows and 2 columns."""
    if isinstance(value, float | np.floating):
        return number(float(value))
    if isinstance(value, np.generic):
        return str(value.item()) if value.dtype.kind in "biuc" else str(value)
    if isinstance(value, pd.Index):
        return f"an index of {count(len(value), 'value')}"
    said = _WORDS.get(dict if isinstance(value, dict) else type(value))
    return said(value) if said else str(value)[:_WIDTH]


def as_argument(value: Any) -> str:
    """A value as it stands between the brackets of a call: `softmax(array(4, 7))`."""
    kind = type(value)
    if kind is np.ndarray:
        return _array(value) if 0 < value.size <= FEW else f"array({', '.join(map(str, value.shape))})"
    if kind is pd.DataFrame:
        return f"table({len(value)} rows)"
    if kind is pd.Series:
        return f"Series({len(value)} values)"
    words = in_words(value)
    return words if not words.startswith("a ") else f"{kind.__name__} of {len(value)}"


def number(value: float) -> str:
    """A float as people write it: exact where that is short, else six digits."""
    if math.isnan(value):
        return "nan"
    exact = repr(value)
    return exact if len(exact) <= 8 else f"{value:.6g}"


def kind_in_words(value: Any) -> str:
    """What sort of thing it is: "a list", "an array", "None"."""
    kind = type(value)
    known = {
        type(None): "None",
        bool: "True or False",
        np.bool_: "True or False",
        int: "a whole number",
        float: "a number",
        complex: "a complex number",
        str: "text",
        bytes: "bytes",
        np.ndarray: "an array",
        pd.DataFrame: "a table (DataFrame)",
        pd.Series: "a Series",
    }
    if kind in known:
        return known[kind]
    if isinstance(value, dict):
        return "a dict"
    if isinstance(value, np.integer):
        return "a whole number"
    if isinstance(value, np.number):
        return "a number"
    name = str(getattr(value, "type_name", None) or kind.__name__)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _array(value: Any) -> str:
    if 0 < value.size <= FEW and value.ndim <= 2:
        return _nested(value.tolist())
    return f"an array of shape {value.shape}"


def _nested(value: Any) -> str:
    return f"[{', '.join(_nested(item) for item in value)}]" if type(value) is list else in_words(value)


def _container(value: Any) -> str:
    if len(value) <= FEW and len(text := _written(value)) <= _WIDTH:
        return text
    is_dict = isinstance(value, dict)
    noun = "key" if is_dict else "value"
    return f"a {'dict' if is_dict else type(value).__name__} of {count(len(value), noun)}"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_words(key)}: {in_words(item)}" for key, item in value.items()) + "}"
    items = ", ".join(in_words(item) for item in (sorted(value, key=repr) if type(value) in {set, frozenset} else value))
    if type(value) is list:
        return f"[{items}]"
    if type(value) is tuple:
        return f"({items},)" if len(value) == 1 else f"({items})"
    return "{" + items + "}" if items else "set()"


_WORDS: dict[type, Callable[[Any], str]] = {
    np.ndarray: _array,
    pd.DataFrame: lambda value: f"a table of {count(len(value), 'row')} and {count(value.shape[1], 'column')}",
    pd.Series: lambda value: f"a Series of {count(len(value), 'value')}",
    **dict.fromkeys((list, tuple, set, frozenset, dict), _container),
    str: lambda value: repr(value) if len(value) <= 60 else f"a text of {len(value)} characters",
    bytes: lambda value: count(len(value), "byte"),
}
