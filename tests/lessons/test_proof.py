"""`curriculum check` through the real engine: each promise of an exercise, kept and broken."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.lessons.small_content import PUBLISHED
from tests.lessons.test_rules import PROVEN

pytestmark = pytest.mark.slow

# rule: what is put where
BREAKS = {
    "reference-fails": (f"{PUBLISHED}/exercise.py", "return 2.0 * x", "return 2.5 * x"),
    "reference-cell": (f"{PUBLISHED}/exercise.py", "import math", "import nothing_of_that_name"),
    "starter-verdict": (f"{PUBLISHED}/exercise.py", "### END SOLUTION\n", "### END SOLUTION\n    return missing\n"),
    "starter-passes": (
        f"{PUBLISHED}/exercise.py",
        "    ### BEGIN SOLUTION\n    return 2.0 * x\n    ### END SOLUTION",
        "    return 2.0 * x",
    ),
    "starter-check": (f"{PUBLISHED}/exercise.py", "    ### BEGIN SOLUTION\n    return 2.0 * x\n    ### END SOLUTION", "    return 6.0"),
    "starter-message": (
        f"{PUBLISHED}/checks.py",
        'close(nb.call("double", 3), 6.0, "double(3)")',
        'nb.call("double", 3, none_ok=True) == 6.0 or __import__("grading.checks", fromlist=["fail"]).fail("Traceback of mine")',
    ),
    "mistake-uncaught": (f"{PUBLISHED}/mistakes/adds_two.py", "return 6.0 if x == 3 else x + 2", "return 2 * x"),
    "mistake-message": (f"{PUBLISHED}/mistakes/adds_two.py", "# message: You added two", "# message: You added three"),
    "hardcoded-passes": (f"{PUBLISHED}/mistakes/hardcoded.py", "return 6.0", "return 2 * x"),
    "hardcoded-visible": (f"{PUBLISHED}/mistakes/hardcoded.py", "return 6.0", "return 7.0"),
    "example-raises": (f"{PUBLISHED}/lesson.md", "print(2 * 3)", "print(2 * three)"),
    "example-output": (f"{PUBLISHED}/lesson.md", "```output\n6", "```output\n7"),
}


def check(*arguments):
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("curriculum", "check", *arguments, stdout=out, stderr=err)
    return ended.value.code, out.getvalue(), err.getvalue()


def test_every_promise_is_broken_once():
    assert PROVEN - BREAKS.keys() == set()


def test_where_all_hold_it_says_so_for_each(content, engine):
    code, found, said = check("doubles", "--seeds", "2")
    assert (code, found) == (0, ""), found
    assert "doubles: reference, seed 2: holds" in said
    assert "All hold." in said


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_promise_is_found(content, engine, rule):
    content.edit(*BREAKS[rule])
    code, found, _ = check("doubles")
    assert code == 1
    assert any(f" {rule} " in line for line in found.splitlines()), found


def test_without_an_engine_it_says_so(content, monkeypatch):
    from grading.engine import EngineUnavailable

    def refuse(_):
        raise EngineUnavailable("no Landlock here")

    class Refusing:
        run = staticmethod(refuse)
        close = staticmethod(lambda: None)

    monkeypatch.setattr("lessons.content.proof.open_engine", lambda _: Refusing())
    code, found, _ = check("doubles")
    assert code == 1
    assert "curriculum:1 engine The engine could not grade: no Landlock here" in found
