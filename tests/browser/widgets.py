"""Lessons with a widget, for a browser: the page is the real one, the lesson a row made for the test."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_workspace import console  # noqa: F401  fixture
from tests.factories import LessonFactory

WORDS = "<p>What it shows, in words.</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"


def figure(name: str, data: Any) -> str:
    """What `::: widget` becomes, see lessons/content/page.py; `data` that is a text goes in as it is."""
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<figure class="ui widget card" data-widget="{name}" data-data="{html.escape(text)}"><div data-fallback>{WORDS}</div></figure>'


@pytest.fixture
def lesson_with(live_server, transactional_db):
    """Address of a new lesson with this text."""

    def made(text: str) -> str:
        lesson = LessonFactory.create(title="A lesson with a widget", html=text)
        return f"{live_server.url}/lessons/{lesson.slug}/"

    return made


@pytest.fixture
def open_widget(page: Page, lesson_with, console):  # noqa: F811
    """Opens a lesson with one widget, `open_widget("shapes", {...})`, and returns its mounted figure."""

    def opened(name: str, data: Any) -> Locator:
        page.goto(lesson_with(f"<p>Before.</p>{figure(name, data)}<p>After.</p>"))
        widget = page.locator(f"[data-widget={name}]")
        expect(widget).to_have_attribute("data-mounted", "")
        widget.scroll_into_view_if_needed()
        return widget

    return opened


def reading(widget: Locator, name: str) -> Locator:
    """The box of a named number."""
    return widget.locator(".w-big").filter(has=widget.page.get_by_text(name, exact=True))


def says(widget: Locator, sentence: str) -> None:
    expect(widget.get_by_role("status")).to_have_text(sentence)


def press(control: Locator, *keys: str) -> None:
    control.focus()
    for key in keys:
        control.page.keyboard.press(key)


def drag(page: Page, start: Locator, to: tuple[float, float]) -> None:
    box = start.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*to, steps=6)
    page.mouse.up()


def on_plane(widget: Locator, reach: float, x: float, y: float) -> tuple[float, float]:
    """Where a point of a plane is on the screen."""
    box = widget.locator(".w-plane svg").bounding_box()
    return box["x"] + box["width"] * (x + reach) / (2 * reach), box["y"] + box["height"] * (reach - y) / (2 * reach)
