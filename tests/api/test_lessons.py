"""Lessons, quizzes without their keys, and starters."""

import json

import pytest

from grading.notebook import read_notebook
from lessons.models import LessonStatus
from progress.models import ProgressEvent, QuizAnswer
from tests.api.script import problem_of
from tests.api.test_roadmap import LESSON
from tests.factories import QUIZ, ExerciseFactory, LessonFactory, lesson_with_exercise

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(db):
    return lesson_with_exercise("first", quiz=QUIZ, objectives=["double a number"], html="<p>Text.</p>")


def test_a_lesson_has_the_fields_of_the_contract(stranger, lesson):
    told = stranger.get("lessons/first/").json()
    assert set(told) == LESSON | {"html", "objectives", "exercise", "quiz"}
    assert (told["html"], told["objectives"]) == ("<p>Text.</p>", ["double a number"])
    exercise = told["exercise"]
    assert (exercise["slug"], exercise["version"], exercise["points"]) == ("first", "0123456789ab", 20.0)
    assert exercise["names"] == ["double"]
    assert [(task["id"], task["points"], task["names"]) for task in exercise["tasks"]] == [("double", 20.0, ["double"])]


def test_no_key_no_right_flag_and_no_explanation_leaves_the_site(stranger, lesson):
    quiz = stranger.get("lessons/first/").json()["quiz"]
    assert [item["id"] for item in quiz] == [item["id"] for item in QUIZ]
    assert all(set(item) == {"id", "type", "prompt", "options"} for item in quiz)
    assert all(set(option) == {"id", "text"} for item in quiz for option in item["options"])


def test_nothing_of_the_checks_leaves_the_site(stranger, lesson):
    text = stranger.get("lessons/first/").content.decode()
    assert "rng" not in text
    assert "double_any" not in text


def test_a_coming_lesson_is_there_without_an_exercise(stranger, db):
    LessonFactory.create(slug="later", status=LessonStatus.COMING, html="")
    told = stranger.get("lessons/later/").json()
    assert (told["state"], told["exercise"], told["quiz"]) == ("coming", None, [])


@pytest.mark.parametrize("status", ["unknown", "retired", "lone exercise"])
def test_what_is_no_lesson_is_404(stranger, db, status):
    if status == "retired":
        LessonFactory.create(slug="gone", status=LessonStatus.RETIRED)
    if status == "lone exercise":
        ExerciseFactory.create(slug="gone", lesson=None)
    problem_of(stranger.get("lessons/gone/"), 404, "not_found")


class TestTheQuiz:
    def ask(self, script, answers, slug="first"):
        return script.post(f"lessons/{slug}/quiz/", {"answers": answers})

    def test_says_for_each_item_whether_it_is_right_and_why(self, as_ada, lesson):
        answer = self.ask(as_ada, {"one": "b", "number": 0.95, "output": "[1, 3, 5]", "no such item": 1})
        items = {item["id"]: item for item in answer.json()["items"]}
        assert {name: item["right"] for name, item in items.items()} == {"one": False, "number": False, "output": True}
        assert all(set(item) == {"id", "right", "why", "chosen", "right_answers"} for item in items.values())
        assert items["one"]["chosen"] == {"b": "No."}
        assert items["number"]["chosen"] == {"0.95": "That is the hit rate."}
        assert items["number"]["why"] == "Bayes."

    def test_keeps_the_answers_and_starts_the_lesson(self, as_ada, ada, lesson):
        self.ask(as_ada, {"many": ["a", "b"]})
        assert QuizAnswer.objects.get(learner=ada).answer == ["a", "b"]
        assert as_ada.get("lessons/first/").json()["state"] == "started"

    def test_needs_an_account(self, stranger, lesson):
        problem_of(self.ask(stranger, {}), 401, "not_authenticated")

    def test_of_an_unknown_lesson_is_404(self, as_ada):
        problem_of(self.ask(as_ada, {}, slug="nothing"), 404, "not_found")

    @pytest.mark.parametrize("body", [{}, {"answers": [1]}, {"answers": "b"}, {"answers": None}])
    def test_asks_for_a_mapping(self, as_ada, lesson, body):
        told = problem_of(as_ada.post("lessons/first/quiz/", body), 400, "invalid")
        assert "answers" in told["detail"]

    @pytest.mark.parametrize("raw", ["1e999", "-1e999", "NaN", "null", '"\\u0000\\ud800"', "[[[[[1]]]]]", '{"a": null}', "1" * 400, "true"])
    @pytest.mark.parametrize("item", ["one", "many", "number", "output"])
    def test_takes_any_json_as_an_answer(self, as_ada, lesson, item, raw):
        answer = as_ada.post("lessons/first/quiz/", f'{{"answers": {{"{item}": {raw}}}}}')
        assert answer.status_code == 200, answer.content
        assert not any(judged["right"] for judged in answer.json()["items"])

    def test_null_is_no_answer(self, as_ada, lesson):
        assert self.ask(as_ada, {"one": None}).json() == {"items": []}
        assert not ProgressEvent.objects.exists()


class TestTheStarter:
    def test_is_a_notebook_file(self, stranger, lesson):
        answer = stranger.get("exercises/first/starter/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ipynb+json")
        assert answer["Content-Disposition"] == 'attachment; filename="first.ipynb"'
        assert read_notebook(answer.content).cells[0].source.startswith("def double(x):")

    def test_comes_whatever_is_accepted(self, stranger, lesson):
        answer = stranger.get("exercises/first/starter/", headers={"Accept": "application/x-ipynb+json"})
        assert answer.status_code == 200
        assert json.loads(answer.content)["nbformat"] == 4

    def test_of_a_lone_exercise_comes_too(self, stranger, db):
        ExerciseFactory.create(slug="ml-basics", lesson=None)
        assert stranger.get("exercises/ml-basics/starter/").status_code == 200

    @pytest.mark.parametrize("status", [None, LessonStatus.COMING, LessonStatus.RETIRED])
    def test_of_what_is_not_published_is_404(self, stranger, db, status):
        if status:
            lesson_with_exercise("gone", status=status)
        problem_of(stranger.get("exercises/gone/starter/"), 404, "not_found")
