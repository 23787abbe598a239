"""The map as coordinates: discs on columns and rows, and edges that leave level, turn before their target and enter level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

WIDTH: Final = 1160
LEFT: Final = 20
TOP: Final = 4
DISC: Final = 11  # radius
WIDEST_COLUMN: Final = 182
ROW: Final = 86
LETTER: Final = 6.9  # px, the average of a label's letters
LINES: Final = 2  # of a title, that fit into a row; each more makes it taller
LINE: Final = 17
TURN: Final = 25  # px before the target
CORNER: Final = 12


class Placed(Protocol):
    """What the drawing needs to know of a lesson."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def col(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def prerequisites(self) -> tuple[str, ...]: ...
    @property
    def is_done(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Edge:
    """From lesson `a` to lesson `b`; dim until `a` is passed."""

    a: str
    b: str
    path: str
    is_dim: bool


@dataclass(frozen=True, slots=True)
class Band:
    """The drawing of one stage; `tops` is where each row begins."""

    column: int
    tops: tuple[int, ...]
    height: int
    edges: tuple[Edge, ...]

    @property
    def label(self) -> int:
        return _label_width(self.column)


def draw(lessons: Sequence[Placed]) -> Band:
    """Place one stage; needs from other stages are not drawn, they stand as numbers at the lesson."""
    columns = max((lesson.col for lesson in lessons), default=0) + 1
    rows = max((lesson.row for lesson in lessons), default=0) + 1
    column = min(WIDEST_COLUMN, (WIDTH - LEFT) // columns)
    *tops, height = _tops(lessons, rows, column)
    here = {lesson.slug: lesson for lesson in lessons}
    taken = {(lesson.col, lesson.row) for lesson in lessons}
    edges = []
    for lesson in lessons:
        for need in _direct(lesson, here):
            path = _path(here[need], lesson, taken, column, tops)
            edges.append(Edge(a=need, b=lesson.slug, path=path, is_dim=not here[need].is_done))
    edges.sort(key=lambda edge: not edge.is_dim)  # lit lines lie on top
    return Band(column=column, tops=tuple(tops), height=height, edges=tuple(edges))


def _tops(lessons: Sequence[Placed], rows: int, column: int) -> list[int]:
    """Where each row begins, and where the last one ends: a row is as tall as its longest title."""
    tops = [0]
    for row in range(rows):
        lines = max((_lines(lesson.title, column) for lesson in lessons if lesson.row == row), default=1)
        tops.append(tops[-1] + ROW + LINE * max(0, lines - LINES))
    return tops


def _label_width(column: int) -> int:
    """What a label may take without touching the line that turns down beside it."""
    return column - TURN - DISC - 6


def _lines(title: str, column: int) -> int:
    """How many lines a title takes, near enough; words stay whole."""
    room, used, lines = _label_width(column) / LETTER, 0.0, 1
    for word in title.split():
        if used and used + 1 + len(word) > room:
            used, lines = 0.0, lines + 1
        used += len(word) + (1 if used else 0)
    return lines


def _direct(lesson: Placed, here: Mapping[str, Placed]) -> Iterable[str]:
    """Needs inside the stage, without those that another need already stands on: their line would say nothing new."""
    needs = [slug for slug in lesson.prerequisites if slug in here]
    return [slug for slug in needs if not any(_stands_on(other, slug, here) for other in needs if other != slug)]


def _stands_on(slug: str, base: str, here: Mapping[str, Placed]) -> bool:
    inside = [need for need in here[slug].prerequisites if need in here]
    return base in inside or any(_stands_on(need, base, here) for need in inside)


def _path(a: Placed, b: Placed, taken: set[tuple[int, int]], column: int, tops: Sequence[int]) -> str:
    x1, y1 = _centre(a, column, tops)
    x2, y2 = _centre(b, column, tops)
    if y1 == y2:
        return f"M{x1},{y1} H{x2}"
    turn = _turn_column(a, b, taken)
    x = LEFT + DISC + turn * column - TURN
    down = 1 if y2 > y1 else -1
    corner = min(CORNER, abs(y2 - y1) // 2)
    return f"M{x1},{y1} H{x - corner} Q{x},{y1} {x},{y1 + down * corner} V{y2 - down * corner} Q{x},{y2} {x + corner},{y2} H{x2}"


def _turn_column(a: Placed, b: Placed, taken: set[tuple[int, int]]) -> int:
    """The column before which the line turns: as late as possible, unless it would run through a lesson on the way."""
    if a.row == b.row:
        return b.col
    return next((turn for turn in range(b.col, a.col, -1) if not _in_the_way(a, b, turn, taken)), b.col)


def _in_the_way(a: Placed, b: Placed, turn: int, taken: set[tuple[int, int]]) -> bool:
    before = any((col, a.row) in taken for col in range(a.col + 1, turn))
    return before or any((col, b.row) in taken for col in range(turn, b.col))


def _centre(lesson: Placed, column: int, tops: Sequence[int]) -> tuple[int, int]:
    return LEFT + DISC + lesson.col * column, TOP + DISC + tops[lesson.row]
