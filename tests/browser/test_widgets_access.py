"""What holds for every widget: it fits a phone, breaks no rule of access, is large enough to touch, and keeps its words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import overflow, violations
from tests.browser.test_widgets import MAP, SHAPES, THRESHOLD, VECTORS
from tests.browser.test_workspace import console  # noqa: F401  fixture
from tests.browser.test_workspace_access import THEMES
from tests.browser.widgets import figure, lesson_with, open_widget, press  # noqa: F401  fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDGETS = {"vectors": VECTORS, "linear-map": MAP, "shapes": SHAPES, "threshold": THRESHOLD}
CONTROLS = "button, select, summary, input, [role=slider], .w-tray li"
BAD = {
    "vectors": {"u": [6], "v": [3, 6]},
    "linear-map": {"matrix": [[1, 0.55], [0, 1]]},
    "shapes": {"matrices": [{"name": "a", "rows": 0, "columns": 2}]},
    "threshold": {"cases": [{"score": 1.2, "truth": True}]},
}


def smallest_control(widget) -> float:
    return widget.evaluate(
        f"""figure => Math.min(...[...figure.querySelectorAll({CONTROLS!r})]
          .filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height)))"""
    )


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("theme", THEMES)
def test_no_violation_on_desktop_and_phone(page, open_widget, name, theme):  # noqa: F811
    page.emulate_media(color_scheme=theme)
    widget = open_widget(name, WIDGETS[name])
    widget.get_by_text("The numbers in words").click()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    assert violations(page) == []
    assert smallest_control(widget) >= 24


@pytest.mark.parametrize("name", WIDGETS)
def test_controls_are_large_enough_to_touch(browser, lesson_with, name):  # noqa: F811
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(lesson_with(figure(name, WIDGETS[name])))
    widget = page.locator("[data-widget][data-mounted]")
    expect(widget).to_be_attached()
    assert overflow(page) == 0
    assert smallest_control(widget) >= 44
    context.close()


@pytest.mark.parametrize("name", WIDGETS)
def test_the_words_stay_in_reach(open_widget, name):  # noqa: F811
    widget = open_widget(name, {**WIDGETS[name], "try": "Turn it by hand."})
    words = widget.get_by_text("What it shows, in words.")
    expect(words).not_to_be_visible()
    widget.get_by_text("The numbers in words").click()
    expect(words).to_be_visible()
    expect(widget.locator("figcaption")).to_have_text("Try this Turn it by hand.")
    expect(widget.locator("style, script")).to_have_count(0)


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("broken", ["data", "json"])
def test_bad_data_leaves_the_words_and_says_so_once(page, lesson_with, name, broken):  # noqa: F811
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    with page.expect_console_message(lambda message: message.type == "error"):
        page.goto(lesson_with(figure(name, BAD[name] if broken == "data" else "{")))
    widget = page.locator("[data-widget]")
    expect(widget.get_by_text("What it shows, in words.")).to_be_visible()
    expect(widget.get_by_role("status")).to_have_count(0)
    expect(widget).not_to_have_attribute("data-mounted", "")
    page.wait_for_timeout(200)  # a second message would come by then
    assert len(errors) == 1
    assert f'The widget "{name}" stays in words' in errors[0]


def test_without_script_the_words_are_there(browser, lesson_with):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(lesson_with(figure("vectors", VECTORS)))
    expect(page.get_by_text("What it shows, in words.")).to_be_visible()
    context.close()


def test_a_widget_is_fetched_when_it_nears_the_screen(page, lesson_with, console):  # noqa: F811
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(lesson_with("<p>A long way.</p>" * 200 + figure("shapes", SHAPES)))
    page.wait_for_load_state("networkidle")
    assert [url for url in fetched if "/shapes-" in url] == []
    page.locator("[data-widget]").scroll_into_view_if_needed()
    expect(page.locator("[data-widget][data-mounted]")).to_be_attached()
    assert len([url for url in fetched if "/shapes-" in url]) == 1


def test_two_widgets_on_a_page_are_labelled_apart(page, lesson_with, console):  # noqa: F811
    page.goto(lesson_with(figure("linear-map", MAP) + figure("shapes", SHAPES) + figure("threshold", THRESHOLD)))
    expect(page.locator("[data-widget][data-mounted]")).to_have_count(3)
    press(page.get_by_role("slider", name="Threshold"), "ArrowRight")
    expect(page.locator("[data-widget=threshold] .w-value")).to_have_text("0.51")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
