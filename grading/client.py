"""Asks the engine daemon over its socket. Blocking: for Celery's threads and for commands."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading import wire
from grading.engine import EngineFault, EngineUnavailable
from grading.job import Job
from grading.report import Report, report_from_json

ANSWER_SECONDS = 300.0  # beyond boot and every limit of a job: the daemon is stuck


class EngineClient:
    """One daemon. Each call is a connection of its own: hanging up ends the job."""

    def __init__(self, socket_path: Path) -> None:
        self.socket_path = socket_path

    def run(self, job: Job, on_event: Callable[[dict[str, Any]], None] | None = None) -> Report:
        """Run one job. Raises EngineUnavailable when nobody answers or grading is refused, EngineFault when it broke."""
        with self._connected() as sock:
            self._say(sock, {"op": "run", "job": job.to_json()})
            while True:
                message = self._hear(sock)
                if message["ev"] == "event":
                    if on_event:
                        on_event(message["event"])
                elif message["ev"] == "report":
                    return report_from_json(message["report"])
                else:
                    kind = EngineUnavailable if message.get("kind") == "unavailable" else EngineFault
                    raise kind(message.get("why", "the engine did not say why"))

    def health(self) -> dict[str, Any]:
        with self._connected(seconds=5) as sock:
            self._say(sock, {"op": "health"})
            return dict(self._hear(sock)["health"])

    def close(self) -> None:
        """Nothing to do: connections end with their calls."""

    def _connected(self, seconds: float = ANSWER_SECONDS) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(seconds)
        try:
            sock.connect(str(self.socket_path))
        except OSError as error:
            sock.close()
            raise EngineUnavailable(f"The grading engine does not answer ({error.strerror}). Is `manage.py engine` running?") from error
        return sock

    def _say(self, sock: socket.socket, message: dict[str, Any]) -> None:
        try:
            wire.send(sock, message)
        except (wire.Closed, OSError) as error:
            raise EngineFault("The grading engine hung up.") from error

    def _hear(self, sock: socket.socket) -> dict[str, Any]:
        try:
            return wire.receive(sock, head_limit=wire.TRUSTED_HEAD_BYTES)
        except (wire.Closed, wire.BadFrame, OSError) as error:
            raise EngineFault("The grading engine hung up.") from error
