"""The result says the outcome first, then what is left and what it is worth, and what changed since the try before."""

import uuid

import pytest

from lessons.models import ExerciseVersion
from submissions.models import Submission
from submissions.pages.changes import changes_between
from submissions.pages.checks import rows_of
from submissions.pages.words import count, outcome_of

VERSION = ExerciseVersion(max_score=20, pass_mark=14)


def check(name, *, passed, points=4.0, visible=True, judged=True):
    return {
        "id": name,
        "title": f"{name} is right",
        "visible": visible,
        "passed": passed,
        "judged": judged,
        "points": points if passed else 0.0,
        "max_points": points,
        "message": "" if passed else f"{name} gave 6, expected 2.",
    }


def graded(*checks, source="x = 1", verdict="failed", reason="", cells=()):
    score = sum(item["points"] for item in checks)
    return Submission(
        public_id=uuid.uuid4(),
        kind="submit",
        status="graded",
        verdict="passed" if score >= VERSION.pass_mark else verdict,
        reason=reason,
        passed=score >= VERSION.pass_mark,
        score=score,
        max_score=20,
        notebook={"cells": [{"id": "a", "cell_type": "code", "source": source}]},
        report={"tasks": [{"id": "t", "title": "T", "checks": list(checks)}], "cells": list(cells), "sentence": ""},
    )


def said(submission):
    return outcome_of(submission, VERSION, rows_of(submission))


def test_full_marks_leave_nothing_open():
    outcome = said(graded(*[check(f"c{n}", passed=True) for n in range(5)]))
    assert (outcome.tone, outcome.headline) == ("ok", "Everything holds, on unseen data too")
    assert "20 points" in outcome.lead


def test_a_pass_says_what_is_left_and_what_mastery_takes():
    outcome = said(graded(check("a", passed=True, points=16.0), check("b", passed=False, points=3.0), check("c", passed=False, points=1.0)))
    assert outcome.headline == "Passed, with two checks to go"
    assert outcome.lead == "Two checks are still open, worth 4 points. Mastering it takes 18."


def test_not_yet_says_how_far_it_is_and_names_the_dearest_check():
    outcome = said(graded(check("a", passed=True, points=8.0), check("b", passed=False, points=2.0), check("c", passed=False, points=10.0)))
    assert (outcome.chip, outcome.headline) == ("Not yet", "One of three checks holds")
    assert outcome.lead == "Passing takes 14 of 20 points: 6 points more. “c is right” alone is worth 10."


@pytest.mark.parametrize(
    ("reason", "headline"),
    [
        ("time", "Your code ran longer than the limit"),
        ("memory", "Your code needed more memory than the limit"),
        ("exit", "Your code ended Python before it was checked"),
        ("exception", "Cell 5 stopped with an error"),
        ("", "Cell 5 stopped with an error"),
    ],
)
def test_an_error_of_the_learner_is_named_by_what_happened(reason, headline):
    cells = [{"index": 4, "status": "error", "seconds": 0, "error": {"name": "NameError", "message": "x"}}]
    outcome = said(graded(check("a", passed=False, judged=False), verdict="learner_error", reason=reason, cells=cells))
    assert outcome.headline == headline


@pytest.mark.parametrize(("verdict", "part"), [("lesson_error", "check of ours broke"), ("platform_error", "Your notebook is safe")])
def test_our_fault_never_counts_and_says_so(verdict, part):
    outcome = said(Submission(status="failed", verdict=verdict, kind="submit", report=None))
    assert outcome.chip == "Our fault"
    assert part in outcome.lead
    assert "does not count" in outcome.lead


def test_failing_checks_come_first():
    rows = rows_of(graded(check("a", passed=True), check("b", passed=False, visible=False), check("c", passed=True)))
    assert [(row.id, row.is_hidden) for row in rows] == [("b", True), ("a", False), ("c", False)]
    assert rows[0].message == "b gave 6, expected 2."


def test_changes_name_the_checks_that_turned_and_the_lines_that_moved():
    before = graded(check("a", passed=False), check("b", passed=True), source="x = 1\ny = 2\n")
    after = graded(check("a", passed=True), check("b", passed=False), source="x = 1\ny = 3\nz = 4\n")
    changes = changes_between(before, after, previous_number=1)
    assert (changes.now_passing, changes.now_failing, changes.points_text) == (("a is right",), ("b is right",), "same score")
    assert [(line.kind, line.text, line.before, line.after) for line in changes.lines] == [
        ("hunk", "cell 1", None, None),
        ("same", "x = 1", 1, 1),
        ("del", "y = 2", 2, None),
        ("add", "y = 3", None, 2),
        ("add", "z = 4", None, 3),
    ]


def test_the_same_code_has_no_changed_lines():
    first = graded(check("a", passed=False))
    assert changes_between(first, first, previous_number=1).lines == ()


@pytest.mark.parametrize(("number", "text"), [(0, "no checks"), (1, "one check"), (2, "two checks"), (14, "14 checks")])
def test_small_numbers_are_words(number, text):
    assert count(number, "check") == text
