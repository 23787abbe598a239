"""One source, two notebooks: `exercise.py` in percent format gives the reference, and without its solutions the starter."""

from __future__ import annotations

import ast
import re
from typing import Any

import jupytext

from grading.notebook import Notebook, read_notebook
from lessons.content.findings import Source

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_SOLUTION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n.*?^[ \t]*{END}[ \t]*$", re.MULTILINE | re.DOTALL)
_MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*(?:\n|\Z)", re.MULTILINE)
_TAG = re.compile(r"given|task:[a-zA-Z_][\w-]*|skip-execution|raises-exception")
_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def read_exercise_source(source: Source) -> tuple[dict[str, Any], dict[str, Any]]:
    """Starter and reference as nbformat 4.5, their cell ids the same each time."""
    _check_markers(source)
    try:
        parsed = jupytext.reads(source.text, fmt="py:percent")
    except Exception as error:  # noqa: BLE001 - jupytext raises many kinds for broken cell lines
        source.report(1, "percent-format", f"jupytext cannot read the file: {error}")
        return _notebook([]), _notebook([])
    cells: list[dict[str, Any]] = [_cell(number, cell) for number, cell in enumerate(list(parsed.cells), 1)]
    for made in cells:
        for tag in made["metadata"].get("tags", []):
            if not _TAG.fullmatch(tag):
                source.report(_line_of(source, tag), "cell-tag", f"`{tag}` is not a tag we know.")
    starter, reference = _notebook([_changed(cell, _open) for cell in cells]), _notebook([_changed(cell, _solved) for cell in cells])
    _check_python(source, reference)
    return starter, reference


def task_tags(notebook: dict[str, Any]) -> list[str]:
    """The ids of the tasks that cells are tagged with, in order."""
    tags = [tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", [])]
    return [tag.removeprefix("task:") for tag in tags if tag.startswith("task:")]


def with_cell(notebook: dict[str, Any], code: str) -> Notebook:
    """The notebook with one more code cell below."""
    cell: dict[str, Any] = {"cell_type": "code", "id": "appended", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    return read_notebook({**notebook, "cells": [*notebook["cells"], cell]})


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, cell: Any) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", []))
    made: dict[str, Any] = {"cell_type": cell.cell_type, "id": f"cell-{number:02}", "metadata": {"tags": tags} if tags else {}}
    made["source"] = cell.source
    if cell.cell_type == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def _changed(cell: dict[str, Any], change: Any) -> dict[str, Any]:
    return {**cell, "source": change(cell["source"])} if cell["cell_type"] == "code" else cell


def _open(source: str) -> str:
    return _SOLUTION.sub(r"\1# Write your code here.\n\1...", source)


def _solved(source: str) -> str:
    return _MARKER.sub("", source).rstrip("\n")


def _check_markers(source: Source) -> None:
    opened: int | None = None
    for number, line in enumerate(source.text.split("\n"), 1):
        mark = line.strip()
        if mark == BEGIN:
            if opened is not None:
                source.report(number, "solution-markers", f"The solution begun in line {opened} is not ended yet.")
            opened = number
        elif mark == END:
            if opened is None:
                source.report(number, "solution-markers", f"`{END}` without a `{BEGIN}` above it.")
            opened = None
    if opened is not None:
        source.report(opened, "solution-markers", f"This `{BEGIN}` is never ended.")


def _check_python(source: Source, notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or re.search(r"^\s*[%!]", cell["source"], re.MULTILINE):
            continue
        try:
            ast.parse(cell["source"])
        except SyntaxError as error:
            line = _line_of(source, (error.text or "").strip())
            source.report(line, "python-syntax", f"A cell is not Python: {error.msg}.")


def _line_of(source: Source, text: str) -> int:
    place = source.text.find(text) if text else -1
    return source.text.count("\n", 0, max(place, 0)) + 1
