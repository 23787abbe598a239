"""Splits a lesson's body into its blocks: text, fences, display formulas and containers, each with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lessons.content.findings import Source

CONTAINERS = ("callout", "widget", "figure", "claim")
_FENCE = re.compile(r"(`{3,})([^`]*)")
_OPENING = re.compile(r":::\s*([a-z]+)\s*(.*)")
_ATTRIBUTE = re.compile(r"""\s*([a-z][a-z-]*)=(?:"([^"]*)"|'([^']*)')""")
_FLAG = re.compile(r"\s*([a-z]+)(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    line: int
    tex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A code block; `flags` are bare words after the language, such as `run`."""

    line: int
    language: str
    flags: tuple[str, ...]
    attributes: dict[str, str]
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    line: int
    name: str
    attributes: dict[str, str]
    blocks: tuple[Block, ...]


Block = Text | Formula | Fence | Container


def split_blocks(source: Source, text: str, first_line: int) -> tuple[Block, ...]:
    """Blocks of `text`, whose first line is line `first_line` of its file; what cannot be read is a finding."""
    return _Splitter(source, text.split("\n"), first_line).blocks(inside=None)


class _Splitter:
    def __init__(self, source: Source, lines: list[str], first_line: int) -> None:
        self._source = source
        self._lines = lines
        self._first = first_line
        self._at = 0

    def blocks(self, inside: str | None) -> tuple[Block, ...]:
        """Blocks up to the end, or up to the `:::` that closes the container `inside`."""
        found: list[Block] = []
        text: list[str] = []
        started = self._line()
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() == ":::":
                if inside is None:
                    self._report("container-closed", "This `:::` closes nothing.")
                    self._at += 1
                    continue
                break
            block = self._block(line)
            if block is None:
                text.append(line)
                self._at += 1
                continue
            _flush(found, text, started)
            found.append(block)
            text, started = [], self._line()
        _flush(found, text, started)
        return tuple(found)

    def _block(self, line: str) -> Block | None:
        if fence := _FENCE.fullmatch(line.rstrip()):
            return self._fence(fence[1], fence[2].strip())
        if line.startswith(":::"):
            return self._container(line)
        if line.startswith("$$"):
            return self._formula()
        if re.match(r"\s+(```|:::)", line):
            self._report("block-indented", "Code fences and containers start at the beginning of a line.")
        return None

    def _fence(self, ticks: str, info: str) -> Fence:
        started = self._line()
        self._at += 1
        code: list[str] = []
        while self._at < len(self._lines) and self._lines[self._at].rstrip() != ticks:
            code.append(self._lines[self._at])
            self._at += 1
        if self._at == len(self._lines):
            self._source.report(started, "fence-open", "This code fence is never closed.")
        self._at += 1
        language, _, rest = info.partition(" ")
        flags, attributes = self._attributes(rest, started)
        return Fence(line=started, language=language, flags=flags, attributes=attributes, code="\n".join(code))

    def _container(self, line: str) -> Container | None:
        started = self._line()
        opening = _OPENING.fullmatch(line.rstrip())
        if opening is None or opening[1] not in CONTAINERS:
            self._report("container-unknown", f"{line.strip()[:60]!r} opens no container. Known: {', '.join(CONTAINERS)}.")
            return None
        _, attributes = self._attributes(opening[2], started)
        self._at += 1
        blocks = self.blocks(inside=opening[1])
        if self._at == len(self._lines):
            self._source.report(started, "container-open", f"This `::: {opening[1]}` is never closed with `:::`.")
        self._at += 1
        return Container(line=started, name=opening[1], attributes=attributes, blocks=blocks)

    def _formula(self) -> Formula:
        started = self._line()
        text = self._lines[self._at][2:]
        self._at += 1
        while "$$" not in text and self._at < len(self._lines):
            text += "\n" + self._lines[self._at]
            self._at += 1
        tex, closing, rest = text.partition("$$")
        if not closing:
            self._source.report(started, "math-open", "This `$$` is never closed.")
        if rest.strip():
            self._source.report(started, "math-alone", "A display formula stands alone: nothing may follow its closing `$$`.")
        return Formula(line=started, tex=tex)

    def _attributes(self, text: str, line: int) -> tuple[tuple[str, ...], dict[str, str]]:
        flags: list[str] = []
        attributes: dict[str, str] = {}
        while text.strip():
            if match := _ATTRIBUTE.match(text):
                attributes[match[1]] = match[2] if match[2] is not None else match[3]
            elif match := _FLAG.match(text):
                flags.append(match[1])
            else:
                self._source.report(line, "attributes", f'{text.strip()[:40]!r} cannot be read. Write name="value".')
                break
            text = text[match.end() :]
        return tuple(flags), attributes

    def _line(self) -> int:
        return self._first + self._at

    def _report(self, rule: str, message: str) -> None:
        self._source.report(self._line(), rule, message)


def _flush(found: list[Block], text: list[str], started: int) -> None:
    if any(line.strip() for line in text):
        found.append(Text(line=started, text="\n".join(text)))
