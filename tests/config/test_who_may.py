"""Every address of the site by every role: let in, or refused in the right way. An address that is not listed here fails a test.

Somebody else's thing is not there (404). A page without an account leads to the sign-in (302), a script is told 401, an answer of JSON too.
"""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "owner", "other learner", "mentor", "admin")
EXERCISE = "lessons/<slug:slug>/exercise/"
# route: [(method, address, what each of WHO gets)]
ADDRESSES: dict[str, list[tuple[str, str, str]]] = {
    "": [("GET", "/", "200 200 200 200 200")],
    "roadmap/": [("GET", "/roadmap/", "200 200 200 200 200")],
    "lessons/<slug:slug>/": [
        ("GET", "/lessons/first/", "200 200 200 200 200"),
        ("GET", "/lessons/second/", "200 200 200 200 200"),
        ("GET", "/lessons/doubling/", "404 404 404 404 404"),
    ],
    "lessons/<slug:slug>/quiz/": [("POST", "/lessons/first/quiz/", "200 302 302 302 302")],
    "lessons/<slug:slug>/report/": [("GET", "/lessons/first/report/", "200 200 200 200 200")],
    "today/": [("GET", "/today/", "302 200 200 200 200")],
    "welcome/": [("GET", "/welcome/", "302 200 200 200 200"), ("POST", "/welcome/", "302 302 302 302 302")],
    EXERCISE: [
        ("GET", "/lessons/doubling/exercise/", "302 200 200 200 200"),
        ("GET", "/lessons/second/exercise/", "302 403 403 403 200"),
        ("GET", "/lessons/unknown/exercise/", "302 404 404 404 404"),
    ],
    f"{EXERCISE}draft/": [
        ("GET", "/lessons/doubling/exercise/draft/", "302 200 200 200 200"),
        ("GET", "/lessons/second/exercise/draft/", "302 403 403 403 200"),
        ("PUT", "/lessons/second/exercise/draft/", "302 403 403 403 400"),
    ],
    f"{EXERCISE}save/": [("POST", "/lessons/doubling/exercise/save/", "302 302 302 302 302")],
    f"{EXERCISE}preview/": [
        ("POST", "/lessons/doubling/exercise/preview/", "302 400 400 400 400"),
        ("POST", "/lessons/second/exercise/preview/", "302 403 403 403 400"),
    ],
    f"{EXERCISE}hint/": [("POST", "/lessons/second/exercise/hint/", "302 403 403 403 404")],
    f"{EXERCISE}reset/": [("POST", "/lessons/second/exercise/reset/", "302 403 403 403 302")],
    f"{EXERCISE}undo/": [("POST", "/lessons/second/exercise/undo/", "302 403 403 403 302")],
    f"{EXERCISE}editor/": [("POST", "/lessons/doubling/exercise/editor/", "302 400 400 400 400")],
    f"{EXERCISE}upload/": [("GET", "/lessons/doubling/exercise/upload/", "302 302 302 302 302")],
    f"{EXERCISE}download/": [
        ("GET", "/lessons/doubling/exercise/download/", "302 200 200 200 200"),
        ("GET", "/lessons/second/exercise/download/", "302 403 403 403 200"),
    ],
    f"{EXERCISE}files/<path:name>": [
        ("GET", "/lessons/doubling/exercise/files/numbers.csv", "302 200 200 200 200"),
        ("GET", "/lessons/doubling/exercise/files/../checks.py", "302 404 404 404 404"),
    ],
    r"^lessons/(?P<slug>[-\w]+)/exercise/(?P<kind>run|check|submit)/$": [
        ("POST", f"/lessons/{slug}/exercise/{kind}/", codes)
        for kind in ("run", "check", "submit")
        for slug, codes in (("doubling", "302 400 400 400 400"), ("second", "302 403 403 403 400"))
    ],
    "submissions/<uuid:public_id>/": [("GET", "/submissions/{of_owner}/", "302 200 404 404 200")],
    "submissions/<uuid:public_id>/status/": [("GET", "/submissions/{of_owner}/status/", "404 200 404 404 200")],
    "submissions/<uuid:public_id>/notebook/": [("GET", "/submissions/{of_owner}/notebook/", "302 200 404 404 200")],
    "submissions/<uuid:public_id>/report/": [("POST", "/submissions/{of_owner}/report/", "302 400 404 404 400")],
    "outputs/<str:signed>/": [
        ("GET", "/outputs/{signed}/", "200 200 200 200 200"),  # the signature is the permission; no session is read
        ("GET", "/outputs/forged/", "404 404 404 404 404"),
    ],
    "accounts/you/": [("GET", "/accounts/you/", "302 200 200 200 200")],
    "accounts/theme/": [("POST", "/accounts/theme/", "302 302 302 302 302")],
    "accounts/login/": [("GET", "/accounts/login/", "200 302 302 302 302")],
    "accounts/logout/": [("GET", "/accounts/logout/", "302 200 200 200 200")],
    "accounts/inactive/": [("GET", "/accounts/inactive/", "200 200 200 200 200")],
    "accounts/signup/": [("GET", "/accounts/signup/", "200 302 302 302 302")],
    "accounts/reauthenticate/": [("GET", "/accounts/reauthenticate/", "302 200 200 200 200")],
    "accounts/email/": [("GET", "/accounts/email/", "302 200 200 200 200")],
    "accounts/confirm-email/": [("GET", "/accounts/confirm-email/", "200 200 200 200 200")],
    "accounts/password/change/": [("GET", "/accounts/password/change/", "302 200 200 200 200")],
    "accounts/password/set/": [("GET", "/accounts/password/set/", "302 302 302 302 302")],
    "accounts/password/reset/": [("GET", "/accounts/password/reset/", "200 200 200 200 200")],
    "accounts/password/reset/done/": [("GET", "/accounts/password/reset/done/", "200 200 200 200 200")],
    "accounts/password/reset/key/done/": [("GET", "/accounts/password/reset/key/done/", "200 200 200 200 200")],
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": [
        ("GET", "/accounts/password/reset/key/1-x/", "200 200 200 200 200")
    ],
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": [("GET", "/accounts/confirm-email/x/", "200 200 200 200 200")],
    "accounts/login/code/confirm/": [("GET", "/accounts/login/code/confirm/", "302 302 302 302 302")],
    "api/schema/": [("GET", "/api/schema/", "200 200 200 200 200")],
    "api/v1/auth/token/": [
        ("POST", "/api/v1/auth/token/", "400 400 400 400 400"),
        ("DELETE", "/api/v1/auth/token/", "401 400 400 400 400"),  # a session has no token to end
    ],
    "api/v1/roadmap/": [("GET", "/api/v1/roadmap/", "200 200 200 200 200")],
    "api/v1/lessons/<slug:slug>/": [("GET", "/api/v1/lessons/second/", "200 200 200 200 200")],
    "api/v1/lessons/<slug:slug>/quiz/": [("POST", "/api/v1/lessons/first/quiz/", "401 400 400 400 400")],
    "api/v1/exercises/<slug:slug>/starter/": [("GET", "/api/v1/exercises/second/starter/", "200 200 200 200 200")],
    "api/v1/exercises/<slug:slug>/submissions/": [
        ("POST", "/api/v1/exercises/doubling/submissions/", "401 400 400 400 400"),
        ("POST", "/api/v1/exercises/second/submissions/", "401 400 400 400 400"),
    ],
    "api/v1/submissions/<uuid:public_id>/": [("GET", "/api/v1/submissions/{of_owner}/", "401 200 404 404 200")],
    "api/v1/me/progress/": [("GET", "/api/v1/me/progress/", "401 200 200 200 200")],
    "api/v1/me/export/": [("GET", "/api/v1/me/export/", "401 200 200 200 200")],
    "api/^(?P<rest>.*)$": [("GET", "/api/v1/unknown/", "404 404 404 404 404")],
    "healthz": [("GET", "/healthz", "200 200 200 200 200")],
    "readyz": [("GET", "/readyz", "503 503 503 503 503")],  # no worker in these tests
    "metrics": [("GET", "/metrics", "200 200 200 200 200")],
    "staff/status/": [("GET", "/staff/status/", "302 404 404 404 200")],
    "staff/components/": [("GET", "/staff/components/", "302 404 404 404 200")],
}
CASES = [(route, *case) for route, cases in ADDRESSES.items() for case in cases]


