"""Submitting by script: a 202 is kept, a key is one submission, and what cannot be used is refused with its reason and never counted."""

import datetime as dt
import json
from uuid import uuid4

import pytest
from django.utils import timezone

from grading.limits import NOTEBOOK_BYTES, NOTEBOOK_CELLS, SUBMISSIONS_A_MINUTE, WAITING_SUBMISSIONS
from lessons.models import LessonStatus
from progress.models import ExerciseState
from submissions.models import Kind, Status, Submission
from submissions.services.grade import grade
from tests.api.script import problem_of
from tests.factories import RIGHT, WRONG, ExerciseFactory, as_bytes, lesson_with_exercise, notebook
from tests.submissions import made

pytestmark = pytest.mark.django_db

RESULT = {
    "id", "notebook", "exercise", "exercise_version", "seed", "status", "verdict", "reason", "passed", "score", "max_score", "tasks",
    "cells", "timings", "queue_position", "created", "graded",
}  # fmt: skip


@pytest.fixture
def exercise(db):
    return ExerciseFactory.create(slug="doubles", lesson=None)


def submit(script, *sources, key=None, slug="doubles", **more):
    headers = {"Idempotency-Key": key} if key is not None else {}
    return script.post(f"exercises/{slug}/submissions/", {"notebook": notebook(*(sources or (RIGHT,)))}, headers=headers, **more)


def upload(script, raw, slug="doubles", **more):
    return script.upload(f"exercises/{slug}/submissions/", raw, **more)


