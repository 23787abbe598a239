"""`make run` with real processes, in a folder of its own: it starts, mends what dies, and leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from config.local.child import Child, pause_after
from config.local.processes import is_alive, started_at, wait_until_gone
from tests.running_site import ROOT, Run, tree, until


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    site = Run(tmp_path_factory.mktemp("run") / "var")
    assert site.said("Ready: "), "".join(site.lines)
    yield site
    site.end()


@pytest.mark.slow
class TestARunningSite:
    def test_it_answers_and_says_where(self, run):
        status, body = run.get("/healthz")
        assert status == 200
        assert json.loads(body)["status"] == "ok"
        assert any(f"Ready: http://127.0.0.1:{run.port}" in line for line in run.lines)

    def test_the_worker_and_its_engine_report(self, run):
        assert until(lambda: run.get("/readyz")[0] == 200, 60), run.get("/readyz")[1]

    @pytest.mark.parametrize("name", ["redis", "postgres", "worker", "beat", "engine", "web"])
    def test_what_is_killed_comes_back(self, run, name):
        before = run.children[name]
        os.kill(before, signal.SIGKILL)
        assert until(lambda: run.children.get(name) not in {None, before}, 20)
        assert not is_alive(before)
        assert until(lambda: run.get("/readyz")[0] == 200, 60), run.get("/readyz")[1]

    def test_a_second_run_of_the_same_clone_says_so_and_disturbs_nothing(self, run):
        second = Run(run.var)
        assert second.process.wait(20) == 1
        assert second.said("already running", 2)
        assert str(run.port) in "".join(second.lines)
        assert run.get("/healthz")[0] == 200

    def test_a_taken_port_is_named(self, run, tmp_path):
        other = Run(tmp_path / "var", port=run.port)
        assert other.process.wait(20) == 1
        assert other.said(f"Port {run.port} is taken", 2)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_within_ten_seconds(tmp_path, number):
    site = Run(tmp_path / "var")
    try:
        assert site.said("Ready: "), "".join(site.lines)
        everything = tree(site.process.pid)
        assert len(everything) > 8
        began = time.monotonic()
        site.process.send_signal(number)
        assert site.process.wait(10) == 0
        assert time.monotonic() - began < 10
        assert wait_until_gone(everything, 1) == []
        assert not any(site.var.glob("run.json"))
    finally:
        site.end()


@pytest.mark.slow
def test_after_a_kill_of_the_supervisor_the_next_run_clears_up(tmp_path):
    first = Run(tmp_path / "var")
    assert first.said("Ready: "), "".join(first.lines)
    orphans = {pid: started_at(pid) for pid in first.children.values()}
    first.process.kill()
    first.process.wait()
    second = Run(tmp_path / "var", port=first.port)
    try:
        assert second.said("Ready: "), "".join(second.lines)
        assert all(started_at(pid) != started for pid, started in orphans.items())
    finally:
        second.end()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port):
    done = subprocess.run(
        [sys.executable, "-m", "config.local.supervisor"],
        cwd=ROOT,
        env=dict(os.environ) | {"PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "between 1 and 65535" in done.stdout


def test_pauses_grow_and_end_at_half_a_minute():
    assert [pause_after(n) for n in (1, 2, 3, 4)] == [0.1, 0.5, 1.0, 2.0]
    assert pause_after(100) == 30


def test_what_a_dead_program_has_started_is_ended(tmp_path):
    script = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
    child = Child("x", lambda: [sys.executable, "-c", script], tmp_path / "x.log", dict(os.environ))
    child.start()
    assert until(lambda: child.log.read_text().strip().isdigit(), 10)
    grandchild = int(child.log.read_text())
    os.kill(child.pid, signal.SIGKILL)
    assert until(child.has_died, 5)
    assert wait_until_gone([grandchild], 3) == []
    assert child.pid is None


def test_only_lines_that_matter_are_shown(tmp_path):
    child = Child(
        "x", lambda: ["/bin/sh", "-c", "echo all is well; echo 2026 ERROR cannot grade; sleep 30"], tmp_path / "x.log", dict(os.environ)
    )
    child.start()
    try:
        assert until(lambda: "ERROR" in child.log.read_text(), 5)
        assert child.news() == ["2026 ERROR cannot grade"]
        assert child.news() == []
    finally:
        child.kill()
