"""A small exercise, which the engine can grade, and submissions made without it: what pages show does not depend on who graded."""

from __future__ import annotations

import uuid

from django.utils import timezone

from accounts.models import User
from lessons.models import Exercise, ExerciseVersion
from submissions.models import Kind, Status, Submission

CHECKS = """
from grading.checks import check, close


@check("double(3) is 6", task="double", points=5, visible=True)
def seen(nb, rng):
    close(nb.call("double", 3), 6, "double(3)")


@check("double agrees on random numbers", task="double", points=15)
def unseen(nb, rng):
    number = float(rng.normal())
    close(nb.call("double", number), 2 * number, "double of a random number")
"""
CODE = "def double(x):\n    return x + x\n"


def notebook(*sources: str) -> dict:
    cells = [
        {"id": "intro", "cell_type": "markdown", "metadata": {}, "source": "# Double it\n\nWrite `double`."},
        {
            "id": "given",
            "cell_type": "code",
            "metadata": {"tags": ["given"]},
            "source": "import numpy as np",
            "outputs": [],
            "execution_count": None,
        },
        *(
            {"id": f"own{n}", "cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
            for n, source in enumerate(sources or (CODE,))
        ),
    ]
    return {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def check(name: str, *, passed: bool, visible: bool = True, message: str = "") -> dict:
    shown = {"id": name, "title": f"{name} holds", "visible": visible, "passed": passed, "judged": True, "max_points": 5.0}
    return {**shown, "points": 5.0 if passed else 0.0, "message": message}


def exercise(slug: str = "doubling", lesson=None) -> Exercise:
    made = Exercise.objects.create(uuid=uuid.uuid4(), slug=slug, title="Double it", lesson=lesson)
    specs = [
        {"id": "seen", "task": "double", "title": "double(3) is 6", "points": 5.0, "visible": True},
        {"id": "unseen", "task": "double", "title": "double agrees on random numbers", "points": 15.0, "visible": False},
    ]
    package = {
        "slug": slug,
        "version": "0123456789ab",
        "title": "Double it",
        "runtime": "ml",
        "pass_mark": 14.0,
        "tasks": [{"id": "double", "title": "Double", "max_score": 20.0, "defines": ["double"], "signature": "double(x) -> number"}],
        "checks": specs,
        "checks_source": CHECKS,
        "truth": {},
        "files": {"numbers.csv": "YSxiCjEsMgo="},
        "limits": {},
    }
    made.current = ExerciseVersion.objects.create(
        exercise=made,
        version="0123456789ab",
        package=package,
        starter=notebook("def double(x):\n    ...\n"),
        hints={"double": ["<p>Add.</p>", "<p>Add it to itself.</p>", "<p>x + x</p>"]},
        max_score=20,
        pass_mark=14,
    )
    made.save()
    return made


def submission(learner: User, of: Exercise, *checks: dict, kind: str = Kind.SUBMIT, cells=(), outputs=None, **fields) -> Submission:
    """A graded one; `cells` are those of the report."""
    score = sum(item["points"] for item in checks)
    task = {"id": "double", "title": "Double", "score": score, "max_score": 20.0, "checks": list(checks)}
    report = {
        "tasks": [task] if checks else [],
        "cells": list(cells),
        "sentence": "",
        "timings": {"start": 0.1, "cells": 1.25, "checks": 0.5, "total": 1.85},
    }
    now = timezone.now()
    values = {
        "public_id": uuid.uuid4(),
        "exercise_version": of.current,
        "kind": kind,
        "notebook": notebook(),
        "code_hash": "0" * 64,
        "seed": 7,
        "idempotency_key": uuid.uuid4().hex,
        "body_hash": "0" * 64,
        "status": Status.GRADED,
        "verdict": "passed" if score >= 14 else "failed",
        "passed": score >= 14,
        "score": score,
        "max_score": 20.0,
        "report": report,
        "outputs": outputs or {},
        "started_at": now,
        "graded_at": now,
    }
    return Submission.objects.create(learner=learner, exercise=of, **{**values, **fields})


def waiting(learner: User, of: Exercise, status: str = Status.QUEUED, **fields) -> Submission:
    """One that is not graded yet."""
    nothing = {"status": status, "verdict": "", "passed": None, "score": None, "report": None, "started_at": None, "graded_at": None}
    return submission(learner, of, **{**nothing, **fields})
