"""Tokens: got with a password, ended at once, guessed only slowly. And a browser's session, which needs the site's CSRF token."""

import pytest
from django.test import Client

from accounts.models import ApiToken
from accounts.services.tokens import FAILURES, TOKENS_KEPT, make_token
from tests.api.script import Script, problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_no_limits_yet")]
TOKEN = "auth/token/"


def sign_in(email, password, **more):
    return Script().post(TOKEN, {"email": email, "password": password}, **more)


def test_a_password_gives_a_token_that_works(ada, password):
    answer = sign_in("ada@example.com", password)
    assert (answer.status_code, list(answer.json())) == (200, ["token"])
    assert Script(answer.json()["token"]).get("me/progress/").status_code == 200


def test_the_address_may_be_in_capitals(ada, password):
    assert sign_in("Ada@Example.com", password).status_code == 200


def test_only_the_hash_of_a_token_is_kept(ada, password):
    token = sign_in("ada@example.com", password).json()["token"]
    assert token not in str(list(ApiToken.objects.values()))


@pytest.mark.parametrize(("email", "word"), [("ada@example.com", "wrong"), ("nobody@example.com", "learn-by-doing")])
def test_a_wrong_password_and_an_unknown_address_look_the_same(ada, email, word):
    told = problem_of(sign_in(email, word), 401, "wrong_password")
    assert told["detail"] == "The e-mail address and the password do not belong together. Check both and try again."


def test_a_closed_account_gets_no_token_and_its_tokens_stop(ada, password):
    token = make_token(ada)
    ada.is_active = False
    ada.save()
    problem_of(sign_in("ada@example.com", password), 401, "wrong_password")
    problem_of(Script(token).get("me/progress/"), 401, "authentication_failed")


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "ada@example.com"}, {"email": "no address", "password": "x"}, {"email": "a@b.org", "password": "a\ud800"},
     {"email": "a@b.org", "password": "a\0b"}, {"email": ["a"], "password": {}}],
)  # fmt: skip
def test_what_is_missing_or_no_text_is_named(body):
    told = problem_of(Script().post(TOKEN, body), 400, "invalid")
    assert told["errors"]


def test_guessing_is_answered_429_with_the_seconds_to_wait(ada, password):
    for _ in range(FAILURES):
        problem_of(sign_in("ada@example.com", "guess"), 401, "wrong_password")
    told = problem_of(sign_in("ada@example.com", password), 429, "too_many")
    assert "Try again in" in told["detail"]
    assert sign_in("eve@example.com", "guess").status_code == 401


def test_signing_in_forgets_earlier_slips(ada, password):
    for _ in range(FAILURES - 1):
        sign_in("ada@example.com", "guess")
    assert sign_in("ada@example.com", password).status_code == 200
    assert sign_in("ada@example.com", "guess").status_code == 401


def test_an_ended_token_stops_at_once_and_no_other_does(ada):
    one, other = Script(make_token(ada)), Script(make_token(ada))
    ended = one("DELETE", TOKEN)
    assert (ended.status_code, ended.content) == (204, b"")
    problem_of(one.get("me/progress/"), 401, "authentication_failed")
    problem_of(one("DELETE", TOKEN), 401, "authentication_failed")
    assert other.get("me/progress/").status_code == 200


def test_of_too_many_tokens_the_oldest_end(ada):
    first, *_, last = [make_token(ada) for _ in range(TOKENS_KEPT + 1)]
    problem_of(Script(first).get("me/progress/"), 401, "authentication_failed")
    assert Script(last).get("me/progress/").status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Bearer a b", "bearer é"])
def test_a_header_that_is_no_token_is_401_also_where_nobody_has_to_sign_in(header):
    for path in ("me/progress/", "roadmap/"):
        problem_of(Script().get(path, headers={"Authorization": header}), 401, "authentication_failed")


@pytest.mark.parametrize("path", ["me/progress/", "me/export/", "submissions/7d8f3a52-5d0c-4c7e-9c38-7f3c7a5f6b1e/"])
def test_without_anything_it_says_how_to_sign_in(path):
    told = problem_of(Script().get(path), 401, "not_authenticated")
    assert "POST /api/v1/auth/token/" in told["detail"]


class TestASession:
    """A browser's cookie serves too; whatever changes something then needs the token that only our own pages hold."""

    @pytest.fixture
    def browser(self, ada):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(ada)
        return browser

    def test_reads_without_the_csrf_token(self, browser):
        assert browser.get("/api/v1/me/progress/").status_code == 200

    @pytest.mark.parametrize("path", ["exercises/ml-basics/submissions/", "lessons/one/quiz/"])
    def test_changes_nothing_without_it(self, browser, path):
        problem_of(browser.post(f"/api/v1/{path}", {}, content_type="application/json"), 403, "csrf_failed")

    def test_changes_with_it(self, browser):
        browser.get("/roadmap/")
        browser.get("/today/")
        token = browser.cookies["csrftoken"].value
        answer = browser.post("/api/v1/lessons/none/quiz/", {}, content_type="application/json", headers={"X-CSRFToken": token})
        problem_of(answer, 404, "not_found")

    def test_has_no_token_to_end(self, browser):
        browser.get("/today/")
        token = browser.cookies["csrftoken"].value
        problem_of(browser.delete("/api/v1/auth/token/", headers={"X-CSRFToken": token}), 400, "no_token")

    def test_signing_in_for_a_token_asks_for_no_csrf_token(self, browser, password):
        answer = browser.post("/api/v1/auth/token/", {"email": "ada@example.com", "password": password}, content_type="application/json")
        assert answer.status_code == 200
