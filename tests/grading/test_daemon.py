"""The daemon survives its children and its clients, and leaves nothing behind when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grading.client import EngineClient
from grading.engine import EngineFault
from tests.grading.made import RIGHT, submission

ROOT = Path(__file__).resolve().parents[2]


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()]


def _tree(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [pid, *(below for child in found for below in _tree(int(child)))]


def _gone_within(pids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _alive(pids):
            return True
        time.sleep(0.05)
    return False


def test_a_warm_parent_that_is_killed_is_started_again(engine):
    os.kill(engine.health()["runtimes"]["ml"]["pid"], signal.SIGKILL)
    report = engine.run(submission(*RIGHT))
    assert report.score == 8


def test_an_engine_that_is_not_there_is_said_plainly(tmp_path):
    with pytest.raises(EngineFault, match=r"manage\.py engine"):
        EngineClient(tmp_path / "no.sock").health()


def test_a_killed_daemon_leaves_no_process(tmp_path):
    socket = tmp_path / "e.sock"
    serve = f"from pathlib import Path; from grading.daemon import serve; serve(Path({str(socket)!r}))"
    daemon = subprocess.Popen([sys.executable, "-c", serve], cwd=ROOT)
    client = EngineClient(socket)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if client.health()["runtimes"]["ml"]["ready"]:
                break
        except EngineFault:
            pass
        time.sleep(0.1)
    tree = _tree(daemon.pid)
    assert len(tree) >= 3
    daemon.kill()
    daemon.wait()
    assert _gone_within(tree[1:], 3), _alive(tree[1:])
