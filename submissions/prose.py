"""Text cells of a notebook as safe HTML: Markdown, cleaned by an allow-list, since learners write and upload them."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

import nh3
from markdown import Markdown

from lessons.content.maths import FormulaInvalid, formula

_TAGS = {
    "p", "br", "hr", "strong", "b", "em", "i", "del", "s", "sub", "sup", "kbd", "code", "pre", "blockquote", "a",
    "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img", "span",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_MATH = re.compile(
    r"(?P<fence>^(?:```|~~~).*?^(?:```|~~~)[ \t]*$)|(?P<code>`[^`\n]+`)"
    r"|\$\$(?P<block>[^$]+?)\$\$|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![\w$])",
    re.DOTALL | re.MULTILINE,
)
LONGEST_SOURCE = 200_000
MOST_FORMULAS = 60  # of one cell: the rest stays as it was typed


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href") and value.lower().startswith("data:"):
        return None
    if (tag, name) == ("img", "src") and not re.match(r"data:image/(png|jpeg|gif);base64,", value):
        return None  # a picture from elsewhere would tell that place who reads
    return value


@lru_cache(maxsize=1024)
def render_markdown(source: str) -> str:
    """Safe HTML of a text cell. Headings go one level down: the page has its own first heading."""
    if len(source) > LONGEST_SOURCE:
        return nh3.clean_text(source)
    mark = secrets.token_hex(8)
    formulas: list[str] = []
    source = _MATH.sub(lambda match: _set_aside(match, mark, formulas), source)
    html = Markdown(extensions=["fenced_code", "tables", "sane_lists"], output_format="html").convert(source)
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    safe = _HEADING.sub(lambda match: match[1] + str(min(6, int(match[2]) + 1)), safe)
    return re.sub(rf"{mark}x(\d+)x", lambda match: formulas[int(match[1])], safe)


def _set_aside(match: re.Match[str], mark: str, formulas: list[str]) -> str:
    """A word in place of a formula, put back after the cleaning: KaTeX's markup is its own and would not survive it."""
    tex = match["block"] or match["inline"]
    if tex is None or len(formulas) >= MOST_FORMULAS:
        return match[0]
    try:
        formulas.append(formula(tex, display=match["block"] is not None))
    except FormulaInvalid:
        return match[0]
    return f"{mark}x{len(formulas) - 1}x"
