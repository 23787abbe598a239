"""Text cells of a notebook as safe HTML: Markdown, cleaned by an allow-list, since learners write and upload them."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown import Markdown

_TAGS = {
    "p", "br", "hr", "strong", "b", "em", "i", "del", "s", "sub", "sup", "kbd", "code", "pre", "blockquote", "a",
    "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img", "span",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
LONGEST_SOURCE = 200_000


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
    html = Markdown(extensions=["fenced_code", "tables", "sane_lists"], output_format="html").convert(source)
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return _HEADING.sub(lambda match: match[1] + str(min(6, int(match[2]) + 1)), safe)
