"""A new learner's whole way: landing, sign-up, roadmap, lesson, notebook, run, check, submit, result, next lesson. Nothing is faked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lessons.content.tree import sound_curriculum
from lessons.services.load import load_curriculum
from submissions.cells import source_of, tags_of
from tests.browser.grading_site import grading_worker, site  # noqa: F401  fixtures
from tests.browser.test_workspace import code_of, console  # noqa: F401  fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, NEXT = "vectors-and-dot-products", "matrices-and-linear-maps"
MOST_TABS = 150
FOCUSED = """() => {
  const e = document.activeElement;
  const label = e.getAttribute("aria-label") || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText || e.value || "";
  return label.replace(/\\s+/g, " ").trim();
}"""


@pytest.fixture(scope="module")
def curriculum():
    return sound_curriculum()


@pytest.fixture
def lessons(curriculum, site):  # noqa: F811
    """The real curriculum, loaded; the exercise of the first lesson."""
    load_curriculum(curriculum)
    return {lesson.slug: lesson for lesson in curriculum.lessons}


@pytest.fixture
def solution(lessons):
    """Number of the cell, counted from 1 → the reference's text, for each task of the first lesson."""
    cells = lessons[FIRST].exercise.reference["cells"]
    return {place: source_of(cell) for place, cell in enumerate(cells, 1) if any(tag.startswith("task:") for tag in tags_of(cell))}


def visible(page: Page, role: str, name: str):
    return page.get_by_role(role, name=re.compile(re.escape(name))).locator("visible=true").first


@pytest.mark.parametrize("size", [(1280, 860), (390, 844)], ids=["desktop", "phone"])
def test_a_new_learner_gets_from_the_landing_page_to_the_next_lesson(page: Page, site, lessons, solution, console, size):  # noqa: F811
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(site)
    visible(page, "link", "Start at Foundations").click()
    page.get_by_label("E-mail").fill("new@example.com")
    page.get_by_label("Password", exact=True).fill("a sentence to remember")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile("/today/$"))
    visible(page, "link", "Roadmap").click()
    visible(page, "link", lessons[FIRST].title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(lessons[FIRST].title)
    visible(page, "link", lessons[FIRST].exercise.title).click()
    expect(page.locator("form[data-ready]")).to_be_attached()
    for number, text in solution.items():
        code_of(page, number).click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
    page.get_by_role("button", name="Run all").click()
    expect(page.locator("body:not([data-busy])")).to_be_attached(timeout=60_000)
    expect(page.locator(".err")).to_have_count(0)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("tabpanel", name="Checks")).to_contain_text(re.compile(r"(\d+) of \1"), timeout=60_000)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Everything holds, on unseen data too")).to_be_visible(timeout=60_000)
    visible(page, "link", f"Next lesson: {lessons[NEXT].title}").click()
    expect(page).to_have_url(re.compile(f"/lessons/{NEXT}/$"))
    assert_open(page, lessons)


def assert_open(page: Page, lessons) -> None:
    visible(page, "link", lessons[NEXT].exercise.title).click()
    expect(page.locator("form[data-ready]")).to_be_attached()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing of this name has the focus: nothing else may be needed to get there."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused.startswith(name):
            return
        if focused.startswith("Code of cell"):
            page.keyboard.press("Escape")  # in an editor Tab indents, until Escape lets it leave
        seen.append(focused[:40])
    pytest.fail(f"Tab never reached {name!r}. It passed {seen}.")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_the_whole_way_works_by_keyboard_alone(page: Page, site, lessons, solution, console):  # noqa: F811
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(site)
    press(page, "Start at Foundations")
    expect(page.get_by_role("heading", level=1)).to_have_text("Start your path")
    tab_to(page, "E-mail")
    page.keyboard.type("keys@example.com")
    tab_to(page, "Password")
    page.keyboard.type("a sentence to remember")
    press(page, "Create account")
    expect(page).to_have_url(re.compile("/today/$"))
    press(page, "Roadmap")
    expect(page).to_have_url(re.compile("/roadmap/$"))
    press(page, lessons[FIRST].title)
    expect(page.get_by_role("heading", level=1)).to_contain_text(lessons[FIRST].title)
    press(page, "Next: the notebook")
    expect(page.locator("form[data-ready]")).to_be_attached()
    for number, text in solution.items():
        tab_to(page, f"Code of cell {number}")
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("body:not([data-busy])")).to_be_attached(timeout=60_000)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("tabpanel", name="Checks")).to_contain_text(re.compile(r"(\d+) of \1"), timeout=60_000)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    page.evaluate("document.activeElement.blur()")
    press(page, "Submit")
    expect(page.get_by_role("heading", name="Everything holds, on unseen data too")).to_be_visible(timeout=60_000)
    press(page, "Next lesson")
    expect(page).to_have_url(re.compile(f"/lessons/{NEXT}/$"))
