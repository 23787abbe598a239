"""`manage.py grade` and `execute`: exit codes, one clear line on stderr, and the contract's JSON on stdout."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from grading.engine import EngineFault, EngineUnavailable
from grading.report import report_from_json
from tests.api.test_submissions import BAD
from tests.factories import as_bytes, notebook
from tests.lessons.small_content import PUBLISHED, small_content

FIELDS = {
    "notebook", "exercise", "exercise_version", "seed", "status", "verdict", "reason", "passed", "score", "max_score", "tasks", "cells",
    "timings",
}  # fmt: skip
RIGHT = "def double(x):\n    return 2.0 * x"


@pytest.fixture
def content(tmp_path, monkeypatch):
    monkeypatch.setenv("CURRICULUM_DIR", str(tmp_path / "content" / "curriculum"))
    return small_content(tmp_path / "content")


@pytest.fixture
def place(tmp_path):
    """A folder for notebooks: `place("a.ipynb", bytes)` puts one there."""
    folder = tmp_path / "notebooks"
    folder.mkdir()

    def put(name, raw):
        (folder / name).write_bytes(raw)
        return folder / name

    put.folder = folder  # type: ignore[attr-defined]
    return put


def run(*arguments):
    """Exit code, stdout, stderr."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    return ended.value.code, out.getvalue(), err.getvalue()


