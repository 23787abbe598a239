"""What changed between two tries: checks that turned, and the lines of code that were edited."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from submissions.cells import source_of
from submissions.models import Submission
from submissions.pages.checks import rows_of

CONTEXT_LINES = 2
MOST_LINES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """`kind` is hunk, same, add or del; numbers count from 1 in the cell before and after."""

    kind: str
    text: str
    before: int | None = None
    after: int | None = None

    @property
    def sign(self) -> str:
        return {"add": "+", "del": "−"}.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    previous_number: int
    points: float
    now_passing: tuple[str, ...] = ()
    now_failing: tuple[str, ...] = ()
    lines: tuple[DiffLine, ...] = ()

    @property
    def points_text(self) -> str:
        return f"{self.points:+g} points" if self.points else "same score"


def changes_between(before: Submission, after: Submission, *, previous_number: int) -> Changes:
    was = {row.id: row.state for row in rows_of(before)}
    turned = [row for row in rows_of(after) if was.get(row.id) not in {None, row.state}]
    return Changes(
        previous_number=previous_number,
        points=round((after.score or 0) - (before.score or 0), 2),
        now_passing=tuple(row.title for row in turned if row.state == "pass"),
        now_failing=tuple(row.title for row in turned if row.state == "fail"),
        lines=tuple(_diff(before.notebook, after.notebook))[:MOST_LINES],
    )


def _diff(before: dict[str, Any], after: dict[str, Any]) -> Iterator[DiffLine]:
    """Cells are paired by id; one that only one side has is shown whole."""
    old = {cell["id"]: source_of(cell) for cell in _code_cells(before)}
    new = {cell["id"]: source_of(cell) for cell in _code_cells(after)}
    places = {cell.get("id"): place for place, cell in enumerate(after.get("cells", []), start=1)}
    for cell_id, text in new.items():
        if text != old.get(cell_id, ""):
            title = f"cell {places[cell_id]}" + ("" if cell_id in old else ", new")
            yield from _cell_diff(title, old.get(cell_id, ""), text)
    for cell_id, text in old.items():
        if cell_id not in new and text.strip():
            yield from _cell_diff("deleted cell", text, "")


def _code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook.get("cells", []) if cell.get("cell_type") == "code" and "id" in cell]


def _cell_diff(title: str, before: str, after: str) -> Iterator[DiffLine]:
    old, new = before.splitlines(), after.splitlines()
    yield DiffLine(kind="hunk", text=title)
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT_LINES):
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                yield from (
                    DiffLine(kind="same", text=old[i], before=i + 1, after=j + 1) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
                )
                continue
            yield from (DiffLine(kind="del", text=old[i], before=i + 1) for i in range(i1, i2))
            yield from (DiffLine(kind="add", text=new[j], after=j + 1) for j in range(j1, j2))
