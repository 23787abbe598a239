"""The projections follow from the events, and a command proves it."""

import uuid

import pytest
from django.core.management import call_command

from lessons.models import LessonStatus
from progress.models import ExerciseState, LessonState, ProgressEvent, StageRollup
from progress.path import path_of
from progress.services.rebuild import differences, rebuild
from progress.services.record import record_hint, record_quiz, record_started
from progress.services.release import follow_release, keep_open_what_is_open
from tests.factories import QUIZ, LessonFactory, ModuleFactory, StageFactory, lesson_with_exercise
from tests.progress.test_record import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(ada, eve):
    first = lesson_with_exercise("first", quiz=QUIZ)
    second = lesson_with_exercise("second", first)
    record_started(learner=ada, lesson=first)
    record_quiz(learner=ada, lesson=first, answers={"one": "b"})
    record_quiz(learner=ada, lesson=first, answers={"one": "a", "number": 3})
    record_hint(learner=ada, exercise=first.exercise, task="double", level=1)
    record_hint(learner=eve, exercise=second.exercise, task="double", level=3)
    attempt(ada, first, 3)
    attempt(ada, first, 18)
    attempt(ada, second, 5)
    attempt(eve, first, 14)
    return first, second


def _stored():
    return [
        sorted(LessonState.objects.values_list("learner", "lesson_uid", "status", "best_score", "started_at", "mastered"), key=str),
        sorted(ExerciseState.objects.values_list("learner", "exercise_uid", "graded_tries", "best_score", "first_passed_at"), key=str),
        sorted(StageRollup.objects.values_list("learner", "stage_uid", "passed"), key=str),
    ]


def test_what_is_written_step_by_step_is_what_the_events_say(history):
    assert not any(differences().values())


def test_verify_finds_a_difference_and_rebuild_mends_it(history, capsys):
    before = _stored()
    LessonState.objects.filter(status="passed").update(best_score=1)
    ExerciseState.objects.all().delete()
    StageRollup.objects.update(passed=7)
    with pytest.raises(SystemExit) as stopped:
        call_command("progress", "rebuild", "--verify")
    assert stopped.value.code == 1
    call_command("progress", "rebuild")
    assert _stored() == before
    call_command("progress", "rebuild", "--verify")
    assert "lessons: 0 differ" in capsys.readouterr().out


def test_rebuild_removes_what_no_event_says(history, eve):
    LessonState.objects.create(learner=eve, lesson_uid=uuid.uuid4(), status="open")
    assert rebuild()["lessons"] == 1
    assert not any(differences().values())


def test_minutes_survive_a_rebuild(history, ada):
    first, _ = history
    LessonState.objects.filter(learner=ada, lesson_uid=first.uuid).update(minutes=12, best_score=1)
    rebuild()
    assert LessonState.objects.get(learner=ada, lesson_uid=first.uuid).minutes == 12


def test_nothing_that_was_open_closes_with_a_release(ada):
    unwritten = LessonFactory.create(slug="unwritten", status=LessonStatus.COMING)
    lesson_with_exercise("last", unwritten)
    assert keep_open_what_is_open() == 1
    unwritten.status = LessonStatus.PUBLISHED
    unwritten.save()
    follow_release()
    assert path_of(ada).lesson("last").state == "open"
    assert ProgressEvent.objects.filter(learner=ada, kind="opened").count() == 2
    assert not any(differences().values())


def test_keeping_open_respects_what_is_missing(ada, eve):
    first = lesson_with_exercise("first")
    second = lesson_with_exercise("second", first)
    attempt(ada, first, 20)
    keep_open_what_is_open()
    assert not LessonState.objects.filter(learner=eve, lesson_uid=second.uuid).exists()
    assert not any(differences().values())


def test_a_lesson_that_moves_to_another_stage_takes_its_count_along(ada):
    lesson = lesson_with_exercise("first")
    attempt(ada, lesson, 20)
    lesson.module = ModuleFactory.create(stage=StageFactory.create(slug="classic-ml"), slug="evaluation")
    lesson.save()
    follow_release()
    assert [(rollup.stage_uid, rollup.passed) for rollup in StageRollup.objects.all()] == [(lesson.module.stage.uuid, 1)]
