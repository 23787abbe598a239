"""What to say about the exceptions that learners meet most: one sentence, and a likely mend.

Each entry looks at one kind of exception. It may raise: its caller falls back to the exception's own text.
"""

from __future__ import annotations

import builtins
import errno
import keyword
import linecache
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from grading.inside.patterns import INDEXES, SYNTAX, TENSORS, TYPES, VALUES, Patterns, Sentences, told, with_article

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

Nearest = Callable[[object, Iterable[Any]], str | None]
_PACKAGES = ("numpy", "pandas", "scipy", "sklearn", "matplotlib", "torch", "coursekit", "fastapi", "pydantic", "pytest", "IPython")
Mend = Callable[[Any, str, FrameType | None, Nearest], Sentences | None]

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


def mend_for(error: BaseException, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    """A sentence and a hint for this exception, or None when we have nothing better than its own text."""
    for kind, sentences in _KINDS:
        if isinstance(error, kind) and (found := sentences(error, raw, frame, nearest)) is not None:
            return found
    return None


def _name(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    name = getattr(error, "name", None)
    if isinstance(error, UnboundLocalError) and (found := re.search(r"variable '(\w+)'", raw)):
        return (
            f"`{found[1]}` is used here before it has a value in this function.",
            "A name that is set anywhere in a function is local to all of it.",
        )
    if not name:
        return None
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
    what = f"The module {owner.__name__}" if isinstance(owner, type(sys)) else f"{with_article(type(owner).__name__)}"
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


def _by_text(patterns: Patterns) -> Mend:
    return lambda error, raw, frame, nearest: told(patterns, raw, frame)


def _zero(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences:
    return "Something is divided by zero on this line.", "Decide what the result should be when the divisor is 0, and return that."


def _syntax(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences:
    error = _without_ipython(error)
    text = str(error.msg or "invalid syntax")
    line = f" on line {error.lineno}" if isinstance(error.lineno, int) else ""
    if (known := told(SYNTAX, text, frame)) is not None:
        return f"{known[0]}{line}.", known[1]
    words = error.text.split() if isinstance(error.text, str) else []
    tip = "" if words and words[0] in keyword.kwlist else "Look at the end of the line before it, too."
    return f"Python cannot read this{line}: {text}.", tip


def _without_ipython(error: Any) -> Any:
    """IPython says "incomplete input" for what is never closed; Python itself knows which bracket or quote it is."""
    if "incomplete input" not in str(error.msg):
        return error
    try:
        compile("".join(linecache.getlines(str(error.filename))), "<cell>", "exec")
    except SyntaxError as plain:
        return plain
    return error


def _import(error: Any, raw: str, frame: FrameType | None, nearest: Nearest) -> Sentences | None:
    name = getattr(error, "name", None)
    if isinstance(error, ModuleNotFoundError) and name:
        near = nearest(name, _PACKAGES) or nearest(name, sys.stdlib_module_names)
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


def _fixed(message: str, hint: str) -> Mend:
    return lambda *_: (message, hint)


def _did_you_mean(near: str | None, names: list[Any]) -> str:
    return f"Did you mean `{near}`?" if near else _listed("Its columns are", names)


def _listed(start: str, names: Iterable[Any]) -> str:
    texts = [str(name)[:40] for name in names]
    if not texts:
        return ""
    more = f" and {len(texts) - 8} more" if len(texts) > 8 else ""
    return f"{start} {', '.join(texts[:8])}{more}."


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


_KINDS: list[tuple[type[BaseException], Mend]] = [
    (NameError, _name),
    (AttributeError, _attribute),
    (KeyError, _key),
    (IndexError, _by_text(INDEXES)),
    (SyntaxError, _syntax),
    (ImportError, _import),
    (FileNotFoundError, _file),
    (PermissionError, _permission),
    (ValueError, _by_text(VALUES)),
    (TypeError, _by_text(TYPES)),
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
    (RuntimeError, _by_text(TENSORS)),
    (RuntimeError, _own_text),
]
