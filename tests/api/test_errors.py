"""Whatever goes wrong under /api/ is a problem document: unknown addresses, wrong methods, unreadable bodies, and our own faults."""

import pytest

from tests.api.script import problem_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "nowhere/", "roadmap", "submissions/17/", "lessons/no slug/", "lessons/%00/", "me/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_404_for_every_method(stranger, path, method):
    told = problem_of(stranger(method, path), 404, "not_found")
    assert "/api/schema/" in told["detail"]


@pytest.mark.parametrize(
    ("method", "path", "possible"),
    [("POST", "roadmap/", "GET"), ("DELETE", "lessons/x/", "GET"), ("GET", "lessons/x/quiz/", "POST"), ("PUT", "me/progress/", "GET"),
     ("GET", "exercises/x/submissions/", "POST"), ("PATCH", "auth/token/", "POST"), ("BREW", "me/export/", "GET")],
)  # fmt: skip
def test_a_wrong_method_is_405_with_what_is_possible(as_ada, method, path, possible):
    answer = as_ada(method, path)
    told = problem_of(answer, 405, "method_not_allowed")
    assert told["detail"].startswith(f"{method} is not possible here. Possible: ")
    assert possible in answer["Allow"]
    assert possible in told["detail"]


ADDRESSES = ("auth/token/", "lessons/x/quiz/", "exercises/x/submissions/")


@pytest.fixture
def exercise_x(db):
    from tests.factories import lesson_with_exercise

    return lesson_with_exercise("x")


@pytest.mark.usefixtures("exercise_x")
@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": ', "not_json"),
        (b"rubbish", "not_json"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"[1, 2]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"[" * 5000 + b"]" * 5000, "not_json"),
        (b"[" * 200 + b"]" * 200, "too_deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
    ],
)
def test_a_body_that_is_no_json_object_is_400_with_the_reason(as_ada, path, body, code):
    problem_of(as_ada.post(path, body), 400, code)


@pytest.mark.usefixtures("exercise_x")
@pytest.mark.parametrize("path", ADDRESSES)
def test_other_content_is_415_and_says_what_is_taken(as_ada, path):
    told = problem_of(as_ada.post(path, b"a=b", content_type="application/x-www-form-urlencoded"), 415, "unsupported_media_type")
    assert "application/json" in told["detail"]


@pytest.mark.usefixtures("exercise_x")
def test_a_form_without_its_boundary_is_400(as_ada):
    problem_of(as_ada.post("exercises/x/submissions/", b"rubbish", content_type="multipart/form-data"), 400, "parse_error")


@pytest.mark.usefixtures("exercise_x")
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_body_in_pieces_without_its_length_is_411(as_ada, path):
    """Django would read it as empty, and say that something is missing in it."""
    problem_of(as_ada.post(path, headers={"Transfer-Encoding": "chunked"}), 411, "length_missing")


@pytest.mark.usefixtures("exercise_x")
@pytest.mark.parametrize(("path", "limit"), [("lessons/x/quiz/", "64 kB"), ("auth/token/", "1 MB")])
def test_a_body_over_the_limit_is_413_and_names_it(as_ada, path, limit):
    told = problem_of(as_ada.post(path, b" " * (1024 * 1024 + 1)), 413, "too_large")
    assert limit in told["detail"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/zip", "image/*", "nonsense"])
def test_it_answers_json_whatever_is_accepted(stranger, accept):
    answer = stranger.get("roadmap/", headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_our_own_fault_is_500_with_a_reference_and_no_inside(as_ada, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("progress.api.path_of", broken)
    answer = as_ada.get("me/progress/", headers={"X-Request-ID": "abcdefgh12345678"})
    told = problem_of(answer, 500, "our_fault")
    assert told["reference"] == answer["X-Request-ID"] == "abcdefgh12345678"
    assert "secret" not in answer.content.decode()
    assert "secret inside" in caplog.text


def test_a_fault_outside_of_a_view_is_a_problem_document_too(stranger, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("config.api_urls.unknown.__code__", broken.__code__)
    answer = stranger.get("nowhere/")
    problem_of(answer, 500, "our_fault")
    assert "secret" not in answer.content.decode()
