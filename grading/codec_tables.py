"""The part of the codec that knows pandas: indexes, columns, Series and frames, rebuilt from plain arrays alone."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grading.codec_limits import MAX_INDEX, MAX_NAME, CodecError

if TYPE_CHECKING:
    from grading.codec import Decoder, Encoder

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see grading.codec

_MASKED = {f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)} | {"Float32", "Float64", "boolean"}
_UNITS = {"s", "ms", "us", "ns"}
_Table = dict[Any, Callable[..., Any]]


def register(encoders: _Table, decoders: _Table) -> None:
    """Add the kinds of pandas to the codec's two tables."""
    for kind in (pd.Index, pd.RangeIndex, pd.MultiIndex, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex):
        encoders[kind] = lambda encoder, value, depth: ["I", _index(encoder, value, depth)]
    encoders |= {
        pd.Series: _series,
        pd.DataFrame: _frame,
        pd.Timestamp: lambda _, value, __: ["ts", value.as_unit("ns").value, _zone(value.tz)],
        pd.Timedelta: lambda _, value, __: ["td", value.as_unit("ns").value],
        type(pd.NaT): lambda _, __, ___: ["nat"],
        type(pd.NA): lambda _, __, ___: ["na"],
    }
    decoders |= {
        "I": _index_from,
        "S": _series_from,
        "D": _frame_from,
        "ts": lambda _, __, value, zone: pd.Timestamp(_whole(value), tz=zone),
        "td": lambda _, __, value: pd.Timedelta(_whole(value)),
        "nat": lambda _, __: pd.NaT,
        "na": lambda _, __: pd.NA,
    }


def _series(encoder: Encoder, value: Any, depth: int) -> Any:
    return ["S", _index(encoder, value.index, depth), _column(encoder, value.array, depth), encoder.node(value.name, depth + 1)]


def _frame(encoder: Encoder, value: Any, depth: int) -> Any:
    encoder.count(value.shape[1])
    columns = [_column(encoder, value.iloc[:, place].array, depth) for place in range(value.shape[1])]
    return ["D", _index(encoder, value.index, depth), _index(encoder, value.columns, depth), columns]


def _index(encoder: Encoder, index: Any, depth: int) -> Any:
    if type(index) is pd.RangeIndex:
        return ["range", index.start, index.stop, index.step, encoder.node(index.name, depth + 1)]
    if type(index) is pd.MultiIndex:
        levels = [_column(encoder, index.get_level_values(level).array, depth) for level in range(index.nlevels)]
        return ["levels", levels, encoder.nodes(list(index.names), depth)]
    return ["flat", _column(encoder, index.array, depth), encoder.node(index.name, depth + 1)]


def _column(encoder: Encoder, values: Any, depth: int) -> Any:
    """The values of one column by what pandas keeps them in; numpy's own kinds travel as arrays."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype) or type(values) is pd.arrays.NumpyExtensionArray:
        return ["numpy", encoder.array(values.to_numpy(), depth)]
    encoder.reserve(len(values))
    if isinstance(dtype, pd.StringDtype):
        missing = values.isna()
        texts = values.astype(object)
        return [
            "text",
            dtype.na_value is pd.NA,
            [None if missing[place] else encoder.string(str(texts[place])) for place in range(len(texts))],
        ]
    if isinstance(dtype, pd.CategoricalDtype):
        return ["category", encoder.array(values.codes, depth), _column(encoder, dtype.categories.array, depth), bool(dtype.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["zoned", encoder.array(values.asi8, depth), dtype.unit, _zone(dtype.tz)]
    if str(dtype) in _MASKED:
        present = values.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return ["masked", str(dtype), encoder.array(present, depth), encoder.array(values.isna(), depth)]
    raise CodecError(f"a column of type {str(dtype)[:60]}, which cannot travel")


def _zone(zone: Any) -> str | None:
    return None if zone is None else str(zone)[:MAX_NAME]


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise CodecError("a moment that is no number")
    return value


def _series_from(decoder: Decoder, depth: int, index: Any, values: Any, name: Any) -> Any:
    return pd.Series(
        _column_from(decoder, depth, values), index=_index_from(decoder, depth, index), name=decoder.node(name, depth + 1), copy=True
    )


def _frame_from(decoder: Decoder, depth: int, index: Any, names: Any, columns: Any) -> Any:
    rows, header = _index_from(decoder, depth, index), _index_from(decoder, depth, names)
    arrays = [_column_from(decoder, depth, column) for column in _listed(columns)]
    if len(arrays) != len(header) or any(len(array) != len(rows) for array in arrays):
        raise CodecError("a frame whose parts differ in length")
    frame = pd.DataFrame({place: pd.Series(array, index=rows, copy=True) for place, array in enumerate(arrays)}, index=rows)
    frame.columns = header
    return frame


def _index_from(decoder: Decoder, depth: int, node: Any) -> Any:
    kind, *rest = _listed(node)
    if kind == "range":
        start, stop, step, name = rest
        index: Any = pd.RangeIndex(_whole(start), _whole(stop), _whole(step), name=decoder.node(name, depth + 1))
        if len(index) > MAX_INDEX:
            raise CodecError("an index that is too long")
        return index
    if kind == "levels":
        levels, names = rest
        return pd.MultiIndex.from_arrays(
            [_column_from(decoder, depth, level) for level in _listed(levels)], names=decoder.nodes(names, depth)
        )
    if kind != "flat":
        raise CodecError("an index of no known kind")
    values, name = rest
    column = _column_from(decoder, depth, values)
    return pd.Index(column, dtype=column.dtype, name=decoder.node(name, depth + 1))


def _column_from(decoder: Decoder, depth: int, node: Any) -> Any:
    kind, *rest = _listed(node)
    if kind == "numpy":
        values = decoder.node(rest[0], depth + 1)
        if type(values) is not np.ndarray or values.ndim != 1:
            raise CodecError("a column that is no row of values")
        return values
    if kind == "text":
        is_na, texts = rest
        decoder.items += len(texts)
        if not all(text is None or type(text) is str for text in _listed(texts)):
            raise CodecError("a column of text that holds something else")
        return pd.array(texts, dtype="string" if is_na is True else "str")
    if kind == "category":
        codes, categories, ordered = rest
        return pd.Categorical.from_codes(
            decoder.node(codes, depth + 1), _column_from(decoder, depth + 1, categories), ordered=ordered is True
        )
    if kind == "zoned":
        moments, unit, zone = rest
        if unit not in _UNITS or type(zone) is not str:
            raise CodecError("a time zone of no known name")
        return pd.DatetimeIndex(decoder.node(moments, depth + 1).astype(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone).array
    if kind == "masked" and rest[0] in _MASKED:
        name, present, missing = rest
        array = pd.array(decoder.node(present, depth + 1), dtype=name, copy=True)
        array[decoder.node(missing, depth + 1)] = pd.NA
        return array
    raise CodecError("a column of no known kind")


def _listed(node: Any) -> list[Any]:
    if type(node) is not list:
        raise CodecError("a list that is none")
    return node