def routes(patterns=None, before: str = "") -> Iterator[str]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_address_is_listed():
    found = {route for route in routes() if not route.startswith("admin/")}
    assert found - ADDRESSES.keys() == set(), "say below who may use it"
    assert ADDRESSES.keys() - found == set(), "no longer there"


@pytest.fixture
def world(ada):
    from submissions.outputs import sign_frame
    from tests.factories import QUIZ, lesson_with_exercise
    from tests.submissions import made

    lesson_with_exercise("second", lesson_with_exercise("first", quiz=QUIZ))
    shown = {"0": [{"output_type": "display_data", "data": {"text/html": "<b>x</b>"}}]}
    submission = made.submission(ada, made.exercise("doubling"), made.check("a", passed=True), outputs=shown)
    return {"of_owner": submission.public_id, "signed": sign_frame(submission.public_id, 0, 0)}


@pytest.fixture
def clients(ada, eve, mona, alex):
    people = dict(zip(WHO, (None, ada, eve, mona, alex), strict=True))
    made = {}
    for who, person in people.items():
        made[who] = Client()
        if person is not None:
            made[who].force_login(person)
    return made


@pytest.mark.parametrize(("route", "method", "address", "codes"), CASES, ids=[f"{method} {address}" for _, method, address, _ in CASES])
def test_each_role_gets_what_it_may(world, clients, route, method, address, codes):
    place = address.format(**world)
    got = {}
    for who, client in clients.items():
        script = "/api/" in place or place.endswith(("draft/", "preview/", "run/", "check/", "submit/"))
        body = {"content_type": "application/json", "data": b"{}"} if script else {}
        answer = client.generic(method, place, **body)
        got[who] = answer.status_code
        if answer.status_code == 302 and who == "anonymous" and "accounts/" not in place and place != "/accounts/theme/":
            assert answer["Location"].startswith("/accounts/login/?next="), "it leads to the sign-in and back"
        if answer.status_code >= 400 and place.startswith("/api/"):
            assert answer["Content-Type"] == "application/problem+json"
            assert json.loads(answer.content)["status"] == answer.status_code
    assert got == dict(zip(WHO, map(int, codes.split()), strict=True))


def admin_pages() -> list[str]:
    """The index, and the list of each kind of row."""
    found = [route for route in routes() if route.startswith("admin/")]
    return ["/admin/", *sorted(f"/{route}" for route in found if route.count("/") == 3 and "<" not in route and "(" not in route)]


@pytest.mark.parametrize("address", admin_pages())
def test_the_admin_is_for_staff_alone(clients, address):
    got = {who: client.get(address) for who, client in clients.items()}
    assert got["admin"].status_code == 200
    for who in ("anonymous", "owner", "other learner", "mentor"):
        assert got[who].status_code == 302
        assert "/login/" in got[who]["Location"]


@pytest.mark.parametrize("path", ["/admin/submissions/submission/", "/admin/accounts/user/"])
def test_staff_without_a_role_may_enter_the_admin_and_change_nothing(person, client, path):
    client.force_login(person("sam", is_staff=True))
    assert client.get("/admin/").status_code == 200
    assert client.get(path).status_code in {403, 404}
