"""A notebook as its page shows it: each cell with its text and what the last run of exactly this text put out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.urls import reverse

from submissions.models import Submission
from submissions.outputs import ErrorView, OutputView, error_view, output_views, sign_frame
from submissions.prose import render_markdown

CellKind = Literal["code", "markdown", "raw"]
GIVEN_TAG = "given"
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResultView:
    """What one run of a cell came to. `number` is its place among the code cells, from 1."""

    status: str = ""
    seconds: float = 0.0
    outputs: tuple[OutputView, ...] = ()
    error: ErrorView | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "seconds": self.seconds,
            "outputs": [output.to_json() for output in self.outputs],
            "error": self.error.to_json() if self.error else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell of the page. `number` is shown to people; given cells come from the exercise and stay as they are."""

    id: str
    index: int
    kind: CellKind
    source: str
    is_given: bool = False
    html: str = ""
    result: CellResultView | None = None

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def rows(self) -> int:
        return max(1, self.source.count("\n") + 1)


def source_of(cell: Mapping[str, Any]) -> str:
    """The text of an nbformat cell, which may be a string or a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def with_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook, every cell with an id of its own: pages find cells by it, grading never does."""
    seen: set[str] = set()
    cells = []
    for cell in notebook.get("cells", []):
        known = cell.get("id")
        cell_id = known if isinstance(known, str) and _CELL_ID.fullmatch(known) and known not in seen else secrets.token_hex(4)
        seen.add(cell_id)
        cells.append({**cell, "id": cell_id})
    return {**notebook, "cells": cells, "nbformat": 4, "nbformat_minor": max(5, int(notebook.get("nbformat_minor", 5)))}


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """Outputs belong to the run that made them: a draft holds text only."""
    cells = [{**cell, "outputs": [], "execution_count": None} if cell.get("cell_type") == "code" else cell for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


def cell_views(notebook: Mapping[str, Any], shown: Mapping[str, tuple[str, CellResultView]] | None = None) -> list[CellView]:
    """The cells of a notebook; `shown` maps a cell's id to the text that was run and what it put out."""
    views = []
    for index, cell in enumerate(notebook.get("cells", [])):
        view = _cell_view(index, cell)
        ran = (shown or {}).get(view.id)
        views.append(replace(view, result=ran[1]) if ran and ran[0] == view.source else view)
    return views


def _cell_view(index: int, cell: Mapping[str, Any]) -> CellView:
    written, source = cell.get("cell_type"), source_of(cell)
    kind: CellKind = "code" if written == "code" else "markdown" if written == "markdown" else "raw"
    return CellView(
        id=str(cell.get("id") or index),
        index=index,
        kind=kind,
        source=source,
        is_given=GIVEN_TAG in tags_of(cell),
        html=render_markdown(source) if kind == "markdown" else "",
    )


def results_of(submission: Submission) -> dict[int, CellResultView]:
    """What each cell of a finished submission came to, by its index."""
    reported = {cell["index"]: cell for cell in (submission.report or {}).get("cells", [])}
    put_out = {int(index): outputs for index, outputs in (submission.outputs or {}).items()}
    return {index: _result(submission, index, reported.get(index, {}), put_out.get(index, [])) for index in sorted({*reported, *put_out})}


def _result(submission: Submission, index: int, reported: Mapping[str, Any], outputs: object) -> CellResultView:
    def frame_url(number: int) -> str:
        return reverse("submissions:outputs", args=[sign_frame(submission.public_id, index, number)])

    error = reported.get("error")
    return CellResultView(
        status=str(reported.get("status", "")),
        seconds=float(reported.get("seconds", 0.0)),
        outputs=output_views(outputs, frame_url=frame_url, cell_name=f"cell {index + 1}"),
        error=error_view(error) if isinstance(error, dict) else None,
    )


def shown_by(submissions: Iterable[Submission]) -> dict[str, tuple[str, CellResultView]]:
    """Cell id → (text that ran, what came of it), the newest of these submissions winning. Give them newest first."""
    shown: dict[str, tuple[str, CellResultView]] = {}
    for submission in submissions:
        cells = submission.notebook.get("cells", [])
        for index, result in results_of(submission).items():
            if index < len(cells) and result.status not in {"", "skipped"}:
                cell = cells[index]
                shown.setdefault(str(cell.get("id") or index), (source_of(cell), result))
    return shown
