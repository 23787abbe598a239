"""What every template may use: `{% asset %}`, `{% icon %}`, `{% state_mark %}`, words for minutes and hours."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import assets
from common.icons import ICONS

register = template.Library()

STATE_LABELS: Final = {
    "coming": "Coming",
    "locked": "Locked",
    "open": "Ready to start",
    "started": "In progress",
    "credited": "Credited",
    "passed": "Passed",
    "mastered": "Mastered",
    "due": "Practice due",
}
STATE_CLASSES: Final = {"open": "available", "started": "progress"}
STATE_ICONS: Final = {
    "locked": "lock",
    "coming": "hourglass",
    "credited": "check",
    "passed": "check",
    "mastered": "star",
    "due": "rotate-ccw",
}


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file by its logical name, as in `{% asset "app.js" %}`."""
    return assets.asset_url(name)


@register.simple_tag
def preload_chunks(name: str) -> SafeString:
    """`modulepreload` links for what a script imports at once."""
    links = "".join(f'<link rel="modulepreload" href="{url}">' for url in assets.chunks_of(name))
    return mark_safe(links)  # noqa: S308  addresses from our own manifest


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An inline drawing that screen readers skip: its meaning stands beside it in words."""
    return mark_safe(_icon(name, extra))  # noqa: S308  our own drawings and class names from templates


@register.simple_tag
def icon_paths(name: str) -> SafeString:
    """The lines of an icon alone, for a `<symbol>` that a long list uses many times."""
    return mark_safe(ICONS[name])  # noqa: S308  our own drawings


def _icon(name: str, extra: str = "") -> str:
    classes = f"icon {extra}".rstrip()
    return f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'


def shown_state(state: str, flags: tuple[str, ...] = ()) -> str:
    """One of STATE_LABELS: a passed lesson shows what matters most about it."""
    if state != "passed":
        return state
    return "due" if "review_due" in flags else "mastered" if "mastered" in flags else "passed"


@register.simple_tag
def state_mark(state: str, flags: tuple[str, ...] = (), *, capstone: bool = False, label: bool = True) -> SafeString:
    """The disc of a lesson's state: shape, icon and name, never colour alone. `label=False` where the word stands beside it."""
    shown = shown_state(state, flags)
    classes = f"mark {STATE_CLASSES.get(shown, shown)}{' cp' if capstone else ''}"
    inner = _icon(STATE_ICONS[shown]) if shown in STATE_ICONS else ""
    name = f'role="img" aria-label="{STATE_LABELS[shown]}"' if label else 'aria-hidden="true"'
    return mark_safe(f'<span class="{classes}" {name}>{inner}</span>')  # noqa: S308  all parts are literals of this file


@register.filter
def state_label(state: str) -> str:
    return STATE_LABELS[state]


@register.filter
def hours(minutes: float) -> str:
    """Whole hours for totals, `45 min` below one hour."""
    return f"{round(minutes / 60)} h" if minutes >= 60 else f"{round(minutes)} min"


@register.filter
def points(value: float | None) -> str:
    """Points as people write them: 16, not 16.0; 7.5 stays."""
    return "" if value is None else f"{value:g}"


@register.filter
def share(part: float, whole: float) -> int:
    """Per cent, rounded down, so that 100 means all of it."""
    return int(100 * part / whole) if whole else 0


@register.simple_tag
def logo(size: int = 24) -> SafeString:
    """Five stones, five stages; each rests on the one below."""
    stones = ((2, 18.6, 20, 4.4), (4.2, 13.6, 15.2, 4.1), (6.4, 9, 12, 3.7), (7.6, 4.8, 8.4, 3.3), (9.8, 1, 5.2, 2.9))
    drawn = "".join(
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{h / 2:g}" style="fill:var(--stage-{i})"/>'
        for i, (x, y, w, h) in enumerate(stones, start=1)
    )
    return format_html(
        '<svg viewBox="0 0 24 24" width="{}" height="{}" aria-hidden="true">{}</svg>',
        size,
        size,
        mark_safe(drawn),  # noqa: S308
    )


@register.filter
def agoish(since: str) -> str:
    """`3 hours, 12 minutes` of Django's `timesince` as `3 hours ago`; the first minute is `just now`."""
    largest = since.split(",", maxsplit=1)[0].replace("\xa0", " ")
    return "just now" if largest.startswith("0 ") else f"{largest} ago"
