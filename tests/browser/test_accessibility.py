"""Every page for everybody, in both themes, wide and on a phone: no axe violation, no sideways scroll, a silent console.

The workspace and the result with outputs are walked in `test_workspace_access.py`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lessons.content.tree import sound_curriculum
from lessons.services.load import load_curriculum
from submissions.models import Status, Submission
from tests.browser.axe import TELL_REFUSALS, faults
from tests.browser.test_workspace import console, sign_in  # noqa: F401  fixtures
from tests.submissions import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = "vectors-and-dot-products"
PUBLIC = (
    "/",
    "/roadmap/",
    "/roadmap/?zoom=stages",
    "/roadmap/?zoom=mine",
    f"/lessons/{FIRST}/",
    f"/lessons/{FIRST}/report/",
    "/lessons/gradient-descent/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
)
PERSONAL = ("/today/", "/welcome/", "/roadmap/", "/accounts/you/", "/accounts/email/", "/accounts/password/change/")
STAFF = ("/staff/status/", "/staff/components/")
REFUSED = {"/nothing/": 404, "/accounts/theme/": 405}


@pytest.fixture(scope="module")
def curriculum():
    return sound_curriculum()


@pytest.fixture
def site(curriculum, live_server):
    """The address of a site with the real curriculum. Nothing is graded here."""
    load_curriculum(curriculum)
    return live_server.url


@pytest.fixture(params=["light", "dark"])
def walker(page: Page, request, console):  # noqa: F811
    page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    page.add_init_script(TELL_REFUSALS)
    return page


def walk(page: Page, site, paths) -> list[str]:
    found = []
    for path in paths:
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == 200, path
        found += faults(page)
    return found


def test_public_pages(walker, site):
    assert walk(walker, site, PUBLIC) == []


def test_the_pages_of_a_new_learner(walker, site, client, ada):
    sign_in(walker, site, client, ada)
    assert walk(walker, site, PERSONAL) == []


def test_the_pages_of_somebody_under_way(walker, site, client, ada):
    exercise = made.exercise()
    made.submission(ada, exercise, made.check("a", passed=False))
    waiting = made.submission(ada, exercise)
    Submission.objects.filter(pk=waiting.pk).update(status=Status.QUEUED, verdict="", graded_at=None, score=None, passed=None)
    sign_in(walker, site, client, ada)
    assert walk(walker, site, ("/today/", f"/submissions/{waiting.public_id}/")) == []


def test_the_pages_of_staff(walker, site, client, alex):
    sign_in(walker, site, client, alex)
    assert walk(walker, site, STAFF) == []


def test_an_answered_quiz(walker, site, curriculum):
    quiz = next(lesson for lesson in curriculum.lessons if lesson.slug == FIRST).quiz
    item = next(item for item in quiz if item["type"] == "single")
    walker.goto(f"{site}/lessons/{FIRST}/")
    form = walker.locator(f"#quiz-{item['id']}")
    for option, said in (("wrong", "Not yet"), ("right", "Right")):
        chosen = next(choice for choice in item["options"] if choice["right"] == (option == "right"))
        form.locator(f"input[value='{chosen['id']}']").check()
        form.get_by_role("button").click()
        expect(form.locator(".chip")).to_have_text(said)
        assert faults(walker) == []


def test_open_menus_and_dialogs(walker, site, client, ada):
    sign_in(walker, site, client, ada)
    walker.goto(f"{site}/accounts/you/")
    walker.get_by_label("Your account").click()
    assert faults(walker) == []
    walker.keyboard.press("Escape")
    walker.keyboard.press("?")
    expect(walker.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert faults(walker) == []
    walker.goto(f"{site}/lessons/{FIRST}/")
    walker.get_by_role("link", name="Report a problem").click()
    expect(walker.get_by_role("dialog", name="Report a problem")).to_be_visible()
    assert faults(walker) == []


def test_refused_forms(walker, site):
    walker.goto(f"{site}/accounts/login/")
    walker.get_by_label("E-mail").fill("nobody@example.com")
    walker.get_by_label("Password", exact=True).fill("not the password")
    walker.get_by_role("button", name="Sign in", exact=True).click()
    expect(walker.get_by_role("alert")).to_be_visible()
    assert faults(walker) == []


def test_error_pages(walker, site, console):  # noqa: F811
    for path, status in REFUSED.items():
        answer = walker.goto(site + path)
        assert answer.status == status
        assert faults(walker) == []
    assert [text for text in console if "Failed to load resource" not in text] == []
    console.clear()  # the browser notes there the status of the page itself


def test_the_administration_keeps_to_the_policy(walker, site, client, alex):
    """Django's own pages are not ours to rebuild; they must work under our policy."""
    sign_in(walker, site, client, alex)
    for path in ("/admin/", "/admin/accounts/user/", f"/admin/accounts/user/{alex.pk}/change/", "/admin/lessons/lesson/"):
        assert walker.goto(site + path).status == 200
        expect(walker.get_by_role("link", name="Status of the site")).to_be_visible()
