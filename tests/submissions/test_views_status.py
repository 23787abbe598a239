"""Live status: asked once with a session, then with a token; held while something is about to happen; nothing in between is lost."""

import threading
import time

import pytest
import time_machine
from django.urls import reverse

from submissions.live import listening, wait_for_news
from submissions.models import Kind, Status, Submission
from submissions.pages.status import TOKEN_SECONDS, Standing, next_ask, status_url
from submissions.services.news import publish
from tests.submissions import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise(db):
    return made.exercise()


def test_the_token_replaces_the_session_and_costs_no_query_for_it(client, ada, exercise, django_assert_max_num_queries):
    submission = made.submission(ada, exercise, made.check("a", passed=True))
    with django_assert_max_num_queries(2):
        answer = client.get(status_url(submission.public_id))
    assert answer.json()["is_final"] is True
    assert answer.json()["status"] == "graded"


def test_without_token_or_session_there_is_nothing(client, eve, ada, exercise):
    submission = made.submission(ada, exercise, made.check("a", passed=True))
    address = reverse("submissions:status", args=[submission.public_id])
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?token=nonsense").status_code == 404
    other = made.submission(eve, exercise, made.check("a", passed=True))
    token = status_url(other.public_id).split("token=")[1]
    assert client.get(f"{address}?token={token}").status_code == 404
    client.force_login(ada)
    assert client.get(address).status_code == 200


def test_a_token_expires(client, ada, exercise):
    submission = made.submission(ada, exercise, made.check("a", passed=True))
    with time_machine.travel(time.time() - TOKEN_SECONDS - 60, tick=False):
        old = status_url(submission.public_id)
    assert client.get(old).status_code == 404


def test_far_back_in_the_queue_nobody_is_held(client, ada, exercise, monkeypatch):
    for _ in range(8):
        latest = made.waiting(ada, exercise)
    first = client.get(status_url(latest.public_id)).json()
    assert (first["place"], first["is_final"]) == (8, False)
    began = time.monotonic()
    answer = client.get(f"{status_url(latest.public_id)}&mark={first['mark']}")
    assert time.monotonic() - began < 2
    assert answer.status_code == 204
    assert 0.5 <= float(answer["X-Next-Ask"]) <= 5


@pytest.mark.parametrize(("place", "seconds"), [(1, 0.5), (5, 2.0), (100, 5.0)])
def test_the_interval_grows_with_the_place(place, seconds):
    assert next_ask(Standing(kind="submit", status="queued", place=place)) == seconds


def test_a_finished_run_answers_its_outputs_as_data(client, ada, exercise):
    cells = [{"index": 2, "status": "ok", "seconds": 0.1, "error": None}]
    outputs = {
        "2": [{"output_type": "stream", "name": "stdout", "text": "six"}, {"output_type": "display_data", "data": {"text/html": "<i>x"}}]
    }
    run = made.submission(ada, exercise, kind=Kind.RUN, cells=cells, outputs=outputs)
    [cell] = client.get(status_url(run.public_id)).json()["answer"]["cells"]
    assert (cell["id"], cell["outputs"][0]["text"]) == ("own0", "six")
    assert cell["outputs"][1]["src"].startswith("/outputs/")
    assert "<i>" not in str(cell)


def test_a_finished_check_answers_the_visible_checks_alone(client, ada, exercise):
    run = made.submission(
        ada, exercise, {**made.check("seen", passed=False, message="You returned 5."), "title": "double(3) is 6"}, kind=Kind.CHECK
    )
    checks = client.get(status_url(run.public_id)).json()["answer"]["checks"]
    assert [(row["id"], row["state"], row["message"]) for row in checks["rows"]] == [("seen", "fail", "You returned 5.")]


def test_news_wakes_those_who_wait_for_it_and_nobody_else(ada, exercise):
    mine, other = made.waiting(ada, exercise), made.waiting(ada, exercise)
    with listening(mine.public_id) as ear:
        publish(other.public_id, {"status": "running"})
        publish(mine.public_id, {"status": "running"})
        news = ear.wait(5)
        assert news["id"] == str(mine.public_id)
        assert ear.wait(0.05) is None


def test_waiting_ends_by_itself(ada, exercise):
    assert wait_for_news(made.waiting(ada, exercise).public_id, 0.05) is None


@pytest.mark.django_db(transaction=True)
def test_a_held_request_answers_when_the_row_changes(client, ada, exercise):
    submission = made.waiting(ada, exercise, Status.RUNNING, stage={"name": "running", "cell": 1, "of": 3})
    mark = client.get(status_url(submission.public_id)).json()["mark"]

    def finish():
        time.sleep(0.4)
        Submission.objects.filter(pk=submission.pk).update(status="graded", passed=True, score=20, verdict="passed")
        publish(submission.public_id, {"status": "graded"})

    worker = threading.Thread(target=finish)
    worker.start()
    began = time.monotonic()
    answer = client.get(f"{status_url(submission.public_id)}&mark={mark}")
    took = time.monotonic() - began
    worker.join()
    assert answer.json()["status"] == "graded"
    assert 0.3 < took < 5
