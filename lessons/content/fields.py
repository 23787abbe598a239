"""Strict reading of YAML mappings: every field is asked for by name and type, and every fault is reported with its line."""

from __future__ import annotations

import json
import math
import re
import uuid
from collections.abc import Iterator
from typing import Any, TypeVar

import yaml

from lessons.content.findings import Source

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MISSING = object()
T = TypeVar("T")


class Fields:
    """A mapping of a YAML file. `done` reports the keys that nobody asked for."""

    def __init__(self, node: yaml.MappingNode, source: Source, *, offset: int = 0) -> None:
        self._source = source
        self._offset = offset
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        self.line = node.start_mark.line + 1 + offset
        for key, value in node.value:
            name = str(getattr(key, "value", key))
            if name in self._nodes:
                self.report(name, "yaml-duplicate", f"`{name}` stands here twice.", at=key)
            self._nodes[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def line_of(self, name: str) -> int:
        node = self._nodes.get(name)
        return node.start_mark.line + 1 + self._offset if node is not None else self.line

    def report(self, name: str, rule: str, message: str, *, at: yaml.Node | None = None) -> None:
        line = at.start_mark.line + 1 + self._offset if at is not None else self.line_of(name)
        self._source.report(line, rule, message)

    def done(self) -> None:
        for name in self._nodes.keys() - self._asked:
            self.report(name, "yaml-unknown", f"`{name}` is not a field here. Known: {', '.join(sorted(self._asked))}.")

    def text(self, name: str, default: str | None = None, *, longest: int = 4000) -> str:
        value = self._value(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            return self._wrong(name, "a text", "", value)
        if len(value) > longest:
            self.report(name, "yaml-long", f"`{name}` has {len(value)} characters; at most {longest} fit.")
        return value.strip()

    def slug(self, name: str) -> str:
        value = self.text(name)
        if value and not SLUG.fullmatch(value):
            self.report(name, "yaml-slug", f"`{name}` is {value!r}: use lower-case words joined by hyphens.")
        return value

    def uuid(self, name: str = "uuid") -> str:
        value = self.text(name)
        try:
            return str(uuid.UUID(value))
        except ValueError:
            if value:
                self.report(name, "yaml-uuid", f"`{name}` is {value!r}, which is no UUID. Make one with `python -m uuid`.")
            return ""

    def choice(self, name: str, among: tuple[str, ...], default: str | None = None) -> str:
        value = self._value(name, default)
        if value not in among:
            return self._wrong(name, "one of " + ", ".join(among), among[0], value)
        return str(value)

    def integer(self, name: str, *, least: int = 0, most: int = 10_000) -> int:
        value = self._value(name, None)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return self._wrong(name, f"a whole number from {least} to {most}", least, value)
        return value

    def number(self, name: str, default: float | None = None) -> float:
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return self._wrong(name, "a number", 0.0, value)
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._value(name, default)
        return value if isinstance(value, bool) else self._wrong(name, "true or false", default, value)

    def texts(self, name: str, *, least: int = 0) -> tuple[str, ...]:
        value = self._value(name, [] if least == 0 else None)
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            return self._wrong(name, "a list of texts", (), value)
        if len(value) < least:
            self.report(name, "yaml-short", f"`{name}` needs at least {least}.")
        return tuple(item.strip() for item in value)

    def word(self, name: str) -> str:
        """A scalar exactly as it is written: `2` and `2.0` are different words."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            return self._wrong(name, "a text or a number", "", _MISSING if node is None else "something else")
        return str(node.value).strip()

    def words(self, name: str) -> tuple[str, ...]:
        """A list of scalars, at least one, each exactly as it is written."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if not isinstance(node, yaml.SequenceNode) or not node.value or not all(isinstance(one, yaml.ScalarNode) for one in node.value):
            return self._wrong(name, "a list of texts or numbers", (), _MISSING if node is None else "something else")
        return tuple(str(one.value).strip() for one in node.value)

    def numbers(self, name: str) -> dict[str, float]:
        """A mapping of names to numbers; absent means empty."""
        value = self._value(name, {})
        if not isinstance(value, dict) or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in value.values()):
            return self._wrong(name, "a mapping of names to numbers", {}, value)
        return {str(key): float(number) for key, number in value.items()}

    def mappings(self, name: str, *, least: int = 0) -> list[Fields]:
        self._asked.add(name)
        node = self._nodes.get(name)
        if node is None:
            if least:
                self.report(name, "yaml-missing", f"`{name}` is missing.")
            return []
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.MappingNode) for item in node.value):
            return self._wrong(name, "a list of mappings", [], "something else")
        if len(node.value) < least:
            self.report(name, "yaml-short", f"`{name}` needs at least {least}.")
        return [Fields(item, self._source, offset=self._offset) for item in node.value]

    def _value(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        node = self._nodes.get(name)
        if node is None:
            return _MISSING if default is None else default
        return _plain(node)

    def _wrong(self, name: str, wanted: str, instead: T, value: Any) -> T:
        if value is _MISSING:
            self.report(name, "yaml-missing", f"`{name}` is missing: it must be {wanted}.")
        else:
            self.report(name, "yaml-type", f"`{name}` is {_short(value)}; it must be {wanted}.")
        return instead


def _short(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:80]
    except ValueError:
        return str(value)[:80]


def _plain(node: yaml.Node) -> Any:
    """The node as plain data. Dates stay texts: nothing here is a date, and `1-2` in a quiz must not become one."""
    return yaml.load(yaml.serialize(node), Loader=_NoDates)  # noqa: S506 - a SafeLoader without dates


class _NoDates(yaml.SafeLoader):
    """YAML's safe loader, but dates stay texts and only `true` and `false` are booleans."""


def _resolvers() -> Iterator[tuple[str, list[tuple[str, re.Pattern[str]]]]]:
    dropped = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items():
        yield letter, [pair for pair in pairs if pair[0] not in dropped]


_NoDates.yaml_implicit_resolvers = dict(_resolvers())
_NoDates.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_fields(source: Source, text: str | None = None, *, offset: int = 0) -> Fields:
    """Parse a YAML mapping; `offset` is the number of lines above `text` in its file. Faults are findings and give an empty mapping."""
    empty = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark(source.name, 0, 0, 0, "", 0))
    try:
        node = yaml.compose(source.text if text is None else text, Loader=_NoDates)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 1 + offset
        source.report(line, "yaml-syntax", f"The YAML cannot be read: {error.problem}.")
        node = None
    if node is None:
        return Fields(empty, source, offset=offset)
    if not isinstance(node, yaml.MappingNode):
        source.report(1 + offset, "yaml-type", "The file must be a mapping of names to values.")
        return Fields(empty, source, offset=offset)
    return Fields(node, source, offset=offset)
