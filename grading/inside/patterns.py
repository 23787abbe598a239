"""Exceptions that are best told by their text: a pattern, what to say, and a likely mend."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType

Sentences = tuple[str, str]
Told = Callable[[re.Match[str], str, FrameType | None], Sentences]
Patterns = list[tuple[re.Pattern[str], Told]]

_SHAPE = r"\([\d, ]*\)"
_FROM_THE_RIGHT = "Compare them from the right: each pair must be equal, or one of them 1."
_INNER = "The last length of the first must equal the first length of the second."


def told(patterns: Patterns, raw: str, frame: FrameType | None) -> Sentences | None:
    """The sentences of the first pattern that occurs in an exception's own text."""
    for pattern, sentences in patterns:
        if found := pattern.search(raw):
            return sentences(found, raw, frame)
    return None


def with_article(name: str, *, start: bool = True) -> str:
    """A type as people say it: "A list", "an array"."""
    known = {"str": "text", "int": "whole number", "float": "number", "ndarray": "array", "DataFrame": "table", "NoneType": "None"}
    word = known.get(name.rpartition(".")[2], name.rpartition(".")[2])
    article = "" if word in {"text", "None"} else "an " if word[0].lower() in "aeiou" else "a "
    whole = article + word
    return whole[0].upper() + whole[1:] if start else whole


def _entry(pattern: str, sentences: Told) -> tuple[re.Pattern[str], Told]:
    return re.compile(pattern, re.DOTALL), sentences


def _ambiguous(found: re.Match[str], raw: str, frame: FrameType | None) -> Sentences:
    thing = {"DataFrame": "table", "Series": "series"}.get(found[1], "array")
    message = f"An `if`, `and` or `or` needs one yes or no, and this {thing} holds many."
    return message, "Use `.any()` or `.all()`, or `&` and `|` between conditions."


def _unpacked(found: re.Match[str], raw: str, frame: FrameType | None) -> Sentences:
    got = f"{found[3]} came" if found[3] else "more came" if found[1] == "too many" else "fewer came"
    return f"{found[2]} values were expected on the left, and {got}.", "Print the value on the right before taking it apart."


def _inner_lengths(found: re.Match[str], raw: str, frame: FrameType | None) -> Sentences:
    """numpy names two lengths only: the arrays at hand tell more."""
    numpy = sys.modules.get("numpy")
    near = {} if frame is None else frame.f_locals
    arrays = {name: value.shape for name, value in near.items() if numpy is not None and type(value) is numpy.ndarray}
    shapes = [f"`{name}` has shape {shape}" for name, shape in arrays.items() if not name.startswith("_")][:3]
    return f"The inner lengths of this matrix product differ: {found[2]} and {found[1]}.", f"{', '.join(shapes)}." if shapes else _INNER


