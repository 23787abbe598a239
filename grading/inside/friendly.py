"""From an exception to one plain sentence, the learner's own line, and a likely mend."""

from __future__ import annotations

import builtins
import difflib
import linecache
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from grading.inside.mends import mend_for

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

MESSAGE_LENGTH = 2000
TEXT_LENGTH = 20_000
TRACEBACK_LENGTH = 8000
CODE_LENGTH = 160
_FRAMES = 20
_OURS = ("/grading/", "/IPython/", "/traitlets/", "<given by the check>")

CellOf = Callable[[str], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An exception as people read it.

    `message` says what happened, `hint` what may mend it (empty when we do not know); `raw` is the exception's own text. `cell` and `line`
    name the innermost line of the notebook (index from 0, line from 1), `code` is that line.
    """

    name: str
    message: str
    hint: str = ""
    raw: str = ""
    cell: int | None = None
    line: int | None = None
    code: str = ""
    traceback: str = ""
    kinds: tuple[str, ...] = ()


def explain(error: BaseException, cell_of: CellOf, *, within: int | None = None) -> Explained:
    """Describe an exception. `within` prefers the innermost line of that cell, else the innermost of any cell counts.

    Never raises: an exception whose own text cannot be made is described by its class.
    """
    kind = type(error)
    frames = [(frame, number) for frame, number in _frames(error.__traceback__) if cell_of(frame.f_code.co_filename) is not None]
    here = [pair for pair in frames if cell_of(pair[0].f_code.co_filename) == within] or frames
    cell, line, code = _place(error, here, cell_of)
    raw = text_of(error)
    message, hint = _sentences(error, raw, frames[-1][0] if frames else None)
    return Explained(
        name=kind.__name__[:80],
        message=message[:MESSAGE_LENGTH],
        hint=hint[:MESSAGE_LENGTH],
        raw=raw[:MESSAGE_LENGTH],
        cell=cell,
        line=line,
        code=code[:CODE_LENGTH],
        traceback=_traceback(error, cell_of),
        kinds=tuple(base.__name__[:80] for base in kind.__mro__[:12]),
    )


def text_of(error: BaseException) -> str:
    """The exception's own text, cut to size; its class's name where the text cannot be made."""
    try:
        return str(error)[:TEXT_LENGTH]
    except BaseException:  # noqa: BLE001 - a learner's __str__ may raise anything, SystemExit included
        return type(error).__name__


def nearest(name: object, names: Any) -> str | None:
    """The name a person may have meant, if one is close enough."""
    if not isinstance(name, str):
        return None
    candidates = [other for other in names if isinstance(other, str) and other != name][:5000]
    same = [other for other in candidates if other.casefold() == name.casefold()]
    found = same or difflib.get_close_matches(name, candidates, n=1, cutoff=0.7)
    return found[0] if found else None


def _sentences(error: BaseException, raw: str, frame: FrameType | None) -> tuple[str, str]:
    try:
        found = mend_for(error, raw, frame, nearest)
    except BaseException:  # noqa: BLE001 - looking for a mend touches learners' objects, which may raise anything
        found = None
    if found is not None:
        return found
    return (raw.strip() or f"{type(error).__name__} was raised without a text."), ""


def _frames(start: TracebackType | None) -> list[tuple[FrameType, int]]:
    return [(frame, number) for frame, number in traceback.walk_tb(start)][-400:]


def _place(error: BaseException, frames: list[tuple[FrameType, int]], cell_of: CellOf) -> tuple[int | None, int | None, str]:
    if isinstance(error, SyntaxError) and error.filename and cell_of(error.filename) is not None:
        return cell_of(error.filename), error.lineno, (error.text or "").strip()
    if not frames:
        return None, None, ""
    frame, number = frames[-1]
    filename = frame.f_code.co_filename
    return cell_of(filename), number, linecache.getline(filename, number).strip()


def _traceback(error: BaseException, cell_of: CellOf) -> str:
    """As Python prints it, from the notebook's first line on, with cells named as people see them."""
    frames = _frames(error.__traceback__)
    is_theirs = [cell_of(frame.f_code.co_filename) is not None for frame, _ in frames]
    first = is_theirs.index(True) if True in is_theirs else len(frames)
    kept = [(frame, number) for frame, number in frames[first:] if not _is_ours(frame.f_code.co_filename)]
    lines = ["Traceback (most recent call last):"] if kept else []
    if len(kept) > _FRAMES:
        kept = kept[: _FRAMES // 2] + kept[-_FRAMES // 2 :]
    for frame, number in kept:
        filename = frame.f_code.co_filename
        cell = cell_of(filename)
        place = f"Cell {cell + 1}" if cell is not None else f'File "{_short(filename)}"'
        lines += [
            f"  {place}, line {number}, in {frame.f_code.co_name}",
            f"    {linecache.getline(filename, number).strip()[:CODE_LENGTH]}",
        ]
    lines.append(f"{type(error).__name__}: {text_of(error)}")
    return "\n".join(lines)[-TRACEBACK_LENGTH:]


def _is_ours(filename: str) -> bool:
    return any(part in filename for part in _OURS)


def _short(filename: str) -> str:
    """A library's file without the folders of the machine it is on."""
    for mark in ("/site-packages/", "/lib/python3.11/"):
        if mark in filename:
            return filename.rpartition(mark)[2]
    return filename.rpartition("/")[2]
