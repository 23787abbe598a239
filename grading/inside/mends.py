"""What to say about the exceptions that learners meet most: one sentence, and a likely mend.

Each entry looks at one kind of exception. It may raise: its caller falls back to the exception's own text.
"""

from __future__ import annotations

import builtins
import errno
import keyword
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

Nearest = Callable[[object, Iterable[Any]], str | None]
Sentences = tuple[str, str]

_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy as np",
    "pd": "import pandas as pd",
    "pandas": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "torch": "import torch",
    "nn": "from torch import nn",
    "math": "import math",
    "random": "import random",
    "re": "import re",
    "json": "import json",
    "os": "import os",
    "sys": "import sys",
    "time": "import time",
    "itertools": "import itertools",
    "collections": "import collections",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "Path": "from pathlib import Path",
}
_SHAPE = r"\([\d, ]*\)"


def mend_for(error: BaseException, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    """A sentence and a hint for this exception, or None when we have nothing better than its own text."""
    for kind, sentences in _KINDS:
        if isinstance(error, kind) and (found := sentences(error, raw, frame, nearest)) is not None:
            return found
    return None


def _name(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    name = getattr(error, "name", None)
    if not name:
        return None
    if isinstance(error, UnboundLocalError):
        return (
            f"`{name}` is used here before it has a value in this function.",
            "A name that is set anywhere in a function is local to all of it.",
        )
    message = f"There is no name `{name}` here."
    if name in _IMPORTS:
        return message, f"Add `{_IMPORTS[name]}` above."
    known = [] if frame is None else [*frame.f_locals, *frame.f_globals, *dir(builtins)]
    near = nearest(name, [other for other in known if not str(other).startswith("_")])
    return message, f"Did you mean `{near}`?" if near else "Is the cell that defines it above this one?"


def _attribute(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    name, owner = getattr(error, "name", None), getattr(error, "obj", None)
    if not name:
        return None
    if owner is None:
        return f"This value is None, and None has no `{name}`.", "Is a `return` missing in the function that made it?"
    if (table := _table_columns(owner)) is not None:
        near = nearest(name, [*table, *dir(type(owner))])
        return f"This table has no column or method `{name}`.", _did_you_mean(near, table)
    what = f"The module {owner.__name__}" if isinstance(owner, type(sys)) else f"{_article(type(owner).__name__)}"
    near = nearest(name, dir(owner))
    return f"{what} has no attribute `{name}`.", f"Did you mean `{near}`?" if near else ""


def _key(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    key = error.args[0] if error.args else None
    shown = f"`{key}`" if isinstance(key, str) and len(key) < 80 else raw[:200]
    table = _table_in(error)
    if table is not None:
        return f"This table has no column {shown}.", _did_you_mean(nearest(key, table), table)
    if len(error.args) != 1 or not isinstance(key, str | int | float | tuple | bool | type(None)):
        return None
    keys = _keys_in_sight(frame, key)
    near = nearest(key, keys)
    return f"There is no key {shown} in this dict.", f"Did you mean `{near}`?" if near else _listed("Its keys are", keys)


def _index(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if found := re.search(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", raw):
        index, axis, size = found.groups()
        return f"Index {index} is outside axis {axis}, which has {size} entries.", "Indices count from 0: the last is the length minus 1."
    if found := re.search(r"(list|tuple|string) index out of range", raw):
        return f"An index is past the end of a {found[1]}.", "Indices count from 0: the last is the length minus 1."
    return None


def _value(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if "truth value of a" in raw:
        thing = "table" if "DataFrame" in raw else "series" if "Series" in raw else "array"
        return (
            f"An `if`, `and` or `or` needs one yes or no, and this {thing} holds many.",
            "Use `.any()` or `.all()`, or `&` and `|` between conditions.",
        )
    if found := re.search(rf"could not be broadcast together with (?:remapped )?shapes ({_SHAPE}) ({_SHAPE})", raw):
        return (
            f"Shapes {found[1]} and {found[2]} do not fit together.",
            "Compare them from the right: each pair must be equal, or one of them 1.",
        )
    if found := re.search(rf"shapes ({_SHAPE}) and ({_SHAPE}) not aligned", raw):
        return (
            f"A product of shapes {found[1]} and {found[2]} is not defined.",
            "The last length of the first must equal the first length of the second.",
        )
    if found := re.search(r"matmul: .*\(size (\d+) is different from (\d+)\)", raw):
        return f"The inner lengths of this matrix product differ: {found[2]} and {found[1]}.", _matrix_shapes(frame)
    if found := re.search(r"cannot reshape array of size (\d+) into shape (.+)", raw):
        return f"{found[1]} values cannot be arranged in shape {found[2]}.", "The product of the new lengths must be the number of values."
    if found := re.search(r"(not enough|too many) values to unpack \(expected (\d+)(?:, got (\d+))?\)", raw):
        got = f"{found[3]} came" if found[3] else "more came" if found[1] == "too many" else "fewer came"
        return f"{found[2]} values were expected on the left, and {got}.", "Print the value on the right before taking it apart."
    if found := re.search(r"invalid literal for int\(\) with base \d+: (.+)|could not convert string to float: (.+)", raw):
        return f"The text {found[1] or found[2]} is not a number.", "Clean it first: strip spaces, currency signs and thousands separators."
    if "Input contains NaN" in raw or "Input X contains NaN" in raw:
        return "The data given to this model has missing values.", "Fill or drop them first."
    return None


def _torch_shapes(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if found := re.search(r"mat1 and mat2 shapes cannot be multiplied \((\w+) and (\w+)\)", raw):
        return (
            f"A matrix product of {found[1]} and {found[2]} is not defined.",
            "The second length of the first must equal the first length of the second.",
        )
    if found := re.search(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)", raw):
        return f"Two tensors differ along dimension {found[3]}: {found[1]} and {found[2]}.", "Print both shapes just above this line."
    if found := re.search(r"expected .*scalar type (\w+) but found (\w+)", raw):
        return f"A tensor of type {found[2]} met one of type {found[1]}.", f"Convert it, for example with `.to(torch.{found[1].lower()})`."
    return None


def _type(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if found := re.search(r"unhashable type: '([\w.]+)'", raw):
        tip = "Use a tuple instead." if found[1] == "list" else ""
        return f"{_article(found[1])} cannot be a key of a dict or a member of a set.", tip
    if "'NoneType'" in raw and ("object is not" in raw or "unsupported operand" in raw or "not supported between" in raw):
        return "A value on this line is None.", "Is a `return` missing in the function that made it?"
    if found := re.search(r"'([\w.]+)' object is not callable", raw):
        return (
            f"{_article(found[1])} was called like a function.",
            "Is a variable named like a function, or is an operator missing before `(`?",
        )
    if found := re.search(r"can only concatenate (\w+) \(not \"([\w.]+)\"\) to \w+", raw):
        return f"{_article(found[2])} cannot be added to {_article(found[1], start=False)}.", "Convert one of them first."
    if found := re.search(r"unsupported operand type\(s\) for (\S+): '([\w.]+)' and '([\w.]+)'", raw):
        return f"`{found[1]}` does not work between {_article(found[2], start=False)} and {_article(found[3], start=False)}.", ""
    if found := re.search(r"unexpected keyword argument '(\w+)'", raw):
        return f"A function was given the argument `{found[1]}`, which it does not take.", ""
    return None


def _zero(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences:
    return "Something is divided by zero on this line.", "Decide what the result should be when the divisor is 0, and return that."


def _syntax(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences:
    text = str(error.msg or "invalid syntax")
    line = f" on line {error.lineno}" if isinstance(error.lineno, int) else ""
    if isinstance(error, TabError):
        return f"Tabs and spaces are mixed in the indentation{line}.", "Use four spaces everywhere."
    if "expected an indented block" in text:
        return f"Something indented is missing{line}.", "Indent the lines that belong to it by four spaces."
    if isinstance(error, IndentationError):
        return f"The indentation does not fit{line}.", "Lines of one block start in the same column."
    if found := re.search(r"'(.)' was never closed", text):
        return f"The bracket `{found[1]}` opened{line} is never closed.", "Count the brackets on that line and the ones below."
    if "unterminated" in text:
        return f"A text that begins{line} is never closed.", "Add the missing quote."
    if "expected ':'" in text:
        return f"A `:` is missing{line}.", "Lines with def, if, for, while, class or else end with one."
    if "Maybe you meant '=='" in text:
        return f"`=` stands where a comparison is expected{line}.", "Use `==` to compare."
    if "Missing parentheses in call to 'print'" in text:
        return f"print needs brackets{line}.", "Write `print(...)`."
    first = (error.text or "").split() if isinstance(error.text, str) else []
    tip = "Look at the end of the line before it, too." if not first or first[0] not in keyword.kwlist else ""
    return f"Python cannot read this{line}: {text}.", tip


def _import(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    name = getattr(error, "name", None)
    if isinstance(error, ModuleNotFoundError) and name:
        near = nearest(name, [*sys.stdlib_module_names, *(module for module in sys.modules if "." not in module)])
        return (
            f"There is no package `{name}` here.",
            f"Did you mean `{near}`?" if near else "Only the packages of the lessons are installed.",
        )
    if found := re.search(r"cannot import name '(\w+)' from '([\w.]+)'", raw):
        near = nearest(found[1], dir(sys.modules.get(found[2])))
        return f"`{found[2]}` has nothing called `{found[1]}`.", f"Did you mean `{near}`?" if near else ""
    return None


def _file(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences:
    name = Path(str(error.filename)).name
    files = sorted(path.name for path in Path().iterdir())
    near = nearest(name, files)
    return f"There is no file `{name}` in the working folder.", f"Did you mean `{near}`?" if near else _listed("It holds", files)


def _permission(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if error.errno not in {errno.EPERM, errno.EACCES}:
        return None
    return (
        "This is not allowed in a notebook here.",
        "Other programs, the network and files outside of the working folder cannot be reached.",
    )


def _own_text(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    if type(error).__name__ not in {"InputNotAvailable", "CommandNotAvailable"}:
        return None
    first, _, rest = raw.partition(". ")
    return f"{first.rstrip('.')}.", rest


def _fixed(message: str, hint: str) -> Callable[[Any, str, FrameType | None, Nearest], Sentences]:
    return lambda *_: (message, hint)


def _did_you_mean(near: str | None, names: list[Any]) -> str:
    return f"Did you mean `{near}`?" if near else _listed("Its columns are", names)


def _listed(start: str, names: Iterable[Any]) -> str:
    texts = [str(name)[:40] for name in names]
    if not texts:
        return ""
    more = f" and {len(texts) - 8} more" if len(texts) > 8 else ""
    return f"{start} {', '.join(texts[:8])}{more}."


def _article(name: str, *, start: bool = True) -> str:
    known = {"str": "text", "int": "whole number", "float": "number", "ndarray": "array", "DataFrame": "table", "NoneType": "None"}
    word = known.get(name.rpartition(".")[2], name.rpartition(".")[2])
    article = "" if word in {"text", "None"} else "an " if word[0].lower() in "aeiou" else "a "
    whole = article + word
    return whole[0].upper() + whole[1:] if start else whole


def _table_columns(owner: Any) -> list[Any] | None:
    pandas = sys.modules.get("pandas")
    return list(owner.columns) if pandas is not None and type(owner) is pandas.DataFrame else None


def _table_in(error: BaseException) -> list[Any] | None:
    """The columns of the innermost table whose own code raised this."""
    step, columns = error.__traceback__, None
    while step is not None:
        owner = step.tb_frame.f_locals.get("self")
        columns = _table_columns(owner) or columns
        step = step.tb_next
    return columns


def _keys_in_sight(frame: FrameType | None, key: object) -> list[Any]:
    """Keys of the one dict without `key` that the function at hand names; nothing when there are several."""
    if frame is None:
        return []
    names = {*frame.f_code.co_names, *frame.f_code.co_varnames}
    values = [{**frame.f_globals, **frame.f_locals}.get(name) for name in names]
    dicts = [value for value in values if type(value) is dict and key not in value]
    return list(dicts[0]) if len(dicts) == 1 else []


def _matrix_shapes(frame: FrameType | None) -> str:
    if frame is None:
        return ""
    numpy = sys.modules.get("numpy")
    named = {name: value.shape for name, value in frame.f_locals.items() if numpy is not None and type(value) is numpy.ndarray}
    shapes = [f"`{name}` is {shape}" for name, shape in named.items() if not name.startswith("_")][:4]
    return f"{', '.join(shapes)}." if shapes else "The last length of the first must equal the first length of the second."


_KINDS: list[tuple[type[BaseException], Callable[[Any, str, FrameType | None, Nearest], Sentences | None]]] = [
    (NameError, _name),
    (AttributeError, _attribute),
    (KeyError, _key),
    (IndexError, _index),
    (SyntaxError, _syntax),
    (ImportError, _import),
    (FileNotFoundError, _file),
    (PermissionError, _permission),
    (ValueError, _value),
    (TypeError, _type),
    (ZeroDivisionError, _zero),
    (
        MemoryError,
        _fixed("This needed more memory than a notebook may use here.", "Load only the columns you use, or work in smaller parts."),
    ),
    (RecursionError, _fixed("A function called itself too many times.", "Is the case in which it stops ever reached?")),
    (
        KeyboardInterrupt,
        _fixed("This was stopped at its time limit.", "A loop over many rows is often the cause; try one NumPy expression."),
    ),
    (SystemExit, _fixed("This ended Python.", "Remove the call of exit(), quit() or sys.exit().")),
    (RuntimeError, _torch_shapes),
    (RuntimeError, _own_text),
]
