"""Reads a notebook that a person gave us: every file is either usable or refused with one sentence saying what to do."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import Any, Literal, cast

from grading.limits import MIB, NOTEBOOK_BYTES, NOTEBOOK_CELLS
from grading.nesting import DEEPEST, is_deeper_than

CellKind = Literal["code", "markdown", "raw"]

_CELL_KINDS = {"code", "markdown", "raw"}
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TO_CLEAN = re.compile(rb"\\u(0000|[dD][89a-fA-F])|[eE]\+?\d{3}|\d{309}")  # escapes, and numbers that may be too large for a float
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PYTHON_NAMES = {"", "python", "python3", "ipython", "ipython3", "conda", "venv"}
_OTHER_KERNELS = re.compile(
    r"^(ir\b|julia|javascript|deno|tslab|bash|xcpp|c$|gophernotes|rust|evcxr|scala|almond|sos|sql|octave|matlab|kotlin|java|ruby)"
)
_SAVE_AGAIN = "Open it in Jupyter, save it again and choose that file."
_CHOOSE_IPYNB = "Choose the .ipynb file that Jupyter saved."


class NotebookInvalid(Exception):
    """The notebook cannot be used. `sentence` tells its owner why and what to do; `code` is for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `index` counts all cells from 0; people see index + 1."""

    index: int
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A usable notebook: its cells, and the whole of it in nbformat 4.5 with every cell id unique."""

    cells: tuple[Cell, ...]
    raw: dict[str, Any]

    @property
    def code_hash(self) -> str:
        """SHA-256 over the code cells' sources: outputs, markdown, ids and line endings do not count."""
        return code_hash_of(self.cells)


def code_hash_of(cells: tuple[Cell, ...]) -> str:
    digest = hashlib.sha256()
    for cell in cells:
        if cell.kind == "code":
            source = cell.source.replace("\r\n", "\n").encode("utf-8", "replace")
            digest.update(len(source).to_bytes(8, "big") + source)
    return digest.hexdigest()


