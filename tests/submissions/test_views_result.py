"""The page of a submission and the addresses of its outputs: the learner's own, in words, and nobody else's."""

import uuid

import pytest
from django.urls import reverse

from lessons.models import ProblemReport
from submissions.models import Kind, Status
from submissions.outputs import FRAME_POLICY, sign_frame
from tests.submissions import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise(db):
    return made.exercise()


@pytest.fixture
def learner(client, ada):
    client.force_login(ada)
    return client


def page_of(learner, submission):
    answer = learner.get(reverse("submissions:result", args=[submission.public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_outcome_comes_first_then_what_is_left(learner, ada, exercise):
    checks = [made.check("easy", passed=True), made.check("hard", passed=False, visible=False, message="You returned <6>, expected 4.")]
    page = page_of(learner, made.submission(ada, exercise, *checks))
    assert "One of two checks holds" in page
    assert page.index("hard holds") < page.index("easy holds")
    assert "You returned &lt;6&gt;, expected 4." in page
    assert "hidden data" in page
    assert "Fix the open check" in page


def test_it_says_what_changed_since_the_try_before(learner, ada, exercise):
    made.submission(ada, exercise, made.check("a", passed=False), notebook=made.notebook("x = 1"))
    page = page_of(learner, made.submission(ada, exercise, made.check("a", passed=True), notebook=made.notebook("x = 2")))
    assert "What changed since attempt 1" in page
    assert "now passes" in page
    assert "+5 points" in page
    assert "x = 2" in page


def test_runs_and_checks_do_not_count_as_attempts_and_live_in_the_workspace(learner, ada, exercise):
    run = made.submission(ada, exercise, kind=Kind.RUN)
    answer = learner.get(reverse("submissions:result", args=[run.public_id]))
    assert answer["Location"] == f"/lessons/doubling/exercise/?of={run.public_id}"
    page = page_of(learner, made.submission(ada, exercise, made.check("a", passed=True)))
    assert "Attempt 1" in page
    assert "Attempt 2" not in page


@pytest.mark.parametrize(("status", "part"), [("queued", "In the queue"), ("running", "Running cell 2 of 5")])
def test_before_it_is_graded_the_page_says_where_it_stands(learner, ada, exercise, status, part):
    stage = {"name": "running", "cell": 2, "of": 5} if status == "running" else {}
    page = page_of(learner, made.waiting(ada, exercise, status, stage=stage))
    assert part in page
    assert "data-watch=" in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize("verdict", ["lesson_error", "platform_error"])
def test_our_fault_is_said_plainly(learner, ada, exercise, verdict):
    page = page_of(learner, made.waiting(ada, exercise, Status.FAILED, verdict=verdict))
    assert "Our fault" in page
    assert "does not count" in page


def test_a_strangers_result_is_not_there(learner, eve, exercise):
    theirs = made.submission(eve, exercise, made.check("a", passed=True))
    for name in ("result", "notebook", "status"):
        assert learner.get(reverse(f"submissions:{name}", args=[theirs.public_id])).status_code == 404
    assert learner.post(reverse("submissions:report", args=[theirs.public_id]), {"text": "x"}).status_code == 404
    assert learner.get(reverse("submissions:result", args=[uuid.uuid4()])).status_code == 404


def test_exactly_what_was_graded_can_be_downloaded(learner, ada, exercise):
    submission = made.submission(ada, exercise, made.check("a", passed=True), notebook=made.notebook("as_graded = 1"))
    answer = learner.get(reverse("submissions:notebook", args=[submission.public_id]))
    assert answer["Content-Type"] == "application/x-ipynb+json"
    assert b"as_graded = 1" in answer.content


def test_a_problem_is_reported_with_the_result_it_is_about(learner, ada, exercise):
    submission = made.submission(ada, exercise, made.check("a", passed=False))
    address = reverse("submissions:report", args=[submission.public_id])
    assert learner.post(address, {"text": "  "}).status_code == 400
    learner.post(address, {"text": "The check is wrong about negative numbers."})
    report = ProblemReport.objects.get()
    assert (report.submission_id, report.exercise, report.reporter) == (submission.public_id, exercise, ada)
    assert report.version == "0123456789ab"


def test_history_costs_the_same_for_any_number_of_attempts(learner, ada, exercise, django_assert_max_num_queries):
    for _ in range(12):
        latest = made.submission(ada, exercise, *[made.check(f"c{n}", passed=n % 2 == 0) for n in range(20)])
    page_of(learner, latest)
    with django_assert_max_num_queries(10):
        page_of(learner, latest)


# --- outputs ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(ada, exercise):
    html = "<script>document.title=document.cookie</script>"
    return made.submission(ada, exercise, kind=Kind.RUN, outputs={"2": [{"output_type": "display_data", "data": {"text/html": html}}]})


def test_html_is_served_apart_under_a_policy_that_lets_it_reach_nothing(client, hostile):
    answer = client.get(reverse("submissions:outputs", args=[sign_frame(hostile.public_id, 2, 0)]))
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == FRAME_POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in answer
    assert "Set-Cookie" not in answer
    assert b"document.cookie" in answer.content


@pytest.mark.parametrize("place", [(2, 1), (3, 0), (2, -1)])
def test_an_output_that_is_not_there_is_404_under_our_own_policy(client, hostile, place):
    answer = client.get(reverse("submissions:outputs", args=[sign_frame(hostile.public_id, *place)]))
    assert answer.status_code == 404
    assert "sandbox" not in answer["Content-Security-Policy"]


def test_an_address_that_we_did_not_sign_shows_nothing(client, hostile):
    assert client.get(reverse("submissions:outputs", args=[f"{hostile.public_id}:2:0"])).status_code == 404
