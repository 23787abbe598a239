"""`GET roadmap/`: the stages and lessons in the contract's own names, with the state of whoever asks."""

import pytest

from lessons.models import LessonStatus
from progress.services.record import record_attempt, record_started
from tests.factories import LessonFactory, ModuleFactory, StageFactory, lesson_with_exercise

pytestmark = pytest.mark.django_db
LESSON = {"slug", "title", "minutes", "state", "flags", "best_score", "max_score", "prerequisites", "locked_by"}


def lessons_of(answer):
    return {one["slug"]: one for stage in answer.json()["stages"] for module in stage["modules"] for one in module["lessons"]}


def passes(learner, lesson, score=20.0):
    from uuid import uuid4

    version = lesson.exercise.current.version
    record_attempt(
        learner=learner, exercise=lesson.exercise, version=version, score=score, max_score=20.0, passed=True, submission_id=uuid4()
    )


@pytest.fixture
def world(db):
    first = lesson_with_exercise("first", order=1)
    second = lesson_with_exercise("second", first, order=2)
    later = ModuleFactory.create(stage=StageFactory.create(slug="classic-ml", title="Classic ML"), slug="evaluation", title="Evaluation")
    coming = LessonFactory.create(slug="third", requires=[second], status=LessonStatus.COMING, order=1, module=later)
    return first, second, coming


def test_the_fields_are_those_of_the_contract(stranger, world):
    answer = stranger.get("roadmap/")
    assert answer.status_code == 200
    assert list(answer.json()) == ["stages"]
    stages = answer.json()["stages"]
    assert [stage["slug"] for stage in stages] == ["foundations", "classic-ml"]
    assert all(set(stage) == {"slug", "title", "modules"} for stage in stages)
    assert all(set(module) == {"slug", "title", "lessons"} for stage in stages for module in stage["modules"])
    assert all(set(lesson) == LESSON for lesson in lessons_of(answer).values())


def test_a_stranger_sees_it_as_somebody_new(stranger, world):
    lessons = lessons_of(stranger.get("roadmap/"))
    assert {slug: lesson["state"] for slug, lesson in lessons.items()} == {"first": "open", "second": "locked", "third": "coming"}
    assert lessons["second"]["prerequisites"] == lessons["second"]["locked_by"] == ["first"]
    assert (lessons["first"]["best_score"], lessons["first"]["max_score"]) == (None, 20.0)
    assert lessons["third"]["max_score"] is None


def test_each_learner_sees_their_own_states(as_person, ada, eve, world):
    first, second, _ = world
    passes(ada, first, 18.0)
    record_started(learner=ada, lesson=second)
    mine, others = lessons_of(as_person(ada).get("roadmap/")), lessons_of(as_person(eve).get("roadmap/"))
    assert (mine["first"]["state"], mine["first"]["best_score"], mine["first"]["flags"]) == ("passed", 18.0, ["mastered"])
    assert mine["second"]["state"] == "started"
    assert others["first"]["state"] == "open"
    assert others["second"]["state"] == "locked"


def test_the_real_content_has_the_contracts_five_stages_and_no_benchmark_exercise(stranger):
    from django.core.management import call_command

    call_command("curriculum", "load", verbosity=0)
    call_command("demo", verbosity=0)
    answer = stranger.get("roadmap/")
    assert [stage["slug"] for stage in answer.json()["stages"]] == ["foundations", "classic-ml", "deep-learning", "mlops", "hireable"]
    assert len(lessons_of(answer)) > 60
    assert "ml-basics" not in lessons_of(answer)
