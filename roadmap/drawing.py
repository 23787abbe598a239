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
ROW: Final = 82
TALL_ROW: Final = 98  # where columns are so narrow that labels take a line more
NARROW: Final = 160
TURN: Final = 25  # px before the target
CORNER: Final = 12


class Placed(Protocol):
    """What the drawing needs to know of a lesson."""

    @property
    def slug(self) -> str: ...
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
    """The drawing of one stage."""

    column: int
    row: int
    height: int
    edges: tuple[Edge, ...]

    @property
    def label(self) -> int:
        """Width that a label may take without touching the line that turns down beside it."""
        return self.column - TURN - DISC - 6


def draw(lessons: Sequence[Placed]) -> Band:
    """Place one stage; needs from other stages are not drawn, they stand as numbers at the lesson."""
    columns = max((lesson.col for lesson in lessons), default=0) + 1
    rows = max((lesson.row for lesson in lessons), default=0) + 1
    column = min(WIDEST_COLUMN, (WIDTH - LEFT) // columns)
    row = ROW if column >= NARROW else TALL_ROW
    here = {lesson.slug: lesson for lesson in lessons}
    taken = {(lesson.col, lesson.row) for lesson in lessons}
    edges = []
    for lesson in lessons:
        for need in _direct(lesson, here):
            path = _path(here[need], lesson, taken, column, row)
            edges.append(Edge(a=need, b=lesson.slug, path=path, is_dim=not here[need].is_done))
    edges.sort(key=lambda edge: not edge.is_dim)  # lit lines lie on top
    return Band(column=column, row=row, height=(rows - 1) * row + ROW, edges=tuple(edges))


def _direct(lesson: Placed, here: Mapping[str, Placed]) -> Iterable[str]:
    """Needs inside the stage, without those that another need already stands on: their line would say nothing new."""
    needs = [slug for slug in lesson.prerequisites if slug in here]
    return [slug for slug in needs if not any(_stands_on(other, slug, here) for other in needs if other != slug)]


def _stands_on(slug: str, base: str, here: Mapping[str, Placed]) -> bool:
    inside = [need for need in here[slug].prerequisites if need in here]
    return base in inside or any(_stands_on(need, base, here) for need in inside)


def _path(a: Placed, b: Placed, taken: set[tuple[int, int]], column: int, row: int) -> str:
    x1, y1 = _centre(a, column, row)
    x2, y2 = _centre(b, column, row)
    if y1 == y2:
        return f"M{x1},{y1} H{x2}"
    turn = _turn_column(a, b, taken)
    x = LEFT + DISC + turn * column - TURN
    down = 1 if y2 > y1 else -1
    corner = min(CORNER, abs(y2 - y1) // 2)
    return f"M{x1},{y1} H{x - corner} Q{x},{y1} {x},{y1 + down * corner} V{y2 - down * corner} Q{x},{y2} {x + corner},{y2} H{x2}"


def _turn_column(a: Placed, b: Placed, taken: set[tuple[int, int]]) -> int:
    """The column before which the line turns: as late as possible, unless it would run through a lesson on the way."""
    for turn in range(b.col, a.col, -1):
        before = any((col, a.row) in taken for col in range(a.col + 1, turn))
        after = any((col, b.row) in taken for col in range(turn, b.col))
        if not before and not after:
            return turn
    return b.col


def _centre(lesson: Placed, column: int, row: int) -> tuple[int, int]:
    return LEFT + DISC + lesson.col * column, TOP + DISC + lesson.row * row
