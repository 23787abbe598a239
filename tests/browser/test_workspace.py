"""The workspace in a real browser, graded by the real engine: typing, running, checking, two tabs, no network, hostile output."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from submissions.models import Draft, Submission
from tests.browser.grading_site import grading_worker, site  # noqa: F401  fixtures
from tests.submissions import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exercise(transactional_db):
    return made.exercise()


@pytest.fixture
def console(page: Page):
    """Errors of the page's console so far: any that is left at the end fails the test."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield errors
    assert [text for text in errors if "ERR_INTERNET_DISCONNECTED" not in text] == []


@pytest.fixture
def workspace(page: Page, site, exercise, ada, client, console):  # noqa: F811
    """Ada's workspace, opened."""
    sign_in(page, site, client, ada)
    page.goto(f"{site}/lessons/doubling/exercise/")
    expect(page.locator("form[data-ready]")).to_be_attached()
    return page


def sign_in(page, site, client, person):  # noqa: F811
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def code_of(page, number):
    return page.get_by_role("textbox", name=f"Code of cell {number}", exact=True)


def type_into(page, number, text):
    code_of(page, number).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def draft_holds(page, text):
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    return text in json.dumps(Draft.objects.get().notebook)


def test_typing_is_saved_by_itself_and_is_there_after_a_reload(workspace):
    type_into(workspace, 3, "answer = 42")
    expect(workspace.get_by_text(re.compile(r"^Saved \d\d:\d\d$"))).to_be_attached()
    assert draft_holds(workspace, "answer = 42")
    workspace.reload()
    expect(code_of(workspace, 3)).to_contain_text("answer = 42")


def test_a_run_shows_what_each_cell_put_out(workspace):
    type_into(workspace, 3, "print('six', 3 + 3)\n7 * 6")
    workspace.keyboard.press("Shift+Enter")
    cell = workspace.get_by_role("region", name="Cell 3", exact=True)
    expect(cell).to_contain_text("six 6", timeout=30_000)
    expect(cell).to_contain_text("42")


def test_an_error_names_its_line_in_words(workspace):
    type_into(workspace, 3, "x = 1\nprint(y)")
    workspace.get_by_role("button", name="Run all").click()
    cell = workspace.get_by_role("region", name="Cell 3", exact=True)
    expect(cell).to_contain_text("NameError on line 2", timeout=30_000)
    cell.get_by_text("Show traceback").click()
    expect(cell.locator("pre", has_text="print(y)").last).to_be_visible()


def test_check_shows_the_learners_value_beside_the_expected_one(workspace):
    type_into(workspace, 3, "def double(x):\n    return x + 1")
    workspace.keyboard.press("Control+Enter")
    panel = workspace.get_by_role("tabpanel", name="Checks")
    expect(panel).to_contain_text("0 of 1", timeout=30_000)
    expect(panel).to_contain_text("4")
    expect(panel).to_contain_text("expected 6")
    type_into(workspace, 3, "def double(x):\n    return x + x")
    workspace.keyboard.press("Control+Enter")
    expect(panel).to_contain_text("1 of 1", timeout=30_000)


def test_submit_leads_to_the_graded_result(workspace):
    type_into(workspace, 3, "def double(x):\n    return 2 * x")
    workspace.get_by_role("button", name="Submit").click()
    expect(workspace.get_by_role("heading", name="Everything holds, on unseen data too")).to_be_visible(timeout=30_000)
    assert Submission.objects.get(kind="submit").score == 20


def test_a_deleted_cell_comes_back(workspace):
    type_into(workspace, 3, "precious = 1")
    cell = workspace.get_by_role("region", name="Cell 3", exact=True)
    cell.get_by_role("button", name="Delete cell").click()
    expect(workspace.get_by_role("region", name="Cell 3", exact=True)).to_have_count(0)
    workspace.get_by_role("button", name="Undo").click()
    expect(code_of(workspace, 3)).to_contain_text("precious = 1")
    assert draft_holds(workspace, "precious = 1")


def test_given_cells_stay_as_they_are(workspace):
    code_of(workspace, 2).click()
    workspace.keyboard.insert_text("broken = ")
    expect(code_of(workspace, 2)).to_have_text("import numpy as np")
    expect(workspace.get_by_role("region", name="Cell 2", exact=True).get_by_role("button", name="Delete cell")).to_have_count(0)


