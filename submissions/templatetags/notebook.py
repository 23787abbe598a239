"""Filters of the notebook's and the result's pages."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_CODE = re.compile(r"`([^`\n]+)`")


@register.filter
def coded(text: str) -> SafeString:
    """A sentence whose `names` in backticks are set as code, its line ends kept; everything in it is escaped first."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)).replace("\n", "<br>"))  # noqa: S308  escaped on this line