class TestA202:
    def test_says_where_to_ask(self, as_ada, exercise):
        answer = submit(as_ada)
        told = answer.json()
        assert (answer.status_code, set(told), told["status"]) == (202, {"id", "status", "url"}, "queued")
        assert answer["Location"] == told["url"] == f"http://testserver/api/v1/submissions/{told['id']}/"

    def test_comes_for_a_form_and_for_json_alike(self, as_ada, exercise):
        sent = [upload(as_ada, as_bytes(notebook(RIGHT))).json()["id"], submit(as_ada, RIGHT).json()["id"]]
        one, other = [Submission.objects.get(public_id=public_id) for public_id in sent]
        assert one.notebook == other.notebook
        assert (one.seed, one.code_hash) == (other.seed, other.code_hash)

    def test_queues_the_row_once_it_is_committed(self, as_ada, exercise, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as queued:
            submit(as_ada)
        assert len(queued) == 1

    def test_comes_also_while_the_broker_is_away(self, as_ada, exercise, monkeypatch, django_capture_on_commit_callbacks):
        import redis

        def refuse(*_, **__):
            raise redis.ConnectionError("gone")

        monkeypatch.setattr("submissions.services.queue.grade_submission.apply_async", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            assert submit(as_ada).status_code == 202
        assert Submission.objects.get().status == Status.QUEUED


class TestAKey:
    def test_with_the_same_body_gives_the_first_answer_again(self, as_ada, exercise, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as queued:
            answers = [submit(as_ada, key="a key of mine") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.content for answer in answers}) == 1
        assert len(queued) == Submission.objects.count() == 1

    def test_gives_it_again_after_grading_too(self, as_ada, exercise):
        first = submit(as_ada, key="k")
        Submission.objects.update(status=Status.GRADED, passed=True, score=20.0, graded_at=timezone.now())
        assert submit(as_ada, key="k").content == first.content

    def test_with_another_body_is_422(self, as_ada, exercise):
        submit(as_ada, RIGHT, key="k")
        problem_of(submit(as_ada, WRONG, key="k"), 422, "key_reused")
        problem_of(upload(as_ada, b"no notebook", headers={"Idempotency-Key": "k"}), 422, "key_reused")
        assert Submission.objects.count() == 1

    def test_is_unique_for_each_learner_and_exercise(self, as_person, ada, eve, exercise):
        ExerciseFactory.create(slug="others", lesson=None)
        sent = [submit(as_person(ada), key="k"), submit(as_person(eve), key="k"), submit(as_person(ada), key="k", slug="others")]
        assert len({answer.json()["id"] for answer in sent}) == 3

    @pytest.mark.parametrize("key", ["x", "ä ö", "x" * 255, "a/b?c=d&e"])
    def test_is_any_text_of_1_to_255_characters(self, as_ada, exercise, key):
        assert submit(as_ada, key=key).status_code == submit(as_ada, key=key).status_code == 202
        assert Submission.objects.count() == 1

    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_that_is_empty_or_longer_is_refused(self, as_ada, exercise, key):
        problem_of(submit(as_ada, key=key), 400, "bad_key")

    def test_that_was_refused_can_be_used_again(self, as_ada, exercise):
        problem_of(upload(as_ada, b"{}", headers={"Idempotency-Key": "k"}), 400, "not_a_notebook")
        assert submit(as_ada, key="k").status_code == 202

    def test_is_not_needed(self, as_ada, exercise):
        assert submit(as_ada).json()["id"] != submit(as_ada).json()["id"]


BAD = [
    (b"", "not_json"),
    (b"print('hello')", "not_json"),
    (b"\xff\xfe\x00", "not_utf8"),
    (b"[1]", "not_a_notebook"),
    (b"{}", "not_a_notebook"),
    (as_bytes({**notebook(RIGHT), "nbformat": 2}), "wrong_nbformat"),
    (as_bytes({**notebook(RIGHT), "nbformat": 17}), "wrong_nbformat"),
    (as_bytes({**notebook(RIGHT), "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}), "wrong_language"),
    (as_bytes({**notebook(RIGHT), "cells": [7]}), "bad_cell"),
    (as_bytes(notebook(*["x = 1"] * (NOTEBOOK_CELLS + 1))), "too_many_cells"),
    (b'{"nbformat": 4, "cells": [], "x": ' + b"[" * 300 + b"]" * 300 + b"}", "too_deep"),
]


class TestABadNotebook:
    @pytest.mark.parametrize(("raw", "code"), BAD, ids=[f"{code}-{number}" for number, (_, code) in enumerate(BAD)])
    def test_is_400_with_its_reason_and_never_a_try(self, as_ada, exercise, raw, code):
        told = problem_of(upload(as_ada, raw), 400, code)
        assert told["title"] == "We cannot use this notebook"
        assert not Submission.objects.exists()
        assert not ExerciseState.objects.exists()

    @pytest.mark.parametrize(("raw", "code"), [pair for pair in BAD if pair[0][:1] == b"{" and pair[0] != b"{}"])
    def test_is_the_same_as_json(self, as_ada, exercise, raw, code):
        problem_of(as_ada.post("exercises/doubles/submissions/", b'{"notebook": ' + raw + b"}"), 400, code)

    def test_that_is_too_large_is_413(self, as_ada, exercise):
        large = as_bytes(notebook("x" * NOTEBOOK_BYTES))
        assert "10 MB" in problem_of(upload(as_ada, large), 413, "too_large")["detail"]
        problem_of(as_ada.post("exercises/doubles/submissions/", b'{"notebook": ' + large + b"}"), 413, "too_large")
        problem_of(upload(as_ada, b" " * (NOTEBOOK_BYTES + 128 * 1024)), 413, "too_large")

    @pytest.mark.parametrize("body", [{}, {"notebook": None}, {"notebook": [1]}, {"other": 1}])
    def test_that_is_missing_is_said(self, as_ada, exercise, body):
        told = problem_of(as_ada.post("exercises/doubles/submissions/", body), 400, "no_notebook")
        assert "form field `notebook`" in told["detail"]
        problem_of(upload(as_ada, b"{}", field="file"), 400, "no_notebook")

    def test_with_doubled_ids_and_wild_metadata_is_graded_by_names_all_the_same(self, as_ada, exercise):
        wild = notebook(RIGHT, "x = 1")
        for cell in wild["cells"]:
            cell |= {"id": "same", "metadata": {"tags": 7, "nbgrader": {"grade_id": "?"}}, "outputs": [3]}
        answer = upload(as_ada, as_bytes(wild))
        assert answer.status_code == 202
        assert len({cell["id"] for cell in Submission.objects.get().notebook["cells"]}) == 2

    def test_with_numbers_that_no_database_takes_is_kept_without_them(self, as_ada, exercise):
        raw = as_bytes(notebook(RIGHT)).replace(b'"metadata": {}', b'"metadata": {"x": [1e999, NaN, "\\u0000"]}', 1)
        assert upload(as_ada, raw).status_code == 202
        assert Submission.objects.get().notebook["cells"][0]["metadata"] == {"x": [None, None, "\ufffd"]}


class TestRefusals:
    def test_without_an_account_401(self, stranger, exercise):
        problem_of(submit(stranger), 401, "not_authenticated")

    @pytest.mark.parametrize("status", [None, LessonStatus.COMING, LessonStatus.RETIRED])
    def test_an_unknown_or_unpublished_exercise_404(self, as_ada, status):
        if status:
            lesson_with_exercise("doubles", status=status)
        problem_of(submit(as_ada), 404, "not_found")

    def test_a_locked_lesson_403_with_what_opens_it(self, as_ada, db):
        lesson_with_exercise("doubles", lesson_with_exercise("first", title="First steps"))
        told = problem_of(submit(as_ada), 403, "lesson_locked")
        assert "First steps" in told["detail"]
        assert told["locked_by"] == ["first"]
        assert not Submission.objects.exists()

    def test_too_many_waiting_429(self, as_ada, exercise):
        sent = [submit(as_ada, f"x = {number}") for number in range(WAITING_SUBMISSIONS + 1)]
        assert [answer.status_code for answer in sent] == [202] * WAITING_SUBMISSIONS + [429]
        problem_of(sent[-1], 429, "too_many_waiting")

    def test_too_many_in_a_minute_429(self, as_ada, ada, exercise):
        for _ in range(SUBMISSIONS_A_MINUTE):
            made.submission(ada, exercise, created_at=timezone.now() - dt.timedelta(seconds=10))
        answer = submit(as_ada)
        problem_of(answer, 429, "too_often")
        assert 45 <= int(answer["Retry-After"]) <= 50

    def test_the_same_code_three_times_in_vain_429_and_other_code_202(self, as_ada, exercise):
        for _ in range(3):
            assert submit(as_ada, WRONG).status_code == 202
            Submission.objects.filter(status=Status.QUEUED).update(status=Status.GRADED, passed=False, score=4.0, graded_at=timezone.now())
        problem_of(submit(as_ada, WRONG), 429, "same_code_again")
        assert submit(as_ada, RIGHT).status_code == 202

    def test_our_faults_are_no_tries(self, as_ada, exercise):
        for _ in range(4):
            assert submit(as_ada, WRONG).status_code == 202
            Submission.objects.filter(status=Status.QUEUED).update(status=Status.FAILED, verdict="platform_error")


class TestTheResult:
    def ask(self, script, public_id):
        return script.get(f"submissions/{public_id}/")

    def test_has_the_contracts_fields_while_it_waits(self, as_ada, ada, eve, exercise):
        made.waiting(eve, exercise)
        told = self.ask(as_ada, submit(as_ada).json()["id"]).json()
        assert set(told) >= RESULT
        assert (told["status"], told["queue_position"], told["notebook"]) == ("queued", 2, None)
        assert [told[name] for name in ("verdict", "score", "passed", "graded", "reason")] == [None] * 5
        assert (told["exercise"], told["exercise_version"], told["max_score"]) == ("doubles", "0123456789ab", 20.0)
        assert told["created"]

    def test_says_running_without_a_place(self, as_ada, ada, exercise):
        told = self.ask(as_ada, made.waiting(ada, exercise, Status.RUNNING).public_id).json()
        assert (told["status"], told["queue_position"], told["verdict"], told["passed"]) == ("running", None, None, None)

    @pytest.mark.parametrize("verdict", ["lesson_error", "platform_error"])
    def test_of_our_fault_is_failed_without_a_score(self, as_ada, ada, exercise, verdict):
        failed = made.submission(ada, exercise, status=Status.FAILED, verdict=verdict, passed=None, score=None)
        told = self.ask(as_ada, failed.public_id).json()
        assert (told["status"], told["verdict"], told["passed"], told["score"]) == ("failed", verdict, None, None)

    def test_of_an_invalid_one_has_no_verdict(self, as_ada, ada, exercise):
        invalid = made.submission(ada, exercise, status=Status.INVALID, verdict="", passed=None, score=None)
        told = self.ask(as_ada, invalid.public_id).json()
        assert (told["status"], told["verdict"]) == ("invalid", None)

    @pytest.mark.parametrize("kind", [Kind.RUN, Kind.CHECK])
    def test_of_a_run_or_check_is_not_there(self, as_ada, ada, exercise, kind):
        problem_of(self.ask(as_ada, made.submission(ada, exercise, kind=kind).public_id), 404, "not_found")

    def test_of_somebody_else_is_404_for_learners_and_mentors_and_there_for_admins(self, as_person, ada, eve, mona, alex, exercise):
        public_id = made.submission(ada, exercise).public_id
        for other in (eve, mona):
            problem_of(self.ask(as_person(other), public_id), 404, "not_found")
        assert self.ask(as_person(alex), public_id).status_code == self.ask(as_person(ada), public_id).status_code == 200

    def test_that_does_not_exist_looks_the_same(self, as_ada, ada, eve, exercise):
        hidden = problem_of(self.ask(as_ada, made.submission(eve, exercise).public_id), 404, "not_found")
        assert hidden == problem_of(self.ask(as_ada, uuid4()), 404, "not_found")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "verdict", "passed", "score"),
    [(RIGHT, "passed", True, 20.0), (WRONG, "failed", False, 4.0), ("raise ValueError('mine')\n" + RIGHT, "learner_error", False, 0.0)],
)
def test_the_real_engine_fills_the_contracts_fields(as_ada, exercise, engine, source, verdict, passed, score):
    public_id = submit(as_ada, source).json()["id"]
    grade(Submission.objects.get().pk)
    told = as_ada.get(f"submissions/{public_id}/").json()
    assert (told["status"], told["verdict"], told["passed"], told["score"]) == ("graded", verdict, passed, score)
    [task] = told["tasks"]
    assert {"id", "title", "score", "max_score", "checks"} == set(task)
    assert all(set(one) == {"id", "title", "visible", "passed", "points", "max_points", "message"} for one in task["checks"])
    assert [set(cell) for cell in told["cells"]] == [{"index", "status", "seconds", "error"}]
    assert set(told["timings"]) == {"start", "cells", "checks", "total"}
    assert told["graded"] > told["created"]
    if verdict == "learner_error":
        assert told["cells"][0]["error"] == {"name": "ValueError", "message": "mine"}


def test_a_finished_submission_never_changes(as_ada, ada, exercise):
    finished = made.submission(ada, exercise, made.check("a", passed=True))
    before = as_ada.get(f"submissions/{finished.public_id}/").content
    grade(finished.pk)
    assert as_ada.get(f"submissions/{finished.public_id}/").content == before
    assert json.loads(before)["status"] == "graded"