def test_two_tabs_lose_nothing(workspace, site):  # noqa: F811
    other = workspace.context.new_page()
    other.goto(f"{site}/lessons/doubling/exercise/")
    expect(other.locator("form[data-ready]")).to_be_attached()
    type_into(workspace, 3, "first_tab = 1")
    assert draft_holds(workspace, "first_tab = 1")
    type_into(other, 3, "second_tab = 2")
    dialog = other.get_by_role("dialog", name="This notebook was changed somewhere else")
    expect(dialog).to_contain_text("first_tab = 1")
    expect(dialog).to_contain_text("second_tab = 2")
    dialog.get_by_role("button", name="Keep both").click()
    expect(code_of(other, 3)).to_contain_text("first_tab = 1")
    expect(code_of(other, 4)).to_contain_text("second_tab = 2")
    expect(other.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    stored = json.dumps(Draft.objects.get().notebook)
    assert "first_tab = 1" in stored
    assert "second_tab = 2" in stored


def test_without_network_edits_are_kept_and_sent_later(workspace):
    workspace.context.set_offline(True)
    type_into(workspace, 3, "offline = 1")
    expect(workspace.locator("[data-save-state]")).to_have_attribute("data-state", "offline")
    assert not Draft.objects.exists()
    workspace.context.set_offline(False)
    expect(workspace.locator("[data-save-state]")).to_have_attribute("data-state", "saved", timeout=15_000)
    assert draft_holds(workspace, "offline = 1")


def test_edits_that_no_page_could_send_are_there_at_the_next_visit(workspace, site):  # noqa: F811
    workspace.context.set_offline(True)
    type_into(workspace, 3, "unsent = 1")
    expect(workspace.locator("[data-save-state]")).to_have_attribute("data-state", "offline")
    next_visit = workspace.context.new_page()
    workspace.close()
    next_visit.context.set_offline(False)
    next_visit.goto(f"{site}/lessons/doubling/exercise/")
    expect(code_of(next_visit, 3)).to_contain_text("unsent = 1")
    assert draft_holds(next_visit, "unsent = 1")


def test_hostile_output_stays_in_its_frame(workspace, console):
    hostile = (
        "from IPython.display import HTML, display\n"
        "display(HTML('<p id=out>start</p><script>"
        'const say = t => document.getElementById("out").textContent += " " + t;'
        'try { parent.document.title = "taken"; say("parent-open") } catch { say("parent-closed") }'
        'try { say(document.cookie || "no-cookie") } catch { say("cookie-closed") }'
        'fetch("/api/v1/me/progress/").then(() => say("fetch-open"), () => say("fetch-closed"));'
        'try { top.location = "https://example.com/" } catch { say("top-closed") }'
        'parent.postMessage({cairn: "height", height: 1e9}, "*");'
        "</script>'))"
    )
    address = workspace.url
    type_into(workspace, 3, hostile)
    workspace.get_by_role("button", name="Run all").click()
    inside = workspace.frame_locator("iframe[data-output-frame]").locator("#out")
    expect(inside).to_contain_text("parent-closed", timeout=30_000)
    expect(inside).to_contain_text("cookie-closed")
    expect(inside).to_contain_text("fetch-closed")
    expect(inside).not_to_contain_text("open")
    assert workspace.url == address
    assert "taken" not in workspace.title()
    assert workspace.locator("iframe[data-output-frame]").bounding_box()["height"] <= 641
    assert workspace.locator("iframe[data-output-frame]").get_attribute("sandbox") == "allow-scripts"
    console.clear()  # the browser says there what it has refused


def test_escape_then_tab_leaves_the_editor_and_letters_work_outside(workspace):
    code_of(workspace, 3).click()
    workspace.keyboard.type("b")
    expect(code_of(workspace, 3)).to_contain_text("b")
    workspace.keyboard.press("Escape")
    workspace.keyboard.press("Tab")
    expect(code_of(workspace, 3)).not_to_be_focused()
    workspace.keyboard.press("b")
    expect(workspace.get_by_role("region", name="Cell 4", exact=True)).to_be_visible()
    expect(code_of(workspace, 4)).to_be_focused()


def test_plain_text_fields_do_all_of_it(workspace):
    workspace.get_by_role("tab", name="Files").click()
    workspace.get_by_role("button", name="Use plain text fields").click()
    expect(workspace.locator("form[data-plain=yes]")).to_be_attached()
    field = code_of(workspace, 3)
    assert field.evaluate("element => element.tagName") == "TEXTAREA"
    field.fill("def double(x):\n    return 2 * x")
    field.press("Control+Enter")
    expect(workspace.get_by_role("tabpanel", name="Checks")).to_contain_text("1 of 1", timeout=30_000)
