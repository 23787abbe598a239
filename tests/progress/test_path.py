"""Where a learner stands: states, locks with their reasons, and the next step."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from accounts.models import StartingPoint
from lessons.models import Lesson, LessonStatus
from progress.models import LessonState
from progress.path import path_of
from progress.services.record import record_attempt, record_started
from tests.factories import LessonFactory, ModuleFactory, StageFactory, lesson_with_exercise, new_version

pytestmark = pytest.mark.django_db


def passes(learner, lesson, score=20.0):
    record_attempt(
        learner=learner,
        exercise=lesson.exercise,
        version=lesson.exercise.current.version,
        score=score,
        max_score=20.0,
        passed=score >= 14,
        submission_id=uuid.uuid4(),
    )


def states(learner):
    return {lesson.slug: lesson.state for lesson in path_of(learner).lessons}


def test_a_lesson_opens_when_everything_it_builds_on_is_passed(ada):
    first, second = lesson_with_exercise("first"), lesson_with_exercise("second")
    both = lesson_with_exercise("both", first, second)
    passes(ada, first)
    assert states(ada) == {"first": "passed", "second": "open", "both": "locked"}
    assert path_of(ada).lesson("both").locked_by == ("second",)
    passes(ada, second)
    assert states(ada)["both"] == "open"
    assert both.slug in path_of(ada).lesson("first").unlocks


def test_eves_pass_opens_nothing_for_ada(ada, eve):
    first = lesson_with_exercise("first")
    lesson_with_exercise("second", first)
    passes(eve, first)
    assert states(ada)["second"] == "locked"


def test_coming_lessons_pass_their_own_prerequisites_through(ada):
    first = lesson_with_exercise("first", minutes=30)
    unwritten = LessonFactory.create(slug="unwritten", status=LessonStatus.COMING, requires=[first])
    lesson_with_exercise("last", unwritten)
    last = path_of(ada).lesson("last")
    assert (last.state, last.locked_by, last.minutes_away) == ("locked", ("first",), 30)
    assert last.prerequisites == ("unwritten",)
    assert path_of(ada).lesson("unwritten").state == "coming"
    passes(ada, first)
    assert path_of(ada).lesson("last").state == "open"


def test_a_lock_says_what_opens_it_and_how_far_it_is(ada):
    first = lesson_with_exercise("first", minutes=30, title="Vectors")
    second = lesson_with_exercise("second", first, minutes=45, title="Matrices")
    lesson_with_exercise("third", second)
    path = path_of(ada)
    assert path.why_locked(path.lesson("third")) == "Opens after Matrices. You are 75 minutes from it."


def test_what_was_open_stays_open_when_a_prerequisite_is_published_later(ada):
    first = lesson_with_exercise("first")
    second = lesson_with_exercise("second", first)
    passes(ada, first)
    added = lesson_with_exercise("added")
    second.requires.add(added)
    assert states(ada)["second"] == "open"


def test_without_an_account_everything_is_as_for_somebody_new():
    first = lesson_with_exercise("first")
    lesson_with_exercise("second", first)
    assert states(None) == {"first": "open", "second": "locked"}


def test_a_retired_lesson_leaves_the_map_and_blocks_nobody(ada):
    first = lesson_with_exercise("first")
    retired = lesson_with_exercise("retired", first)
    lesson_with_exercise("last", retired)
    Lesson.objects.filter(pk=retired.pk).update(status=LessonStatus.RETIRED)
    assert states(ada) == {"first": "open", "last": "locked"}
    assert path_of(ada).lesson("last").locked_by == ("first",)


def test_the_graph_follows_every_change_of_the_content(ada):
    lesson = lesson_with_exercise("first", title="Old")
    assert path_of(ada).lesson("first").title == "Old"
    Lesson.objects.filter(pk=lesson.pk).update(title="New")
    assert path_of(ada).lesson("first").title == "New"


def test_stages_count_lessons_passed_of_lessons_required(ada):
    stage = StageFactory.create(slug="foundations")
    module = ModuleFactory.create(stage=stage)
    first, credited = lesson_with_exercise("first", module=module), lesson_with_exercise("credited", module=module)
    LessonFactory.create(slug="unwritten", module=module, status=LessonStatus.COMING)
    passes(ada, first)
    LessonState.objects.update_or_create(learner=ada, lesson_uid=credited.uuid, defaults={"status": "credited"})
    [view] = path_of(ada).stages
    assert (view.passed, view.required) == (1, 2)
    assert path_of(ada).passed == 1


def test_mastered_and_changed_since_are_flags(ada):
    lesson = lesson_with_exercise("first")
    passes(ada, lesson, score=18.0)
    assert path_of(ada).lesson("first").flags == ("mastered",)
    new_version(lesson.exercise, "ffffffffffff")
    assert path_of(ada).lesson("first").flags == ("mastered", "changed_since")


def test_next_is_the_lesson_that_most_builds_on(ada):
    root = lesson_with_exercise("root", minutes=20)
    lesson_with_exercise("after", root, minutes=60)
    lesson_with_exercise("alone", minutes=50)
    step = path_of(ada).next_step()
    assert step.lesson.slug == "root"
    assert [other.lesson.slug for other in step.alternatives] == ["alone"]


def test_a_lesson_started_this_fortnight_goes_first(ada):
    lesson_with_exercise("root", minutes=90)
    started = lesson_with_exercise("started", minutes=20)
    record_started(learner=ada, lesson=started)
    assert path_of(ada).next_step().lesson.slug == "started"
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        assert path_of(ada).next_step().lesson.slug == "root"


@pytest.mark.parametrize(
    ("knows", "begins"), [(StartingPoint.UNKNOWN, "vectors"), (StartingPoint.MATHS, "python"), (StartingPoint.BOTH, "splits")]
)
def test_the_first_step_leaves_out_what_is_known_already(ada, knows, begins):
    first = StageFactory.create(slug="foundations", order=1)
    lesson_with_exercise("vectors", module=ModuleFactory.create(stage=first, slug="maths"), minutes=60)
    lesson_with_exercise("python", module=ModuleFactory.create(stage=first, slug="python"), minutes=50)
    second = StageFactory.create(slug="classic-ml", order=2)
    lesson_with_exercise("splits", module=ModuleFactory.create(stage=second, slug="evaluation"), minutes=40)
    ada.starting_point = knows
    assert path_of(ada).next_step().lesson.slug == begins


def test_with_everything_passed_there_is_no_next_step(ada):
    lesson = lesson_with_exercise("only")
    passes(ada, lesson)
    assert path_of(ada).next_step() is None


@pytest.mark.parametrize("lessons", [2, 60])
def test_a_path_costs_two_queries_for_any_number_of_lessons(ada, lessons, django_assert_num_queries):
    before = []
    for number in range(lessons):
        before = [LessonFactory.create(slug=f"l{number}", requires=before)]
    path_of(ada)
    with django_assert_num_queries(2):  # the release's key, the learner's states
        path = path_of(ada)
        assert len(path.stages[0].lessons) == lessons
        path.next_step()
