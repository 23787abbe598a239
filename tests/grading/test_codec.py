"""Values survive the way between the two processes, and nothing else does."""

import collections
import contextlib
import datetime as dt
import enum
import pickle
import struct
from typing import NamedTuple

import msgpack
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading.checks.differences import difference
from grading.codec import SeededGenerator, SourceCode, decode, encode
from grading.codec_limits import CodecError

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20) | st.complex_numbers()
keys = (
    st.integers(-(2**63), 2**63)
    | st.text(max_size=8)
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.tuples(st.text(max_size=3), st.integers(0, 9))
)
arrays = hnp.arrays(
    hnp.boolean_dtypes()
    | hnp.integer_dtypes(endianness="?")
    | hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64))
    | hnp.complex_number_dtypes(sizes=(64, 128)),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(keys, inner, max_size=5)
        | st.sets(keys, max_size=5)
    ),
    max_leaves=20,
)
fuzz = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def same(left, right):
    """Deeply the same, types and dtypes included; nan is nan."""
    if type(left) is np.ndarray:
        native = left.dtype.newbyteorder("=") if left.dtype.byteorder == ">" else left.dtype
        return (
            type(right) is np.ndarray
            and right.dtype == native
            and right.shape == left.shape
            and left.astype(native).tobytes() == right.tobytes()
        )
    if type(left) is not type(right):
        return False
    if type(left) in {list, tuple}:
        return len(left) == len(right) and all(map(same, left, right))
    if type(left) is dict:
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return pickle.dumps(left) == pickle.dumps(right) or left == right


@fuzz
@given(values)
def test_what_goes_in_comes_out(value):
    assert same(value, decode(encode(value)))


@fuzz
@given(values, st.data())
def test_damaged_frames_raise_only_codec_error(value, data):
    raw = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    with contextlib.suppress(CodecError):
        decode(bytes(raw))


TABLE = pd.DataFrame(
    {
        "count": [1, 2, 3],
        "share": [0.5, float("nan"), float("inf")],
        "name": ["x", None, "z"],
        "kind": pd.Categorical(["u", "v", "u"], ordered=True),
        "day": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
        "local": pd.to_datetime(["2024-01-01"] * 3).tz_localize("Europe/Berlin"),
        "maybe": pd.array([1, None, 3], dtype="Int64"),
        "yes": pd.array([True, None, False], dtype="boolean"),
        "mixed": np.array([1, "a", None], dtype=object),
    }
)


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.iloc[:0],
        TABLE.set_index(["count", "name"]),
        TABLE.set_index("day"),
        pd.DataFrame(),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
    ],
)
def test_tables_travel_whole(table):
    pd.testing.assert_frame_equal(decode(encode(table)), table)


@pytest.mark.parametrize("name", list(TABLE))
def test_series_of_every_kind_travel(name):
    pd.testing.assert_series_equal(decode(encode(TABLE[name])), TABLE[name])


@pytest.mark.parametrize(
    "value",
    [
        range(3, 9, 2),
        frozenset({1}),
        dt.date(2024, 5, 1),
        dt.datetime(2024, 5, 1, 3),
        dt.timedelta(1, 2, 3),
        pd.Timestamp("2024", tz="UTC"),
        pd.Timedelta(3, "h"),
        np.float32(1.5),
        np.int8(-3),
        np.bool_(True),
        np.datetime64("2024-01-01"),
        2**900,
        -(2**900),
        "half a pair \ud800",
    ],
)
def test_other_plain_values_travel(value):
    got = decode(encode(value))
    assert got == value
    assert type(got) is type(value)


def test_dicts_of_the_library_arrive_as_plain_dicts():
    counter, ordered = collections.Counter("aab"), collections.OrderedDict(a=1)
    nested = collections.defaultdict(list, {"x": [1]})
    assert [decode(encode(value)) for value in (counter, ordered, nested)] == [{"a": 2, "b": 1}, {"a": 1}, {"x": [1]}]


