"""One real engine for all tests of a run: the daemon in a process of its own, and a client of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.client import EngineClient
from grading.engine import EngineFault

ROOT = Path(__file__).resolve().parent.parent
BOOT_SECONDS = 180


@pytest.fixture(scope="session")
def engine_socket() -> Iterator[Path]:
    """The socket of a running daemon that is ready to grade."""
    with tempfile.TemporaryDirectory(prefix="cairn-engine-") as folder:
        socket = Path(folder, "engine.sock")
        serve = f"from pathlib import Path; from grading.daemon import serve; serve(Path({str(socket)!r}))"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        daemon = subprocess.Popen([sys.executable, "-c", serve], cwd=ROOT, env=environment)
        try:
            _wait_until_ready(socket, daemon)
            yield socket
        finally:
            daemon.terminate()
            daemon.wait(20)


@pytest.fixture
def engine(engine_socket: Path, settings: object) -> EngineClient:
    """A client of the daemon; Django's settings point to it too."""
    settings.ENGINE_SOCKET = engine_socket  # type: ignore[attr-defined]
    return EngineClient(engine_socket)


def _wait_until_ready(socket: Path, daemon: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < end and daemon.poll() is None:
        try:
            ml = EngineClient(socket).health()["runtimes"]["ml"]
        except EngineFault:
            ml = {"ready": False, "missing": []}
        if ml["ready"]:
            return
        if ml["missing"]:
            pytest.fail(f"The engine refuses to run here: {ml['missing']}")
        time.sleep(0.1)
    pytest.fail("The engine did not start.")
