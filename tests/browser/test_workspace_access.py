"""The workspace and the result for everybody: no axe violation in either theme, nothing wider than a phone, whole without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import overflow, violations
from tests.browser.grading_site import grading_worker, site  # noqa: F401  fixtures
from tests.browser.test_workspace import code_of, console, exercise, sign_in, type_into, workspace  # noqa: F401  fixtures
from tests.submissions import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THEMES = ["light", "dark"]


def run_something_of_everything(page: Page) -> None:
    source = (
        "import pandas as pd, matplotlib.pyplot as plt\nfrom IPython.display import HTML, display\n"
        "print('a long line ' * 40)\ndisplay(pd.DataFrame({f'column {n}': range(3) for n in range(30)}))\n"
        "display(HTML('<b>bold</b>'))\nplt.plot([1, 3, 2]); plt.show()\nmissing_name"
    )
    type_into(page, 3, source)
    page.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_selector("body[data-busy]", state="attached")
    page.wait_for_selector("body:not([data-busy])", timeout=40_000)


@pytest.mark.parametrize("theme", THEMES)
def test_the_workspace_has_no_violation_with_every_kind_of_output(workspace, theme):  # noqa: F811
    workspace.emulate_media(color_scheme=theme)
    run_something_of_everything(workspace)
    found = violations(workspace)
    for name in ("Task", "Hints", "Files"):
        workspace.get_by_role("tab", name=name).click()
        found += violations(workspace)
    workspace.keyboard.press("?")
    found += violations(workspace)
    assert found == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_result_has_no_violation(page, site, client, ada, exercise, console, theme):  # noqa: F811
    page.emulate_media(color_scheme=theme)
    error = {"name": "NameError", "message": "name `y` is not defined", "line": 2, "hint": "", "traceback": "Traceback"}
    cells = [{"index": 2, "status": "error", "seconds": 0.1, "error": error}]
    made.submission(ada, exercise, made.check("a", passed=False), notebook=made.notebook("x = 1"))
    checks = [made.check("a", passed=True), made.check("b", passed=False, visible=False, message="You returned `6`, expected 4.")]
    shown = made.submission(ada, exercise, *checks, cells=cells, notebook=made.notebook("x = 2\n" * 30 + "y" * 300))
    sign_in(page, site, client, ada)
    page.goto(f"{site}/submissions/{shown.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cell 3 stopped with an error" if shown.verdict == "learner_error" else "One of two checks holds"
    )
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    assert violations(page) == []


def test_on_a_phone_everything_is_in_reach(workspace):  # noqa: F811
    workspace.set_viewport_size({"width": 390, "height": 844})
    type_into(workspace, 3, "def double(x):\n    return x + x  # " + "long " * 40)
    for name in ("Run all", "Check", "Submit"):
        expect(workspace.get_by_role("button", name=name, exact=True)).to_be_in_viewport()
    assert overflow(workspace) == 0
    workspace.get_by_role("button", name="Check", exact=True).click()
    expect(workspace.get_by_role("tabpanel", name="Checks")).to_contain_text("1 of 1", timeout=30_000)
    panels = workspace.get_by_role("navigation", name="Panels")
    for name in ("Task", "Hints", "Files"):
        panels.get_by_role("link", name=name).click()
        expect(workspace.get_by_role("tabpanel", name=name)).to_be_visible()
        assert overflow(workspace) == 0
    panels.get_by_role("link", name="Notebook").click()
    expect(code_of(workspace, 3)).to_be_visible()
    assert violations(workspace) == []


def test_without_script_the_page_still_runs_checks_and_submits(browser, site, client, ada, exercise):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, client, ada)
    page.goto(f"{site}/lessons/doubling/exercise/")
    page.get_by_role("textbox", name="Code of cell 3").fill("def double(x):\n    return 2 * x\nprint(double(21))")
    page.get_by_role("button", name="Run all").click()
    expect(page.get_by_role("region", name="Cell 3", exact=True)).to_contain_text("42", timeout=40_000)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#panel-checks")).to_contain_text("1 of 1", timeout=40_000)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Everything holds, on unseen data too")).to_be_visible(timeout=40_000)
    context.close()