def read_notebook(raw: bytes | dict[str, Any]) -> Notebook:
    """Read a notebook file or its parsed JSON; raises NotebookInvalid and nothing else, whatever the input."""
    document = _as_mapping(raw)
    _refuse_other_formats(document)
    if document["nbformat"] == 3:
        document = _upgraded(document)
    metadata = _mapping_or_empty(document.get("metadata"))
    _refuse_other_languages(metadata)
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise NotebookInvalid("not_a_notebook", f"This file has no list of cells, so it is not a notebook. {_CHOOSE_IPYNB}")
    if len(cells) > NOTEBOOK_CELLS:
        raise NotebookInvalid(
            "too_many_cells", f"This notebook has {len(cells):,} cells; the limit is {NOTEBOOK_CELLS}. Remove cells and try again."
        )
    taken: set[str] = set()
    mended = [_mended_cell(cell, index, taken) for index, cell in enumerate(cells)]
    whole = {"cells": mended, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return Notebook(cells=tuple(_cell(cell, index) for index, cell in enumerate(mended)), raw=whole)


def _as_mapping(raw: bytes | dict[str, Any]) -> dict[str, Any]:
    document = _parsed(raw) if isinstance(raw, bytes | bytearray | memoryview) else _plain_copy(raw)
    if not isinstance(document, dict) or "nbformat" not in document:
        raise NotebookInvalid("not_a_notebook", f"This file is JSON, but not a notebook: it does not say its nbformat. {_CHOOSE_IPYNB}")
    return document


def _parsed(raw: bytes | bytearray | memoryview) -> Any:
    if len(raw) > NOTEBOOK_BYTES:
        raise _too_large()
    raw = bytes(raw)
    if not raw.strip():
        raise NotebookInvalid("not_json", "This file is empty. Save the notebook in Jupyter and choose it again.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotebookInvalid("not_utf8", f"This file is not UTF-8 text, so it is not a notebook. {_CHOOSE_IPYNB}") from None
    try:
        document = json.loads(text, parse_constant=lambda _: None)  # NaN and Infinity are no JSON
    except (ValueError, RecursionError):
        raise NotebookInvalid("not_json", f"This file is not valid JSON, so no notebook can be read from it. {_SAVE_AGAIN}") from None
    if is_deeper_than(document, DEEPEST):
        raise NotebookInvalid("too_deep", f"This file is nested more than {DEEPEST} levels deep, so it is not a notebook. {_CHOOSE_IPYNB}")
    return _storable(document) if _TO_CLEAN.search(raw) or b"\0" in raw else document


def _plain_copy(document: Any) -> Any:
    """The same JSON, detached from the caller's object and proven to be JSON of an allowed size."""
    try:
        raw = json.dumps(document).encode()
    except (TypeError, ValueError, RecursionError):
        raise NotebookInvalid("not_json", f"This notebook holds something that is not JSON. {_SAVE_AGAIN}") from None
    return _parsed(raw)


def _too_large() -> NotebookInvalid:
    return NotebookInvalid(
        "too_large", f"This notebook is larger than {NOTEBOOK_BYTES // MIB} MB. Clear its outputs in Jupyter and try again."
    )


def _storable(value: Any) -> Any:
    """The same value without what neither a database nor a file takes: NUL, lone surrogates, and infinities such as 1e999."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _refuse_other_formats(document: dict[str, Any]) -> None:
    version = document["nbformat"]
    if type(version) is not int:
        raise NotebookInvalid("wrong_nbformat", f"This notebook's format is not a number. {_SAVE_AGAIN}")
    if version in {3, 4}:
        return
    age = "older" if version < 3 else "newer"
    raise NotebookInvalid(
        "wrong_nbformat", f"This notebook is in format {version}, which is {age} than the ones we read. Save it as format 4 and try again."
    )


def _upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Format 3 turned into format 4 by nbformat itself; imported late, for it takes a tenth of a second and few need it."""
    import logging

    import nbformat

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # nbformat complains there about what we mend
    try:
        old = nbformat.from_dict(_complete_v3(document))  # type: ignore[no-untyped-call]
        upgraded = nbformat.convert(old, 4)  # type: ignore[no-untyped-call]
        return cast("dict[str, Any]", json.loads(json.dumps(upgraded)))
    except Exception:  # noqa: BLE001 - nbformat's upgrade raises whatever a broken file makes it stumble over
        raise NotebookInvalid("wrong_nbformat", f"This notebook is in the old format 3 and could not be upgraded. {_SAVE_AGAIN}") from None


def _complete_v3(document: dict[str, Any]) -> dict[str, Any]:
    sheets = [sheet for sheet in _list_or_empty(document.get("worksheets")) if isinstance(sheet, dict)]
    for sheet in sheets:
        sheet["cells"] = [_complete_v3_cell(cell) for cell in _list_or_empty(sheet.get("cells"))]
    return {**document, "metadata": _mapping_or_empty(document.get("metadata")), "worksheets": sheets, "nbformat_minor": 0}


def _complete_v3_cell(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    cell.setdefault("metadata", {})
    if cell.get("cell_type") == "code":
        cell.setdefault("input", "")
        cell["outputs"] = []  # old outputs come in shapes of their own; grading makes new ones
        cell.setdefault("collapsed", False)
    if cell.get("cell_type") == "heading":
        cell["level"] = cell["level"] if type(cell.get("level")) is int else 1
        cell["source"] = _text(cell.get("source"), 0)
    return cell


def _refuse_other_languages(metadata: dict[str, Any]) -> None:
    kernel, info = _mapping_or_empty(metadata.get("kernelspec")), _mapping_or_empty(metadata.get("language_info"))
    language = str(info.get("name") or kernel.get("language") or "").strip()
    named = str(kernel.get("name") or "").strip().lower()
    is_other = language.lower() not in _PYTHON_NAMES if language else bool(_OTHER_KERNELS.match(named))
    if is_other:
        shown = (language or str(kernel.get("display_name") or named))[:40]
        do = "Exercises here are in Python: choose a Python kernel in Jupyter and save it again."
        raise NotebookInvalid("wrong_language", f"This notebook is written for {shown}. {do}")
    if named == "python2" or str(info.get("version") or "").startswith("2."):
        do = "Exercises here run on Python 3.11: choose a Python 3 kernel and save it again."
        raise NotebookInvalid("wrong_language", f"This notebook is written for Python 2. {do}")


def _mended_cell(cell: Any, index: int, taken: set[str]) -> dict[str, Any]:
    """The cell as nbformat 4.5 wants it, its text joined and its id unique; raises NotebookInvalid when it is no cell."""
    if not isinstance(cell, dict):
        raise NotebookInvalid("bad_cell", f"Cell {index + 1} is not a cell but {_named(cell)}. {_SAVE_AGAIN}")
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _CELL_KINDS:
        raise NotebookInvalid("bad_cell", f"Cell {index + 1} is of a kind we do not know. Only code, Markdown and raw cells can be read.")
    source = _text(cell.get("source"), index)
    mended: dict[str, Any] = {"cell_type": kind, "id": _unique_id(cell.get("id"), index, source, taken)}
    mended["metadata"] = _mapping_or_empty(cell.get("metadata"))
    mended["source"] = source
    if kind == "code":
        count = cell.get("execution_count")
        mended["execution_count"] = count if type(count) is int else None
        outputs = _list_or_empty(cell.get("outputs"))
        mended["outputs"] = [output for output in outputs if isinstance(output, dict) and "output_type" in output]
    elif isinstance(cell.get("attachments"), dict):
        mended["attachments"] = cell["attachments"]
    return mended


def _text(source: Any, index: int) -> str:
    if source is None:
        return ""
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    raise NotebookInvalid("bad_cell", f"The text of cell {index + 1} is {_named(source)}, not text. {_SAVE_AGAIN}")


def _named(value: Any) -> str:
    names = {dict: "an object", list: "a list of other things", int: "a number", float: "a number", bool: "true or false", str: "text"}
    return names.get(type(value), "empty")


def _unique_id(wanted: Any, index: int, source: str, taken: set[str]) -> str:
    """The cell's own id if it is usable and free, else one made from its place and text (the same each time)."""
    identity = wanted if isinstance(wanted, str) and _CELL_ID.fullmatch(wanted) else ""
    attempt = 0
    while not identity or identity in taken:
        identity = hashlib.sha256(f"{index}:{attempt}:{source}".encode("utf-8", "replace")).hexdigest()[:12]
        attempt += 1
    taken.add(identity)
    return identity


def _cell(cell: dict[str, Any], index: int) -> Cell:
    tags = tuple(tag for tag in _list_or_empty(cell["metadata"].get("tags")) if isinstance(tag, str))
    return Cell(index=index, kind=cell["cell_type"], source=cell["source"], tags=tags)


def _mapping_or_empty(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list_or_empty(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
