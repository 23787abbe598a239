"""The write path: idempotent, monotone, whatever the order, in few statements."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from common.errors import NotThere
from progress.graph import current_graph
from progress.models import ExerciseState, LessonState, ProgressEvent, QuizAnswer, StageRollup
from progress.services.rebuild import differences
from progress.services.record import record_attempt, record_hint, record_quiz, record_started
from tests.factories import QUIZ, ExerciseFactory, lesson_with_exercise

pytestmark = pytest.mark.django_db


def attempt(learner, lesson, score, *, max_score=20.0, key=None, version="v1"):
    record_attempt(
        learner=learner,
        exercise=lesson.exercise,
        version=version,
        score=score,
        max_score=max_score,
        passed=score >= 0.7 * max_score,
        submission_id=key or uuid.uuid4(),
    )


def state_of(learner, lesson):
    return LessonState.objects.get(learner=learner, lesson_uid=lesson.uuid)


def test_the_same_submission_counts_once(ada):
    lesson, key = lesson_with_exercise("first"), uuid.uuid4()
    attempt(ada, lesson, 20, key=key)
    attempt(ada, lesson, 20, key=key)
    assert ExerciseState.objects.get(learner=ada).graded_tries == 1
    assert StageRollup.objects.get(learner=ada).passed == 1


def test_a_worse_try_takes_nothing_away(ada):
    lesson = lesson_with_exercise("first")
    attempt(ada, lesson, 19, version="v1")
    attempt(ada, lesson, 3, version="v2")
    state = state_of(ada, lesson)
    assert (state.status, state.best_score, state.mastered, state.passed_version) == ("passed", 19, True, "v1")


def test_a_try_that_does_not_pass_starts_the_lesson(ada):
    lesson = lesson_with_exercise("first")
    attempt(ada, lesson, 5)
    state = state_of(ada, lesson)
    assert (state.status, state.best_score, state.first_passed_at) == ("started", 5, None)
    assert state.started_at is not None


def test_passing_stores_what_it_opens(ada):
    first = lesson_with_exercise("first")
    second = lesson_with_exercise("second", first)
    third = lesson_with_exercise("third", second)
    attempt(ada, first, 20)
    assert state_of(ada, second).status == "open"
    assert not LessonState.objects.filter(learner=ada, lesson_uid=third.uuid).exists()
    assert ProgressEvent.objects.filter(learner=ada, kind="opened", subject_uid=second.uuid).count() == 1


def test_an_exercise_outside_the_roadmap_moves_no_lesson(ada):
    exercise = ExerciseFactory.create(slug="ml-basics", lesson=None)
    record_attempt(learner=ada, exercise=exercise, version="v", score=20, max_score=20, passed=True, submission_id=uuid.uuid4())
    assert ExerciseState.objects.get(learner=ada).best_score == 20
    assert not LessonState.objects.filter(learner=ada).exists()


def test_starting_is_noted_once_and_never_takes_a_pass_away(ada):
    lesson = lesson_with_exercise("first")
    record_started(learner=ada, lesson=lesson)
    record_started(learner=ada, lesson=lesson)
    assert ProgressEvent.objects.filter(learner=ada, kind="started").count() == 1
    attempt(ada, lesson, 20)
    record_started(learner=ada, lesson=lesson)
    assert state_of(ada, lesson).status == "passed"


def test_a_first_pass_that_opens_lessons_costs_at_most_eight_statements(ada):
    first = lesson_with_exercise("first")
    for number in range(30):
        lesson_with_exercise(f"next-{number}", first)
    current_graph()  # compiled once a release, not once an attempt
    with CaptureQueriesContext(connection) as sent:
        attempt(ada, first, 20)
    assert len(sent) <= 8
    assert LessonState.objects.filter(learner=ada, status="open").count() == 30


def test_a_repeated_key_costs_two_statements(ada):
    lesson, key = lesson_with_exercise("first"), uuid.uuid4()
    attempt(ada, lesson, 20, key=key)
    with CaptureQueriesContext(connection) as sent:
        attempt(ada, lesson, 20, key=key)
    assert len(sent) == 2


tries = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 40), st.sampled_from([20, 40])), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=tries, order=st.randoms(use_true_random=False))
def test_any_order_of_the_same_tries_gives_the_same_progress(transactional_rollback, tries, order):
    one, other = (User.objects.create_user(f"{uuid.uuid4()}@example.com") for _ in range(2))
    first = lesson_with_exercise(f"a-{uuid.uuid4()}")
    lessons = [first, lesson_with_exercise(f"b-{uuid.uuid4()}", first)]
    shuffled = list(tries)
    order.shuffle(shuffled)
    for learner, made in ((one, tries), (other, shuffled)):
        for which, score, max_score in made:
            attempt(learner, lessons[which], float(min(score, max_score)), max_score=float(max_score))
    assert _facts(one) == _facts(other)
    assert not any(differences().values())


@pytest.fixture
def transactional_rollback(db):
    """One database for all examples: each makes people and lessons of its own."""


def _facts(learner):
    lessons = LessonState.objects.filter(learner=learner).values_list("lesson_uid", "status", "best_score", "best_max_score", "mastered")
    exercises = ExerciseState.objects.filter(learner=learner).values_list("exercise_uid", "graded_tries", "best_score", "best_max_score")
    return set(lessons), set(exercises), set(StageRollup.objects.filter(learner=learner).values_list("stage_uid", "passed"))


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_count_twice_and_pass_once(ada):
    lesson = lesson_with_exercise("first")
    lesson_with_exercise("second", lesson)

    def grade(_):
        try:
            attempt(ada, lesson, 20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(grade, range(4)))
    assert ExerciseState.objects.get(learner=ada).graded_tries == 4
    assert StageRollup.objects.get(learner=ada).passed == 1
    assert not any(differences().values())


def test_hints_remember_the_highest_level_and_start_nothing(ada):
    exercise = lesson_with_exercise("first").exercise
    for level in (2, 1, 2):
        record_hint(learner=ada, exercise=exercise, task="double", level=level)
    assert ExerciseState.objects.get(learner=ada).hints_opened == {"double": 2}
    assert ProgressEvent.objects.filter(kind="hint_opened").count() == 2
    assert not LessonState.objects.filter(learner=ada).exists()


def test_there_is_no_fourth_hint(ada):
    exercise = lesson_with_exercise("first").exercise
    with pytest.raises(NotThere):
        record_hint(learner=ada, exercise=exercise, task="double", level=4)


def test_quiz_answers_are_kept_and_replaced(ada):
    lesson = lesson_with_exercise("first", quiz=QUIZ)
    [result] = record_quiz(learner=ada, lesson=lesson, answers={"one": "b", "no such item": 1})
    assert (result.item, result.is_right) == ("one", False)
    record_quiz(learner=ada, lesson=lesson, answers={"one": "a"})
    answer = QuizAnswer.objects.get(learner=ada)
    assert (answer.answer, answer.is_right) == ("a", True)
    assert state_of(ada, lesson).status == "started"


def test_the_same_answer_again_is_no_second_event(ada):
    lesson = lesson_with_exercise("first", quiz=QUIZ)
    for _ in range(2):
        record_quiz(learner=ada, lesson=lesson, answers={"one": "a"})
    assert ProgressEvent.objects.filter(kind="quiz_answered").count() == 1


def test_an_answer_that_the_database_cannot_hold_is_kept_cleaned(ada):
    lesson = lesson_with_exercise("first", quiz=QUIZ)
    [result] = record_quiz(learner=ada, lesson=lesson, answers={"output": "a\x00b\ud800"})
    assert not result.is_right
    assert QuizAnswer.objects.get(learner=ada).answer == "a\ufffdb\ufffd"


def test_null_is_no_answer_and_neither_is_a_number_beyond_all_bounds(ada):
    lesson = lesson_with_exercise("first", quiz=QUIZ)
    assert record_quiz(learner=ada, lesson=lesson, answers={"one": None, "number": float("inf")}) == []
    assert not ProgressEvent.objects.exists()
