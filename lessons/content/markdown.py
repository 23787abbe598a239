"""Markdown to HTML that is safe by construction: no raw HTML, only known tags and attributes, only known kinds of links."""

from __future__ import annotations

import html
import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from lessons.content.findings import Source
from lessons.content.maths import FormulaInvalid, formula

_NAMES = "div p h2 h3 ul ol li strong em code pre a img table thead tbody tr th td blockquote hr br sup sub dl dt dd section del span"
TAGS = frozenset(_NAMES.split())
ATTRIBUTES = {
    "a": {"href", "title", "id"},
    "img": {"alt", "title"},
    "li": {"id"},
    "ol": {"start"},
    "sup": {"id"},
    "h2": {"id"},
    "h3": {"id"},
    "th": {"scope"},
}
CLASSES = frozenset({"footnote", "footnote-ref", "footnote-backref", "small", "num", "nowrap"})
_ALIGN = re.compile(r"text-align: (left|right|center);")
_LINK = re.compile(r"(https://|mailto:|/(?!/)|#)")
_MATH = r"(?<![\\$])\$(?![\s$])((?:\\.|[^$\\])+?)(?<!\s)\$(?![\d$])"


class _InlineMath(InlineProcessor):
    def __init__(self, md: Markdown, report: _Reporter) -> None:
        super().__init__(_MATH, md)
        self._report = report

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        try:
            made = formula(html.unescape(m[1]))
        except FormulaInvalid as error:
            self._report.near(m[1], "math-invalid", f"The formula ${m[1][:60]}$ cannot be set: {error}.")
            made = ""
        return self.md.htmlStash.store(made), m.start(0), m.end(0)


class _Tidy(Treeprocessor):
    """Refuses what is not known, gives headings their ids and wraps tables so that they scroll inside themselves."""

    def __init__(self, md: Markdown, report: _Reporter) -> None:
        super().__init__(md)
        self._report = report

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for child in list(parent):
                self._tidy(child)
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent[place] = _scrolling(child)

    def _tidy(self, element: Element) -> None:
        if element.tag not in TAGS:
            self._report.near(_text(element), "markdown-tag", f"`{element.tag}` does not belong into a lesson.")
            element.tag = "span"
        if element.tag == "th":
            element.set("scope", "col")
            element.tag = "th" if _text(element).strip() else "td"  # an empty heading would be announced as one
        if element.tag in {"h2", "h3"}:
            element.set("id", slugify(_text(element)))
        allowed = ATTRIBUTES.get(element.tag, set())
        for name, value in list(element.attrib.items()):
            if (kept := _kept(element, name, value, allowed)) is None:
                del element.attrib[name]
            else:
                element.attrib.pop(name)
                element.set(*kept)
        if element.tag == "img":
            self._report.near(_text(element), "markdown-image", "Write an image as a `::: figure` container, which asks for its words too.")
        link = element.get("href", "") if element.tag == "a" else "#"
        if not _LINK.match(link):
            self._report.near(link, "markdown-link", f"The link {link[:60]!r} must begin with https://, / or #.")
            element.set("href", "#")


def _kept(element: Element, name: str, value: str, allowed: set[str]) -> tuple[str, str] | None:
    if name == "class":
        classes = " ".join(word for word in value.split() if word in CLASSES)
        return ("class", classes) if classes else None
    if name == "style" and element.tag in {"td", "th"} and (side := _ALIGN.fullmatch(value)):
        return ("class", f"to-{side[1]}")
    return (name, value) if name in allowed else None


def _scrolling(table: Element) -> Element:
    box = Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": "Table"})
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


def _text(element: Element) -> str:
    return "".join(element.itertext())


def slugify(text: str) -> str:
    """An id for a heading: its words in lower case, joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


class _Reporter:
    """Finds the line of a fault by looking for its text, since Markdown's tree knows no lines."""

    def __init__(self, source: Source, text: str, first_line: int) -> None:
        self._source, self._text, self._first = source, text, first_line

    def near(self, words: str, rule: str, message: str) -> None:
        start = next((line for line in words.splitlines() if line.strip()), "").strip()
        place = self._text.find(start) if start else -1
        self._source.report(self._first + self._text.count("\n", 0, max(place, 0)), rule, message)


class _Safe(Extension):
    def __init__(self, report: _Reporter) -> None:
        super().__init__()
        self._report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_InlineMath(md, self._report), "math", 185)
        md.treeprocessors.register(_Tidy(md, self._report), "tidy", -10)  # after attr_list and footnotes: nothing slips past
        md.ESCAPED_CHARS.append("$")


def to_html(source: Source, text: str, first_line: int) -> str:
    """HTML of Markdown text whose first line is line `first_line` of its file."""
    report = _Reporter(source, text, first_line)
    extensions: list[Any] = ["tables", "attr_list", "footnotes", "sane_lists", _Safe(report)]
    for offset, line in enumerate(text.split("\n")):
        if re.match(r"#(?!#)\s", line) or re.match(r"#{4,}\s", line):
            source.report(first_line + offset, "heading-level", "Sections are `##`, parts of them `###`; other levels are not used.")
    return Markdown(extensions=extensions, output_format="html").convert(text)


def inline_html(source: Source, text: str, line: int) -> str:
    """HTML of one short text; a single paragraph loses its `<p>`."""
    made = to_html(source, text, line)
    return made[3:-4] if made.startswith("<p>") and made.endswith("</p>") and made.count("<p>") == 1 else made
