"""The engine's promises to honest people: order, points, whose fault, limits, and one answer whatever a cell does."""

from __future__ import annotations

import pytest

from grading.report import Reason, Verdict
from grading.seed import seed_of_check, seed_of_learner
from tests.grading.made import RIGHT, execution, submission

BROKEN_CHECK = """
from grading.checks import check

@check("double gives twice the number", task="double", points=1, visible=True)
def double_small(nb, rng):
    raise KeyError("the author's mistake")

@check("double works for any number", task="double", points=3)
def double_any(nb, rng):
    pass

@check("half gives half the number", task="half", points=4)
def half_any(nb, rng):
    pass
"""


def test_a_right_notebook_gets_every_point(engine):
    report = engine.run(submission(*RIGHT))
    assert (report.status, report.verdict, report.score, report.passed) == ("graded", Verdict.PASSED, 8, True)


def test_a_wrong_task_costs_only_its_own_points(engine):
    report = engine.run(submission(RIGHT[0], "def half(x):\n    return x"))
    assert (report.verdict, report.score) == (Verdict.FAILED, 4)
    [failed] = [check for task in report.tasks for check in task.checks if not check.passed]
    assert failed.id == "half_any"
    assert "8" in failed.message or "4" in failed.message


def test_a_function_that_raises_is_the_learners_error_with_its_line(engine):
    report = engine.run(submission(RIGHT[0], "def half(x):\n    return x / nothing"))
    assert (report.verdict, report.reason, report.score) == (Verdict.LEARNER_ERROR, Reason.EXCEPTION, 4)
    assert "nothing" in report.sentence


def test_a_check_that_breaks_is_never_the_learners_fault(engine):
    report = engine.run(submission(*RIGHT, checks=BROKEN_CHECK))
    assert (report.status, report.verdict, report.score) == ("failed", Verdict.LESSON_ERROR, None)


def test_the_same_seed_gives_the_same_grade(engine):
    jobs = [submission("def double(x):\n    return 2 * x if x > 0 else 0", RIGHT[1], seed=7) for _ in range(3)]
    assert len({engine.run(job).score for job in jobs}) == 1


def test_a_check_runs_only_what_is_visible(engine):
    from dataclasses import replace

    report = engine.run(replace(submission(*RIGHT), kind="check"))
    assert [check.id for task in report.tasks for check in task.checks] == ["double_small"]


def test_a_run_stops_after_the_cell_that_was_asked_for(engine):
    from dataclasses import replace

    report = engine.run(replace(execution("a = 1", "a + 1", "a + 2"), kind="run", run_to=1))
    assert [cell.status for cell in report.cells] == ["ok", "ok", "skipped"]
    assert report.outputs[1][0]["data"]["text/plain"] == "2"


@pytest.mark.parametrize("deep", [90, 450, 900])
def test_an_output_that_is_nested_too_deep_is_shown_as_text_and_the_rest_is_graded(engine, deep):
    nested = f"x = 1\nfor _ in range({deep}):\n    x = [x]"
    shown = nested + "\nfrom IPython.display import display\ndisplay({'application/json': x, 'text/plain': 'deep'}, raw=True)"
    report = engine.run(submission(shown, "display({'application/json': [float('nan')]}, raw=True)", *RIGHT))
    assert (report.status, report.score) == ("graded", 8)
    assert report.outputs[0][0]["data"]["text/plain"] == "deep"
    assert isinstance(report.outputs[0][0]["data"]["application/json"], list if deep == 90 else str)
    assert report.outputs[1][0]["data"]["application/json"] == [None]


def test_the_events_tell_where_it_is(engine):
    events: list[dict[str, object]] = []
    engine.run(submission(*RIGHT), events.append)
    told = [event["event"] for event in events]
    assert told.index("cell") < told.index("checking") < told.index("check_end")
    assert {"event": "cell", "index": 1, "number": 2, "of": 2} in events


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True:\n    pass", Reason.TIME),
        ("import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass", Reason.TIME),
        ("held = bytearray(8 << 30)", Reason.MEMORY),
        ("import os\nos._exit(0)", Reason.EXIT),
        ("import ctypes\nctypes.string_at(0)", Reason.CRASH),
        ("while True:\n    print('x' * 10_000)", Reason.OUTPUT),
    ],
)
def test_a_cell_that_goes_too_far_leaves_the_others_their_points(engine, source, reason):
    report = engine.run(submission(RIGHT[0], source, cpu_seconds_per_task=0.5))
    assert (report.verdict, report.reason, report.score) == (Verdict.LEARNER_ERROR, reason, 4) or report.score == 4
    assert report.cells[1].status in {"error", "timeout"}
    assert report.cells[1].error is not None
    assert len(report.cells[1].error.message) > 20


def test_a_call_that_never_ends_leaves_the_other_checks(engine):
    report = engine.run(submission("def double(x):\n    while True:\n        pass", RIGHT[1], cpu_seconds_per_task=0.4))
    assert report.score == 4
    assert report.reason is Reason.TIME


def test_a_call_that_ends_python_leaves_the_other_checks(engine):
    report = engine.run(submission("import os\ndef double(x):\n    os._exit(3)", RIGHT[1]))
    assert report.score == 4
    assert report.verdict is Verdict.LEARNER_ERROR


SEED_HUNT = """
import gc, hashlib, sys

def seeds_in_sight():
    found = set()
    for held in gc.get_objects():
        if type(held) is dict:
            found |= {value for value in list(held.values()) if type(value) is int and value > 1 << 40}
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if type(value) is dict:
                found |= {each for each in value.values() if type(each) is int and each > 1 << 40}
            elif type(value) is int and value > 1 << 40:
                found.add(value)
        frame = frame.f_back
    return found

def double(x):
    return sorted(seeds_in_sight())
"""
TELL_SEEDS = """
from grading.checks import check, fail

@check("double gives twice the number", task="double", points=1, visible=True)
def double_small(nb, rng):
    fail(" ".join(str(each) for each in nb.call("double", 1.0)))

@check("double works for any number", task="double", points=3)
def double_any(nb, rng):
    pass

@check("half gives half the number", task="half", points=4)
def half_any(nb, rng):
    pass
"""


def test_no_seed_of_a_check_enters_the_learners_process(engine):
    """With it a notebook could draw the hidden data itself, labels included. What it finds is only its own."""
    report = engine.run(submission(SEED_HUNT, RIGHT[1], checks=TELL_SEEDS, seed=2**60 + 7))
    message = next(check.message for task in report.tasks for check in task.checks if check.id == "double_small")
    found = {int(word) for word in message.split() if word.isdigit()}
    assert seed_of_learner(2**60 + 7, "double_small") in found, "the hunt itself must work"
    assert not found & {2**60 + 7, *(seed_of_check(2**60 + 7, name) for name in ("double_small", "double_any", "half_any"))}
