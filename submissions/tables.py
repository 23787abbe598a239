"""Plain HTML tables, as pandas writes them, read into rows of text: the only HTML of a learner that our own document ever shows."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

MAX_ROWS = 400
MAX_COLUMNS = 80
_TAGS = frozenset({"div", "style", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "p"})
_ATTRIBUTES = frozenset({"border", "class", "style", "scoped", "colspan", "rowspan", "valign", "halign", "id", "scope", "align"})


@dataclass(frozen=True, slots=True)
class TableCell:
    text: str
    is_head: bool = False
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the head and of the body; `note` is the line under it ("1,000 rows × 4 columns")."""

    head: tuple[tuple[TableCell, ...], ...]
    body: tuple[tuple[TableCell, ...], ...]
    note: str = ""


class _NotPlain(Exception):
    """Something else than one plain table."""


class _TableReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head: list[list[TableCell]] = []
        self.body: list[list[TableCell]] = []
        self.note: list[str] = []
        self._in_head = False
        self._tables = 0
        self._text: list[str] | None = None
        self._cell = TableCell("")
        self._is_skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS or any(name not in _ATTRIBUTES for name, _ in attrs):
            raise _NotPlain
        match tag:
            case "style":
                self._is_skipping = True
            case "table":
                self._tables += 1
            case "thead":
                self._in_head = True
            case "tr":
                (self.head if self._in_head else self.body).append([])
            case "th" | "td":
                self._text = []
                spans = {name: _span(value) for name, value in attrs if name in {"colspan", "rowspan"}}
                self._cell = TableCell("", tag == "th", spans.get("colspan", 1), spans.get("rowspan", 1))
        if self._tables > 1 or len(self.head) + len(self.body) > MAX_ROWS:
            raise _NotPlain

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._is_skipping = False
        elif tag == "thead":
            self._in_head = False
        elif tag in {"th", "td"} and self._text is not None:
            self._close_cell("".join(self._text).strip())

    def _close_cell(self, text: str) -> None:
        rows = self.head if self._in_head else self.body
        if not rows or len(rows[-1]) >= MAX_COLUMNS:
            raise _NotPlain
        rows[-1].append(TableCell(text, self._cell.is_head, self._cell.colspan, self._cell.rowspan))
        self._text = None

    def handle_data(self, data: str) -> None:
        if self._is_skipping:
            return
        if self._text is not None:
            self._text.append(data)
        elif data.strip():
            if not self._tables:
                raise _NotPlain
            self.note.append(data.strip())

    def handle_comment(self, data: str) -> None:
        raise _NotPlain

    def handle_decl(self, decl: str) -> None:
        raise _NotPlain

    def handle_pi(self, data: str) -> None:
        raise _NotPlain


def _span(value: str | None) -> int:
    if value is None or not value.isdecimal() or not 1 <= int(value[:4]) <= MAX_ROWS:
        raise _NotPlain
    return int(value[:4])


def read_table(html: str) -> Table | None:
    """The table in a fragment that holds nothing else; None for any other HTML, which belongs into a frame."""
    if "<table" not in html:
        return None
    reader = _TableReader()
    try:
        reader.feed(html)
        reader.close()
    except _NotPlain:
        return None
    if not reader.body and not reader.head:
        return None
    rows = [tuple(tuple(row) for row in part if row) for part in (reader.head, reader.body)]
    return Table(head=rows[0], body=rows[1], note=" ".join(reader.note))
