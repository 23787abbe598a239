"""Values between the learner's process and the checker's, as data and nothing else.

A frame is a 4-byte length, a msgpack tree, then the raw buffers of arrays. Nothing is ever unpickled, and no method of a learner's
object is called: a value travels only if its type is *exactly* one of those listed here. Everything else stays where it is and a
handle travels in its place. Decoding trusts nothing and raises CodecError alone.

What travels: None, bool, int, float, complex, str, bytes, range, list, tuple, set, frozenset, dict (OrderedDict, Counter and defaultdict
become plain dicts), dates, numpy scalars and arrays, pandas Index, Series, DataFrame, Timestamp, Timedelta, torch tensors (as arrays).
"""

from __future__ import annotations

import builtins
import collections
import datetime as dt
import re
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgpack
import numpy as np

from grading import codec_tables
from grading.codec_limits import MAX_BYTES, MAX_DEPTH, MAX_DIMENSIONS, MAX_INT_BITS, MAX_ITEMS, MAX_NAME, MAX_TEXT, CodecError

# A private copy: a learner's code that replaces `isinstance` or `len` for everybody changes nothing in here.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_LENGTH = struct.Struct("!I")
_ALIGNMENT = 16
_DTYPE = re.compile(r"\|b1|[|<][iu][1248]|<f[248]|<c(8|16)|<[mM]8\[(ns|us|ms|s|m|h|D|W|M|Y)\]")
_packb, _unpackb = msgpack.packb, msgpack.unpackb
_modules = sys.modules

HandleOf = Callable[[object], int | None]
HandleFrom = Callable[[int, str], object]


@dataclass(frozen=True, slots=True)
class SeededGenerator:
    """Becomes `numpy.random.default_rng(seed)` in the learner's process."""

    seed: int


@dataclass(frozen=True, slots=True)
class SourceCode:
    """Becomes the function that this text defines: a lambda, or one `def`. Only the checker may send it."""

    text: str


class _Frame(NamedTuple):
    tree: Any
    buffers: list[memoryview]


def encode(value: object, *, handle_of: HandleOf | None = None, tensors: bool = False) -> bytes:
    """One value as a frame; raises CodecError if it is too deep, too large, or holds what may not travel.

    `handle_of` is asked for a number for every object of another type; None from it (or no function) refuses the value. With `tensors`,
    arrays arrive as torch tensors on a trusted side.
    """
    return Encoder(handle_of, tensors).frame(value)


def decode(raw: bytes | memoryview, *, handle_from: HandleFrom | None = None, trusted: bool = False) -> Any:
    """The value of a frame; raises CodecError for any bytes that `encode` could not have made.

    Arrays are read-only views of `raw`, unless `trusted`: then they are copies, and generators, functions and tensors are made,
    which only the checker may send.
    """
    try:
        return Decoder(_split(memoryview(raw)), handle_from, trusted).value()
    except CodecError:
        raise
    except Exception as error:  # noqa: BLE001 - numpy and pandas raise many kinds for inconsistent parts: all mean the same here
        raise CodecError(f"bytes that are no value ({type(error).__name__})") from None


