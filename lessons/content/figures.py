"""Figures of lessons: SVG drawings, read strictly and put into the page itself, so that they follow its colours."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
_NAMES = "svg g path line rect circle ellipse polyline polygon text tspan defs marker clipPath linearGradient stop title desc"
TAGS = frozenset(_NAMES.split())
_URL = re.compile(r"url\s*\(\s*(?!#[\w-]+\s*\))", re.IGNORECASE)
_HOSTILE = re.compile(r"javascript:|expression|@import|data:", re.IGNORECASE)
LARGEST_IMAGE = 300_000


class FigureInvalid(ValueError):
    """The drawing holds something that a lesson must not carry."""


def figure_html(path: Path, alt: str, prefix: str) -> str:
    """Markup for the drawing at `path`; ids get `prefix`, so that two figures of a page cannot meet. Raises FigureInvalid."""
    if path.suffix == ".png":
        return _picture(path, alt)
    if path.suffix != ".svg":
        raise FigureInvalid("figures are .svg or .png")
    raw = path.read_text(encoding="utf-8")
    if "<!DOCTYPE" in raw or "<!ENTITY" in raw:
        raise FigureInvalid("it has a document type, which a drawing does not need")
    try:
        root = ET.fromstring(raw)  # noqa: S314 - our own file, and document types are refused above
    except ET.ParseError as error:
        raise FigureInvalid(f"it is not well-formed: {error}") from None
    for element in root.iter():
        _vet(element, prefix)
    root.set("role", "img")
    root.set("aria-label", alt)
    ET.register_namespace("", SVG[1:-1])
    return ET.tostring(root, encoding="unicode")


def _picture(path: Path, alt: str) -> str:
    raw = path.read_bytes()
    if len(raw) > LARGEST_IMAGE:
        raise FigureInvalid(f"it is larger than {LARGEST_IMAGE // 1000} kB")
    if not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        raise FigureInvalid("it is not a PNG")
    image = ET.Element("img", {"src": "data:image/png;base64," + base64.b64encode(raw).decode(), "alt": alt})
    return ET.tostring(image, encoding="unicode", method="html")


def _vet(element: ET.Element, prefix: str) -> None:
    tag = str(element.tag)
    if not tag.startswith(SVG) or tag.removeprefix(SVG) not in TAGS:
        raise FigureInvalid(f"`{tag.removeprefix(SVG)}` is not allowed in a drawing")
    for name, value in list(element.attrib.items()):
        if name.startswith(("{", "on")) or name == "href":
            raise FigureInvalid(f"the attribute `{name}` is not allowed in a drawing")
        if _URL.search(value) or _HOSTILE.search(value):
            raise FigureInvalid(f"`{name}` refers to something outside the drawing")
        element.set(name, re.sub(r"url\(#", f"url(#{prefix}", value))
    if "id" in element.attrib:
        element.set("id", prefix + element.attrib["id"])