VALUES: Patterns = [
    _entry(r"truth value of an? (\w+)", _ambiguous),
    _entry(
        rf"could not be broadcast together with (?:remapped )?shapes ({_SHAPE}) ({_SHAPE})",
        lambda found, *_: (f"Shapes {found[1]} and {found[2]} do not fit together.", _FROM_THE_RIGHT),
    ),
    _entry(
        rf"shapes ({_SHAPE}) and ({_SHAPE}) not aligned",
        lambda found, *_: (f"A product of shapes {found[1]} and {found[2]} is not defined.", _INNER),
    ),
    _entry(r"matmul: .*\(size (\d+) is different from (\d+)\)", _inner_lengths),
    _entry(
        r"cannot reshape array of size (\d+) into shape (.+)",
        lambda found, *_: (
            f"{found[1]} values cannot be arranged in shape {found[2]}.",
            "The product of the new lengths must be the number of values.",
        ),
    ),
    _entry(r"(not enough|too many) values to unpack \(expected (\d+)(?:, got (\d+))?\)", _unpacked),
    _entry(
        r"(?:invalid literal for int\(\) with base \d+|could not convert string to float): (.+)",
        lambda found, *_: (
            f"The text {found[1][:80]} is not a number.",
            "Clean it first: strip spaces, currency signs and thousands separators.",
        ),
    ),
    _entry(
        r"Input (?:\w+ )?contains NaN",
        lambda *_: ("The data given to this model has missing values.", "Fill or drop them first."),
    ),
]
INDEXES: Patterns = [
    _entry(
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        lambda found, *_: (
            f"Index {found[1]} is outside axis {found[2]}, which has {found[3]} entries.",
            "Indices count from 0: the last is the length minus 1.",
        ),
    ),
    _entry(
        r"(list|tuple|string) (?:assignment )?index out of range",
        lambda found, *_: (f"An index is past the end of a {found[1]}.", "Indices count from 0: the last is the length minus 1."),
    ),
]
TENSORS: Patterns = [
    _entry(
        r"mat1 and mat2 shapes cannot be multiplied \((\w+) and (\w+)\)",
        lambda found, *_: (f"A matrix product of {found[1]} and {found[2]} is not defined.", _INNER),
    ),
    _entry(
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        lambda found, *_: (
            f"Two tensors differ along dimension {found[3]}: {found[1]} and {found[2]}.",
            "Print both shapes just above this line.",
        ),
    ),
    _entry(
        r"expected .*scalar type (\w+) but found (\w+)",
        lambda found, *_: (
            f"A tensor of type {found[2]} met one of type {found[1]}.",
            f"Convert it, for example with `.to(torch.{found[1].lower()})`.",
        ),
    ),
]
TYPES: Patterns = [
    _entry(
        r"unhashable type: '([\w.]+)'",
        lambda found, *_: (
            f"{with_article(found[1])} cannot be a key of a dict or a member of a set.",
            "Use a tuple instead." if found[1] == "list" else "",
        ),
    ),
    _entry(
        r"'NoneType' object is not|unsupported operand .*'NoneType'|not supported between .*'NoneType'",
        lambda *_: ("A value on this line is None.", "Is a `return` missing in the function that made it?"),
    ),
    _entry(
        r"'([\w.]+)' object is not callable",
        lambda found, *_: (
            f"{with_article(found[1])} was called like a function.",
            "Is a variable named like a function, or is an operator missing before `(`?",
        ),
    ),
    _entry(
        r"can only concatenate (\w+) \(not \"([\w.]+)\"\) to \w+",
        lambda found, *_: (
            f"{with_article(found[2])} cannot be added to {with_article(found[1], start=False)}.",
            "Convert one of them first.",
        ),
    ),
    _entry(
        r"unsupported operand type\(s\) for (\S+): '([\w.]+)' and '([\w.]+)'",
        lambda found, *_: (
            f"`{found[1]}` does not work between {with_article(found[2], start=False)} and {with_article(found[3], start=False)}.",
            "",
        ),
    ),
    _entry(
        r"unexpected keyword argument '(\w+)'",
        lambda found, *_: (f"A function was given the argument `{found[1]}`, which it does not take.", ""),
    ),
]
SYNTAX: Patterns = [
    _entry(
        r"expected an indented block", lambda *_: ("Something indented is missing", "Indent the lines that belong to it by four spaces.")
    ),
    _entry(
        r"inconsistent use of tabs|^(?:unindent|unexpected indent)",
        lambda *_: ("The indentation does not fit", "Lines of one block start in the same column, with spaces only."),
    ),
    _entry(
        r"'(.)' was never closed",
        lambda found, *_: (f"The bracket `{found[1]}` is never closed: it opens", "Count the brackets on that line and the ones below."),
    ),
    _entry(r"unterminated", lambda *_: ("A text is never closed: it begins", "Add the missing quote.")),
    _entry(r"expected ':'", lambda *_: ("A `:` is missing", "Lines with def, if, for, while, class or else end with one.")),
    _entry(r"Maybe you meant '=='", lambda *_: ("`=` stands where a comparison is expected", "Use `==` to compare.")),
    _entry(r"Missing parentheses in call to 'print'", lambda *_: ("print needs brackets", "Write `print(...)`.")),
]