class Engine:
    """Answers as it is told; what an engine really does is tested with a real one below."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.jobs = []

    def run(self, job):
        self.jobs.append(job)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


@pytest.fixture
def engine_that_answers(monkeypatch):
    def use(*answers):
        made = Engine(*answers)
        for command in ("grade", "execute"):
            monkeypatch.setattr(f"submissions.management.commands.{command}.open_engine", lambda _: made)
        return made

    return use


def graded(score=70.0):
    nothing = {"start": 0.0, "cells": 0.0, "checks": 0.0, "total": 0.0}
    return report_from_json(
        {"status": "graded", "verdict": "passed", "reason": None, "passed": True, "score": score, "max_score": 100.0, "sentence": "Done.",
         "tasks": [], "cells": [], "timings": nothing, "outputs": {}}
    )  # fmt: skip


@pytest.mark.usefixtures("content", "engine_that_answers")
class TestWhatIsNotUsable:
    @pytest.mark.parametrize(("raw", "code"), BAD, ids=[f"{code}-{number}" for number, (_, code) in enumerate(BAD)])
    @pytest.mark.parametrize("command", ["grade", "execute"])
    def test_a_bad_notebook_is_2_and_one_line(self, place, command, raw, code):
        path = place("bad.ipynb", raw)
        ended, out, err = run(command, path, *(["--exercise", "doubles"] if command == "grade" else []))
        assert (ended, out) == (2, "")
        assert err.startswith(f"{path}: ")
        assert err.rstrip().endswith(".")
        assert err.count("\n") == 1

    @pytest.mark.parametrize("command", ["grade", "execute"])
    def test_a_missing_file_is_2(self, place, command):
        ended, _, err = run(command, place.folder / "none.ipynb", *(["--exercise", "doubles"] if command == "grade" else []))
        assert ended == 2
        assert "cannot be read" in err

    def test_an_unknown_exercise_is_2_and_the_known_ones_are_named(self, place):
        ended, _, err = run("grade", place("a.ipynb", as_bytes(notebook(RIGHT))), "--exercise", "../secret")
        assert ended == 2
        assert "Known: doubles." in err

    def test_a_folder_without_notebooks_is_2(self, place):
        ended, out, err = run("grade", place.folder, "--exercise", "doubles", "--json")
        assert (ended, out) == (2, "")
        assert "no .ipynb file" in err

    @pytest.mark.parametrize("seed", ["-1", str(2**63), "x"])
    def test_a_seed_that_is_none_is_refused(self, place, seed):
        with pytest.raises(CommandError, match="seed"):
            call_command("grade", str(place("a.ipynb", as_bytes(notebook(RIGHT)))), "--exercise", "doubles", f"--seed={seed}")

    def test_an_output_that_cannot_be_written_is_2(self, place, engine_that_answers):
        engine_that_answers(graded())
        ended, _, err = run("execute", place("a.ipynb", as_bytes(notebook(RIGHT))), "--output", place.folder / "none" / "b.ipynb")
        assert ended == 2
        assert "cannot be written" in err


class TestOurFault:
    def test_an_engine_that_cannot_grade_is_3(self, content, place, engine_that_answers):
        engine_that_answers(EngineUnavailable("no Landlock here"))
        ended, out, err = run("grade", place("a.ipynb", as_bytes(notebook(RIGHT))), "--exercise", "doubles", "--json")
        assert (ended, out) == (3, "")
        assert "no Landlock here" in err

    def test_in_a_folder_one_fault_is_one_line_and_the_rest_is_graded(self, content, place, engine_that_answers):
        for name in "abc":
            place(f"{name}.ipynb", as_bytes(notebook(RIGHT, f"{name} = 1")))
        engine_that_answers(graded(), EngineFault("lost"), graded())
        ended, out, _ = run("grade", place.folder, "--exercise", "doubles", "--json")
        told = [json.loads(line) for line in out.splitlines()]
        assert ended == 3
        assert [one["status"] for one in told] == ["graded", "failed", "graded"]
        assert (told[1]["verdict"], told[1]["score"], told[1]["passed"]) == ("platform_error", None, None)

    def test_a_broken_exercise_is_3_and_says_where(self, content, place):
        content.edit(f"{PUBLISHED}/checks.py", "points=70", "points=SEVENTY")
        ended, _, err = run("grade", place("a.ipynb", as_bytes(notebook(RIGHT))), "--exercise", "doubles")
        assert ended == 3
        assert "checks.py:" in err

    def test_execute_without_an_engine_is_3_and_leaves_the_notebook(self, content, place, engine_that_answers):
        engine_that_answers(EngineFault("lost twice"))
        path = place("a.ipynb", as_bytes(notebook(RIGHT)))
        before = path.read_bytes()
        assert run("execute", path)[0] == 3
        assert path.read_bytes() == before


def test_a_seed_is_given_or_derived_from_version_and_code(content, place, engine_that_answers):
    engine = engine_that_answers(*[graded()] * 4)
    one, same = (place(name, as_bytes(notebook(RIGHT))) for name in ("a.ipynb", "b.ipynb"))
    other = place("c.ipynb", as_bytes(notebook(RIGHT, "x = 1")))
    seeds = [json.loads(run("grade", path, "--exercise", "doubles", "--json")[1])["seed"] for path in (one, same, other)]
    assert seeds[0] == seeds[1] != seeds[2]
    assert json.loads(run("grade", one, "--exercise", "doubles", "--json", "--seed", seeds[2])[1])["seed"] == seeds[2]
    assert [job.seed for job in engine.jobs] == [*seeds, seeds[2]]


@pytest.mark.slow
def test_a_folder_through_the_real_engine_is_one_object_a_line(content, place, engine):
    place("1-right.ipynb", as_bytes(notebook(RIGHT)))
    place("2-wrong.ipynb", as_bytes(notebook("def double(x):\n    return x + 2")))
    place("3-none.ipynb", b"{}")
    place("4-raises.ipynb", as_bytes(notebook(RIGHT, "raise ValueError('mine')", "def double(x): raise KeyError(x)")))
    (place.folder / "notes.txt").write_text("no notebook")
    ended, out, _ = run("grade", place.folder, "--exercise", "doubles", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert ended == 0
    assert all(set(one) >= FIELDS for one in told)
    assert [(one["status"], one["verdict"], one["passed"], one["score"]) for one in told] == [
        ("graded", "passed", True, 100.0),
        ("graded", "failed", False, 0.0),
        ("invalid", None, None, None),
        ("graded", "learner_error", False, 0.0),
    ]
    assert [cell["status"] for cell in told[3]["cells"]] == ["ok", "error", "ok"]
    assert told[3]["cells"][1]["error"] == {"name": "ValueError", "message": "mine"}
    checks = told[0]["tasks"][0]["checks"]
    assert [set(check) for check in checks] == [{"id", "title", "visible", "passed", "points", "max_points", "message"}] * 2


@pytest.mark.slow
def test_execute_writes_the_notebook_back_as_jupyter_would(place, engine):
    import nbformat

    raw = as_bytes({**notebook("1 + 1", "1 / 0", "print('after')"), "metadata": {}})
    path = place("a.ipynb", raw)
    ended, out, _ = run("execute", path, "--output", place.folder / "b.ipynb")
    assert ended == 0
    assert "2 of 3 cells without an error" in out
    written = nbformat.read(place.folder / "b.ipynb", as_version=4)
    nbformat.validate(written)
    assert written.cells[0].outputs[0].data["text/plain"] == "2"
    assert written.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert written.cells[2].outputs[0].text == "after\n"
    assert path.read_bytes() == raw