class Loud(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Array(np.ndarray):
    pass


class Colour(enum.IntEnum):
    RED = 1


class Pair(NamedTuple):
    a: int


class Evil:
    def __reduce__(self):
        return (print, ("pwned",))

    def __array__(self, *_, **__):
        return np.zeros(3)

    __class__ = list  # a lie that isinstance believes


@pytest.mark.parametrize(
    "value",
    [
        Loud(1),
        np.zeros(2).view(Array),
        np.matrix([1]),
        np.ma.array([1]),
        Colour.RED,
        Pair(1),
        Evil(),
        object(),
        len,
        type,
        lambda: 1,
        Ellipsis,
        memoryview(b"a"),
    ],
)
def test_subclasses_and_objects_never_travel(value):
    with pytest.raises(CodecError, match="cannot travel"):
        encode(value)
    with pytest.raises(CodecError):
        encode([value])
    handles = []
    raw = encode({"in": [value]}, handle_of=lambda each: handles.append(each) or len(handles) - 1)
    assert handles == [value] or handles[0] is value
    assert decode(raw, handle_from=lambda number, name: (number, name))["in"][0][0] == 0


def test_what_is_too_much_is_refused_before_it_is_built():
    loop = []
    loop.append(loop)
    deep = [1]
    for _ in range(40):
        deep = [deep]
    wide = [0]
    for _ in range(12):
        wide = [wide] * 10  # ten to the twelfth items in 130 lists
    terabytes = np.broadcast_to(np.float64(1.0), (10**6, 10**6))
    for value in (
        loop,
        deep,
        wide,
        terabytes,
        "x" * 5_000_000,
        b"x" * 70_000_000,
        1 << 100_000,
        np.zeros(2, dtype="i4,f8"),
        np.array([object()]),
        [0] * 200_001,
    ):
        with pytest.raises(CodecError):
            encode(value)


def test_arrays_are_views_that_cannot_be_written_and_copies_where_trusted():
    raw = encode(np.arange(3.0))
    with pytest.raises(ValueError, match="read-only"):
        decode(raw)[0] = 9
    mine = decode(raw, trusted=True)
    mine[0] = 9
    assert decode(raw)[0] == 0


def forged(tree, buffers=()):
    """A frame as an attacker would write it."""
    head = msgpack.packb([tree, [len(part) for part in buffers]])
    raw = struct.pack("!I", len(head)) + head
    raw += bytes(-len(raw) % 16)
    for part in buffers:
        raw += part + bytes(-len(part) % 16)
    return raw


def test_the_forger_can_write_an_honest_frame():
    assert decode(forged(["a", "<f8", [1], 0], [struct.pack("<d", 2.5)]))[0] == 2.5


@pytest.mark.parametrize(
    ("tree", "buffers"),
    [
        (["a", "<f8", [2], 0], [bytes(8)]),
        (["a", "<f8", [-1], 0], [bytes(8)]),
        (["a", "<f8", [True], 0], [bytes(8)]),
        (["a", "|O", [1], 0], [bytes(8)]),
        (["a", "<f8,<f8", [1], 0], [bytes(16)]),
        (["a", "<f8", [1], 7], [bytes(8)]),
        (["a", "<f8", [1], -1], [bytes(8)]),
        (["a", "<f8", [0, 2**62], 0], [b""]),
        (["a", "<f8", [1] * 40, 0], [bytes(8)]),
        (["a", "|b1", [1], 0], [b"\x02"]),
        (["n", "|b1", b"\x02"], []),
        (["n", "<f8", b"\x02"], []),
        (["o", "O", [3], [1, 2]], []),
        (["o", "U", [1], [3]], []),
        (["py", "__import__('os').system('true')"], []),
        (["g", 3], []),
        (["h", 1, "x"], []),
        (["d", [1], []], []),
        (["d", [["l", []]], [1]], []),
        (["s", [["c", 1.0, 2.0]]], []),
        (["i", "0x" + "f" * 100_000], []),
        (["i", "not a number"], []),
        (["dt", "soon"], []),
        (["r", 1, 2, 0], []),
        (["S", ["range", 0, 2**60, 1, None], ["numpy", ["a", "<f8", [1], 0]], None], [bytes(8)]),
        (["D", ["range", 0, 1, 1, None], ["range", 0, 2, 1, None], []], []),
        (["S", ["range", 0, 1, 1, None], ["zoned", ["a", "<i8", [1], 0], "ns", "Mars/Base"], None], [bytes(8)]),
        (["S", ["range", 0, 1, 1, None], ["category", ["a", "|i1", [1], 0], ["text", False, []], False], None], [b"\x05"]),
        (["nonsense"], []),
        ([], []),
        ([3], []),
        ({"a": 1}, []),
        (msgpack.ExtType(5, b"x"), []),
    ],
)
def test_forged_frames_are_refused(tree, buffers):
    with pytest.raises(CodecError):
        decode(forged(tree, buffers))


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 64, struct.pack("!I", 2**32 - 1), struct.pack("!I", 1) + b"\xc1", bytes(4)])
def test_bytes_that_are_no_frame_are_refused(raw):
    with pytest.raises(CodecError):
        decode(raw)


def test_keys_whose_hashes_collide_are_refused():
    """A hundred thousand multiples of 2**61 - 1 hash alike: the dict of them would take minutes."""
    tree = ["d", [["i", hex((2**61 - 1) * (2**64 + n))] for n in range(10)], list(range(10))]
    with pytest.raises(CodecError):
        decode(forged(tree))


def test_only_the_checker_may_send_generators_and_functions():
    generator = decode(encode(SeededGenerator(3)), trusted=True)
    assert generator.normal() == np.random.default_rng(3).normal()
    assert decode(encode(SourceCode("lambda x: np.sqrt(x)")), trusted=True)(4) == 2
    assert decode(encode(SourceCode("def square(x):\n    return x * x")), trusted=True)(4) == 16


def test_tensors_arrive_as_arrays_and_arrays_as_tensors_where_asked():
    torch = pytest.importorskip("torch")
    half = torch.ones(2, dtype=torch.bfloat16, requires_grad=True)
    assert difference(decode(encode([torch.ones(2, 3), half])), [np.ones((2, 3), dtype="f4"), np.ones(2, dtype="f4")]) is None
    sent = decode(encode(([1, np.ones(2)], {}), tensors=True), trusted=True)
    assert type(sent[0][1]) is torch.Tensor
