"""What one submission costs, warm: wall time as pytest-benchmark shows it, CPU seconds as the kernel counted them.

`make bench`. In a plain test run each of these runs once, so that none rots. `extra_info` holds the CPU seconds of the engine's whole
tree for one submission: the figure to compare, for wall time on a shared machine is mostly its neighbours'.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from grading.engine import Engine
from grading.job import Job
from grading.notebook import read_notebook
from lessons.content.packages import package_for

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "fixtures" / "notebooks" / "ml-basics"
TICKS = os.sysconf("SC_CLK_TCK")
SCORES = {"correct": 20, "wrong": 5, "starter": 0}


@pytest.fixture(scope="module")
def warm_engine():
    with Engine() as engine:
        engine.wait_ready()
        yield engine


@pytest.fixture(scope="module")
def package():
    return package_for("ml-basics")


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of the warm parent and of every child it has reaped."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICKS + sum(cpu_of_tree(int(child)) for child in children)


@pytest.mark.parametrize("kind", SCORES)
def test_a_submission_of_ml_basics(benchmark, warm_engine, package, kind):
    cells = read_notebook((NOTEBOOKS / f"{kind}.ipynb").read_bytes()).cells
    job = Job(kind="submit", cells=cells, package=package, seed=1)
    assert warm_engine.run(job).score == SCORES[kind]
    pid = warm_engine.health()["runtimes"]["ml"]["pid"]
    before, rounds = cpu_of_tree(pid), 0

    def once() -> None:
        nonlocal rounds
        rounds += 1
        warm_engine.run(job)

    benchmark(once)
    benchmark.extra_info["cpu_seconds"] = round((cpu_of_tree(pid) - before) / rounds, 4)
    benchmark.extra_info["machine"] = f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}"