class Encoder:
    """Walks one value. Counts as it goes, so that a value that would be too large is never built."""

    def __init__(self, handle_of: HandleOf | None, tensors: bool) -> None:
        self.handle_of = handle_of
        self.tensors = tensors
        self.items = 0
        self.text = 0
        self.size = 0
        self.buffers: list[bytes] = []

    def frame(self, value: object) -> bytes:
        tree = self.node(value, 0)
        head = _packb([tree, [len(buffer) for buffer in self.buffers]], use_bin_type=True, unicode_errors="surrogatepass")
        parts = [_LENGTH.pack(len(head)), head, bytes(_padding(_LENGTH.size + len(head)))]
        for buffer in self.buffers:
            parts += (buffer, bytes(_padding(len(buffer))))
        raw = b"".join(parts)
        if len(raw) > MAX_BYTES:
            raise CodecError(_TOO_LARGE)
        return raw

    def node(self, value: Any, depth: int) -> Any:
        self.count(1)
        if depth > MAX_DEPTH:
            raise CodecError(f"nested more than {MAX_DEPTH} deep")
        kind = type(value)
        encoder = ENCODERS.get(kind)
        if encoder is not None:
            return encoder(self, value, depth)
        if (torch := _modules.get("torch")) is not None and kind in {torch.Tensor, torch.nn.Parameter}:
            return self.tensor(value)
        number = None if self.handle_of is None else self.handle_of(value)
        if number is None:
            raise CodecError(f"a value of type {kind.__name__}, which cannot travel")
        return ["h", number, kind.__name__[:MAX_NAME]]

    def count(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise CodecError(f"made of more than {MAX_ITEMS:,} single values; return an array instead")

    def nodes(self, values: Any, depth: int) -> list[Any]:
        return [self.node(value, depth + 1) for value in values]

    def string(self, value: str) -> str:
        self.text += len(value)
        if self.text > MAX_TEXT:
            raise CodecError("longer than 4 million characters of text")
        return value

    def buffer(self, raw: bytes) -> int:
        self.buffers.append(raw)
        return len(self.buffers) - 1

    def reserve(self, size: int) -> None:
        """Refuse before copying: a broadcast array may claim terabytes."""
        self.size += size
        if self.size > MAX_BYTES:
            raise CodecError(_TOO_LARGE)

    def array(self, value: Any, depth: int) -> Any:
        if value.ndim > MAX_DIMENSIONS:
            raise CodecError(f"an array of {value.ndim} dimensions")
        shape = list(value.shape)
        if value.dtype.kind in "OUS":
            self.reserve(value.size)
            items = value.ravel().tolist() if value.dtype.kind != "O" else list(value.flat)
            return ["o", value.dtype.kind, shape, self.nodes(items, depth)]
        dtype = value.dtype.newbyteorder("<")
        if not _DTYPE.fullmatch(dtype.str):
            raise CodecError(f"an array of dtype {str(value.dtype)[:60]}")
        self.reserve(value.nbytes)
        return ["T" if self.tensors else "a", dtype.str, shape, self.buffer(value.astype(dtype, copy=False).tobytes())]

    def tensor(self, value: Any) -> Any:
        dense = value.detach().cpu()
        if str(dense.dtype) == "torch.bfloat16":
            dense = dense.float()
        node = self.array(dense.resolve_conj().resolve_neg().numpy(), 0)
        return ["T", *node[1:]]


def _plain(_: Encoder, value: Any, __: int) -> Any:
    return value


def _int(_: Encoder, value: int, __: int) -> Any:
    if -(2**63) <= value < 2**64:
        return value
    if value.bit_length() > MAX_INT_BITS:
        raise CodecError(f"an integer of more than {MAX_INT_BITS:,} bits")
    return ["i", hex(value)]


def _bytes(encoder: Encoder, value: bytes, _: int) -> bytes:
    encoder.reserve(len(value))
    return value


def _mapping(encoder: Encoder, value: dict[Any, Any], depth: int) -> Any:
    return ["d", encoder.nodes(dict.keys(value), depth), encoder.nodes(dict.values(value), depth)]


def _sequence(tag: str) -> Callable[[Encoder, Any, int], Any]:
    return lambda encoder, value, depth: [tag, encoder.nodes(value, depth)]


def _scalar(encoder: Encoder, value: Any, _: int) -> Any:
    dtype = value.dtype.newbyteorder("<")
    if not _DTYPE.fullmatch(dtype.str):
        raise CodecError(f"a number of dtype {str(value.dtype)[:60]}")
    return ["n", dtype.str, value.astype(dtype).tobytes()]


ENCODERS: dict[type, Callable[[Encoder, Any, int], Any]] = {
    type(None): _plain,
    bool: _plain,
    float: _plain,
    int: _int,
    str: lambda encoder, value, _: encoder.string(value),
    np.str_: lambda encoder, value, _: encoder.string(str(value)),
    bytes: _bytes,
    complex: lambda _, value, __: ["c", value.real, value.imag],
    range: lambda encoder, value, depth: ["r", *(_int(encoder, end, depth) for end in (value.start, value.stop, value.step))],
    list: _sequence("l"),
    tuple: _sequence("t"),
    set: _sequence("s"),
    frozenset: _sequence("f"),
    dict: _mapping,
    collections.OrderedDict: _mapping,
    collections.Counter: _mapping,
    collections.defaultdict: _mapping,
    dt.date: lambda _, value, __: ["dd", value.toordinal()],
    dt.datetime: lambda _, value, __: ["dt", value.isoformat()],
    dt.timedelta: lambda _, value, __: ["de", value.days, value.seconds, value.microseconds],
    np.ndarray: lambda encoder, value, depth: encoder.array(value, depth),
    SeededGenerator: lambda _, value, __: ["g", value.seed],
    SourceCode: lambda _, value, __: ["py", value.text],
    **dict.fromkeys({np.dtype(code).type for code in "?bhilqBHILQefdFDmM"}, _scalar),
}
_TOO_LARGE = f"larger than {MAX_BYTES // 2**20} MB"


def _padding(length: int) -> int:
    return -length % _ALIGNMENT


def _split(raw: memoryview) -> _Frame:
    if not _LENGTH.size <= len(raw) <= MAX_BYTES:
        raise CodecError("bytes of no allowed length")
    end = _LENGTH.size + _LENGTH.unpack(raw[: _LENGTH.size])[0]
    if end > len(raw):
        raise CodecError("bytes that are cut off")
    head = _unpackb(
        raw[_LENGTH.size : end], raw=False, strict_map_key=True, unicode_errors="surrogatepass", max_array_len=MAX_ITEMS + 16, max_map_len=0
    )
    tree, lengths = head
    if type(lengths) is not list:
        raise CodecError("bytes without a table of buffers")
    buffers, place = [], end + _padding(end)
    for length in lengths:
        if type(length) is not int or not 0 <= length <= len(raw) - place:
            raise CodecError("a buffer outside of its frame")
        buffers.append(raw[place : place + length])
        place += length + _padding(length)
    if place != len(raw):
        raise CodecError("bytes of another length than their table says")
    return _Frame(tree, buffers)


class Decoder:
    """Rebuilds one value from a frame made by somebody who may lie about every part of it."""

    def __init__(self, frame: _Frame, handle_from: HandleFrom | None, trusted: bool) -> None:
        self.frame = frame
        self.handle_from = handle_from
        self.trusted = trusted
        self.items = 0

    def value(self) -> Any:
        return self.node(self.frame.tree, 0)

    def node(self, node: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS or depth > MAX_DEPTH:
            raise CodecError("too deep or too many items")
        if type(node) in _PLAIN:
            return node
        if type(node) is not list or not node or type(node[0]) is not str:
            raise CodecError("a part of no known kind")
        decoder = DECODERS.get(node[0])
        if decoder is None:
            raise CodecError("a part of no known kind")
        return decoder(self, depth, *node[1:])

    def nodes(self, nodes: Any, depth: int) -> list[Any]:
        if type(nodes) is not list:
            raise CodecError("a list that is none")
        return [self.node(node, depth + 1) for node in nodes]

    def keys(self, nodes: Any, depth: int) -> list[Any]:
        keys = self.nodes(nodes, depth)
        for key in keys:
            _refuse_key(key, 0)
        return keys

    def array(self, dtype: Any, shape: Any, place: Any) -> Any:
        if type(dtype) is not str or not _DTYPE.fullmatch(dtype) or type(place) is not int or place < 0:
            raise CodecError("an array of no allowed dtype")
        kind, raw = np.dtype(dtype), self.frame.buffers[place]
        if product_of(shape) * kind.itemsize != len(raw):
            raise CodecError("an array whose shape and bytes differ")
        array = np.frombuffer(raw, dtype=kind).reshape(shape)
        if kind.kind == "b" and array.size and array.view(np.uint8).max() > 1:
            raise CodecError("true and false with other bytes than 0 and 1")
        return array.copy() if self.trusted else array


def product_of(shape: Any) -> int:
    """Number of items of a shape that came from outside; raises CodecError unless it is a list of a few reasonable numbers."""
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
        raise CodecError("an array of no allowed shape")
    product = 1
    for length in shape:
        if type(length) is not int or not 0 <= length <= MAX_BYTES:
            raise CodecError("an array of no allowed shape")
        product *= length
    return product


def _refuse_key(key: Any, depth: int) -> None:
    """Numbers whose hashes collide by the thousand would make a dict that takes minutes to build."""
    if type(key) in {tuple, frozenset} and depth < 4:
        for item in key:
            _refuse_key(item, depth + 1)
    elif type(key) is complex or (type(key) is int and not -(2**63) <= key < 2**64) or type(key) in {tuple, frozenset, range}:
        raise CodecError("a key of no allowed type")


def _big_int(_: Decoder, __: int, text: str) -> int:
    if type(text) is not str or len(text) > MAX_INT_BITS // 4 + 4:
        raise CodecError("an integer that is too long")
    return int(text, 16)


def _complex(_: Decoder, __: int, real: float, imag: float) -> complex:
    if type(real) is not float or type(imag) is not float:
        raise CodecError("a complex number of no allowed parts")
    return complex(real, imag)


def _range(decoder: Decoder, depth: int, *ends: Any) -> range:
    start, stop, step = (decoder.node(end, depth) for end in ends)
    return range(start, stop, step)


def _dict(decoder: Decoder, depth: int, keys: Any, values: Any) -> dict[Any, Any]:
    return dict(zip(decoder.keys(keys, depth), decoder.nodes(values, depth), strict=True))


def _objects(decoder: Decoder, depth: int, kind: str, shape: Any, items: Any) -> Any:
    values = decoder.nodes(items, depth)
    if product_of(shape) != len(values) or kind not in {"O", "U", "S"}:
        raise CodecError("an array whose shape and items differ")
    if kind != "O":
        wanted = str if kind == "U" else bytes
        if not all(type(value) is wanted for value in values):
            raise CodecError("an array of text that holds something else")
        return np.array(values, dtype=wanted).reshape(shape)
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = value
    return array.reshape(shape)


def _numpy_scalar(_: Decoder, __: int, dtype: Any, raw: Any) -> Any:
    if type(dtype) is not str or not _DTYPE.fullmatch(dtype) or type(raw) is not bytes or len(raw) != np.dtype(dtype).itemsize:
        raise CodecError("a number of no allowed dtype")
    if dtype == "|b1" and raw not in {b"\0", b"\1"}:
        raise CodecError("true and false with other bytes than 0 and 1")
    return np.frombuffer(raw, dtype=dtype)[0]


def _tensor(decoder: Decoder, _: int, dtype: Any, shape: Any, place: Any) -> Any:
    array = decoder.array(dtype, shape, place)
    torch = _modules.get("torch")
    return torch.from_numpy(array) if decoder.trusted and torch is not None else array


def _handle(decoder: Decoder, _: int, number: Any, type_name: Any) -> object:
    if type(number) is not int or type(type_name) is not str or len(type_name) > MAX_NAME or decoder.handle_from is None:
        raise CodecError("a handle that nobody gave")
    return decoder.handle_from(number, type_name)


def _generator(decoder: Decoder, _: int, seed: int) -> Any:
    if not decoder.trusted:
        raise CodecError("a generator, which only a check may send")
    return np.random.default_rng(seed)


def _function(decoder: Decoder, _: int, text: str) -> Any:
    if not decoder.trusted:
        raise CodecError("code, which only a check may send")
    names: dict[str, Any] = {"np": np}
    if text.lstrip().startswith("def "):
        exec(compile(text, "<given by the check>", "exec"), names)  # noqa: S102 - the lesson's own code, for the learner's process
        return list(names.values())[-1]
    return eval(compile(text, "<given by the check>", "eval"), names)  # noqa: S307 - as above


def _iso(_: Decoder, __: int, text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
DECODERS: dict[str, Callable[..., Any]] = {
    "i": _big_int,
    "c": _complex,
    "r": _range,
    "l": lambda decoder, depth, items: decoder.nodes(items, depth),
    "t": lambda decoder, depth, items: tuple(decoder.nodes(items, depth)),
    "s": lambda decoder, depth, items: set(decoder.keys(items, depth)),
    "f": lambda decoder, depth, items: frozenset(decoder.keys(items, depth)),
    "d": _dict,
    "dd": lambda _, __, ordinal: dt.date.fromordinal(ordinal),
    "dt": _iso,
    "de": lambda _, __, days, seconds, microseconds: dt.timedelta(days, seconds, microseconds),
    "a": lambda decoder, _, dtype, shape, place: decoder.array(dtype, shape, place),
    "o": _objects,
    "n": _numpy_scalar,
    "T": _tensor,
    "h": _handle,
    "g": _generator,
    "py": _function,
}

codec_tables.register(ENCODERS, DECODERS)
