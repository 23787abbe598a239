"""A learner's own progress, and everything that is stored about them in one archive."""

import io
import json
import zipfile

import pytest

from accounts.services.tokens import make_token
from lessons.models import ProblemReport
from progress.services.record import record_quiz
from submissions.models import Draft, Kind
from tests.api.script import problem_of
from tests.api.test_roadmap import LESSON, passes
from tests.factories import QUIZ, LessonFactory, lesson_with_exercise, notebook
from tests.submissions import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(db):
    first = lesson_with_exercise("first", quiz=QUIZ)
    LessonFactory.create(slug="second", requires=[first])
    return first


def test_progress_has_the_contracts_fields(as_ada, ada, first):
    passes(ada, first, 15.0)
    told = as_ada.get("me/progress/").json()
    assert set(told) == {"stages", "lessons"}
    assert told["stages"] == [{"slug": "foundations", "passed": 1, "required": 2}]
    one, two = told["lessons"]
    assert set(one) == set(two) == LESSON | {"passed_at", "passed_version", "minutes_spent"}
    assert (one["state"], one["best_score"], one["passed_version"]) == ("passed", 15.0, "0123456789ab")
    assert one["passed_at"]
    assert (two["state"], two["passed_at"], two["passed_version"], two["minutes_spent"]) == ("open", None, None, 0)


def test_nobody_sees_anybody_elses_progress(as_person, ada, eve, first):
    passes(ada, first)
    assert as_person(eve).get("me/progress/").json()["stages"][0]["passed"] == 0


def archive_of(script):
    answer = script.get("me/export/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "attachment" in answer["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_export_holds_everything_of_mine_and_nothing_of_others(as_person, ada, eve, first):
    exercise = made.exercise("doubling")
    mine = made.submission(ada, exercise, made.check("a", passed=True), outputs={"0": []})
    run = made.submission(ada, exercise, kind=Kind.RUN)
    others = made.submission(eve, exercise)
    passes(ada, first)
    record_quiz(learner=ada, lesson=first, answers={"one": "a"})
    Draft.objects.create(learner=ada, exercise=exercise, notebook=notebook("x = 'draft'"))
    ProblemReport.objects.create(reporter=ada, lesson=first, text="a word is missing")
    archive = archive_of(as_person(ada))
    names = set(archive.namelist())
    for public_id in (mine.public_id, run.public_id):
        assert {f"submissions/{public_id}/{name}" for name in ("notebook.ipynb", "result.json", "outputs.json")} <= names
    assert not any(str(others.public_id) in name for name in names)
    assert json.loads(archive.read(f"submissions/{mine.public_id}/result.json"))["id"] == str(mine.public_id)
    assert "draft" in archive.read("drafts/doubling.ipynb").decode()
    assert [row["kind"] for row in json.loads(archive.read("progress/events.json"))].count("quiz_answered") == 1
    assert sorted(row["status"] for row in json.loads(archive.read("progress/lessons.json"))) == ["open", "passed"]
    assert json.loads(archive.read("progress/quiz_answers.json"))[0]["answer"] == "a"
    assert json.loads(archive.read("problem_reports.json"))[0]["text"] == "a word is missing"
    assert json.loads(archive.read("account.json"))["email"] == "ada@example.com"


def test_the_export_holds_no_secret(as_person, ada, alex):
    token = make_token(ada)
    archive = archive_of(as_person(ada))
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert token not in everything
    assert "digest" not in everything
    assert ada.password not in everything


def test_every_table_that_names_a_learner_is_in_the_export(db):
    """A new model with a person in it is a decision: export it, or name it here with the reason."""
    from django.apps import apps

    from accounts.models import User
    from submissions.services import export

    exported = {model for model, _ in export._ABOUT.values()}
    told_otherwise = {"accounts.ApiToken", "submissions.Draft", "submissions.Submission"}  # in account.json, drafts/, submissions/
    nothing_of_theirs = {
        "progress.ProgressHead",  # a lock
        "admin.LogEntry",  # what staff did, about others
        "account.EmailAddress",  # the address of account.json
        "accounts.User_groups",  # roles of account.json
        "accounts.User_user_permissions",
    }
    ours = {"accounts", "lessons", "progress", "submissions"}
    found = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is User for field in model._meta.get_fields() if field.concrete and field.is_relation)
    }
    assert found - {model._meta.label for model in exported} - told_otherwise - nothing_of_theirs == set()
    assert {label.split(".")[0] for label in found} >= ours - {"lessons"}


@pytest.mark.parametrize("path", ["me/progress/", "me/export/"])
def test_both_need_an_account(stranger, path):
    problem_of(stranger.get(path), 401, "not_authenticated")
