"""`curriculum load`: the files become rows, twice is once, and what is renamed or moved keeps everybody's progress."""

from io import StringIO

import pytest
from django.core.management import call_command

from lessons.models import Exercise, ExerciseVersion, Lesson, LessonStatus
from progress.models import LessonState
from progress.path import path_of
from progress.services.record import record_attempt, record_started
from tests.factories import hand_in
from tests.lessons.small_content import PUBLISHED, STAGE, matter

pytestmark = pytest.mark.django_db


def load():
    """What the command says, and the code it ends with."""
    out, err = StringIO(), StringIO()
    try:
        call_command("curriculum", "load", stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def rows():
    return list(Lesson.objects.order_by("pk").values()), list(ExerciseVersion.objects.order_by("pk").values())


def passes(learner, slug):
    from uuid import uuid4

    exercise = Exercise.objects.get(slug=slug)
    record_attempt(
        learner=learner, exercise=exercise, version=exercise.current.version, score=100, max_score=100, passed=True, submission_id=uuid4()
    )


def test_it_says_what_it_created_and_the_second_time_leaves_everything(content):
    code, said, _ = load()
    assert code == 0
    assert "created lesson doubles" in said
    assert "Curriculum loaded: 7 created, 0 changed, 0 left as they were." in said
    before = rows()
    assert load()[1].strip() == "Curriculum loaded: 0 created, 0 changed, 7 left as they were."
    assert rows() == before


def test_a_change_is_one_change(content):
    load()
    content.edit(f"{STAGE}/numbers/lesson.md", "About numbers", "All about numbers")
    assert load()[1].splitlines() == ["changed lesson numbers", "Curriculum loaded: 0 created, 1 changed, 6 left as they were."]


def test_content_with_a_finding_is_not_loaded_at_all(content):
    load()
    before = rows()
    content.edit(f"{STAGE}/numbers/lesson.md", "About numbers", "Renamed")
    content.edit(f"{PUBLISHED}/quiz.yaml", "tolerance: 0", "tolerance: -1")
    code, _, said = load()
    assert code == 1
    assert said.startswith(f"curriculum/{PUBLISHED}/quiz.yaml:")
    assert "quiz-tolerance" in said
    assert rows() == before


def test_a_renamed_lesson_keeps_progress_submissions_and_drafts(content, ada):
    load()
    submission = hand_in(ada, Exercise.objects.get(slug="doubles"))
    passes(ada, "doubles")
    content.rename(PUBLISHED, f"{STAGE}/twice")
    for name in (f"{STAGE}/triples/lesson.md", f"{STAGE}/twice/lesson.md"):
        content.write(name, content.path(name).read_text().replace("[doubles]", "[twice]").replace("About doubles", "Twice as much"))
    assert load()[0] == 0
    view = path_of(ada).lesson("twice")
    assert (view.state, view.title, view.best_score) == ("passed", "Twice as much", 100)
    submission.refresh_from_db()
    assert (submission.exercise.slug, submission.exercise.lesson.slug) == ("twice", "twice")
    assert not Lesson.objects.filter(slug="doubles").exists()


def test_two_lessons_may_swap_their_names(content, ada):
    load()
    passes(ada, "doubles")
    content.rename(f"{STAGE}/numbers", f"{STAGE}/between")
    content.rename(PUBLISHED, f"{STAGE}/numbers")
    content.rename(f"{STAGE}/between", PUBLISHED)
    content.edit(f"{STAGE}/numbers/lesson.md", "prerequisites: [numbers]", "prerequisites: [doubles]")
    content.edit(f"{STAGE}/triples/lesson.md", "prerequisites: [doubles]", "prerequisites: [numbers]")
    assert load()[0] == 0
    assert (path_of(ada).lesson("numbers").state, path_of(ada).lesson("doubles").state) == ("passed", "coming")


def test_a_new_version_of_an_exercise_stands_beside_the_old_one(content, ada):
    load()
    submission = hand_in(ada, Exercise.objects.get())
    content.edit(f"{PUBLISHED}/checks.py", "a double", "a doubled number")
    load()
    exercise = Exercise.objects.get()
    assert exercise.versions.count() == 2
    assert exercise.current != submission.exercise_version
    submission.refresh_from_db()
    assert "a double" in submission.exercise_version.package["checks_source"]


def test_known_mistakes_are_no_part_of_the_version(content):
    load()
    before = Exercise.objects.get().current.version
    content.edit(f"{PUBLISHED}/mistakes/adds_two.py", "x + 2", "2 + x")
    load()
    assert Exercise.objects.get().current.version == before


def test_a_lesson_that_is_gone_is_retired_and_keeps_its_rows(content, ada):
    load()
    passes(ada, "doubles")
    import shutil

    shutil.rmtree(content.path(PUBLISHED))
    content.edit(f"{STAGE}/triples/lesson.md", "[doubles]", "[numbers]")
    code, said, err = load()
    assert code == 0, err
    assert "retired lesson doubles" in said
    assert Lesson.objects.get(slug="doubles").status == LessonStatus.RETIRED
    assert LessonState.objects.get(learner=ada).status == "passed"
    assert "doubles" not in {view.slug for view in path_of(ada).lessons}


def test_what_was_open_stays_open_when_a_lesson_gets_a_prerequisite(content, ada, eve):
    load()
    record_started(learner=ada, lesson=Lesson.objects.get(slug="doubles"))
    text = content.path(f"{PUBLISHED}/lesson.md").read_text()
    published = {
        "exercise.yaml",
        "exercise.py",
        "checks.py",
        "quiz.yaml",
        "figures/line.svg",
        "mistakes/adds_two.py",
        "mistakes/hardcoded.py",
    }
    body = text[text.index("---\n", 4) + 4 :]
    head = matter("basics", order=4, col=0, status="published", more=text[text.index("onward:") : text.index("---\n", 4)])
    content.write(f"{STAGE}/basics/lesson.md", head.replace("row: 0", "row: 1") + body)
    for name in published:
        content.write(f"{STAGE}/basics/{name}", content.path(f"{PUBLISHED}/{name}").read_bytes())
    content.edit(f"{STAGE}/basics/exercise.yaml", "uuid: ", "uuid: 7d8f3a52-5d0c-4c7e-9c38-7f3c7a5f6b1e #")
    content.edit(f"{PUBLISHED}/lesson.md", "[numbers]", "[numbers, basics]")
    code, _, err = load()
    assert code == 0, err
    assert path_of(ada).lesson("doubles").state == "started"
    assert path_of(eve).lesson("doubles").is_open, "it was open for everybody who was there"
    assert path_of(None).lesson("doubles").state == "locked"


def test_check_prints_findings_one_a_line_and_ends_with_1(content):
    content.edit(f"{PUBLISHED}/quiz.yaml", "tolerance: 0", "tolerance: -1")
    content.edit(f"{STAGE}/numbers/lesson.md", "module: maths", "module: physics")
    for slugs, rules in (([], ["quiz-tolerance", "module-unknown"]), (["numbers"], ["module-unknown"]), (["nothing"], ["slug-unknown"])):
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("curriculum", "check", *slugs, "--lint", stdout=out, stderr=err)
        assert ended.value.code == 1
        for rule in rules:
            assert f" {rule} " in out.getvalue()
        if "nothing" not in slugs:
            assert len(out.getvalue().splitlines()) == len(rules)


def test_check_ends_with_0_where_all_holds(content):
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("curriculum", "check", "--lint", stdout=out, stderr=err)
    assert (ended.value.code, out.getvalue(), err.getvalue().strip()) == (0, "", "All hold.")
