"""The engine behind a unix socket: one connection, one request. Only processes of the same user are answered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
from pathlib import Path
from typing import Any

from grading import wire
from grading.engine import SLOTS, AsyncEngine, EngineFault, EngineUnavailable
from grading.job import Job


class Daemon:
    """Serves one AsyncEngine until it is told to stop."""

    def __init__(self, path: Path, slots: int = SLOTS) -> None:
        self.path = path
        self.slots = slots

    async def serve(self) -> None:
        """Listen until SIGTERM or SIGINT; then end every job and every child."""
        self.engine = AsyncEngine(self.slots)
        self.engine.start(with_torch=True)
        self._forget_stale_socket()
        mask = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._answer, self.path, limit=wire.TRUSTED_HEAD_BYTES)
        finally:
            os.umask(mask)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        server.close()
        await self.engine.close()
        self.path.unlink(missing_ok=True)

    def _forget_stale_socket(self) -> None:
        with socket.socket(socket.AF_UNIX) as trial:
            try:
                trial.connect(str(self.path))
            except OSError:
                self.path.unlink(missing_ok=True)
                return
        raise EngineFault(f"Another engine is listening on {self.path}. Stop it first.")

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _peer_uid(writer) in {os.geteuid(), 0}:
                await self._obey(await _read(reader), reader, writer)
        except (wire.BadFrame, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def _obey(self, message: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if message.get("op") == "health":
            _write(writer, {"ev": "health", "health": self.engine.health()})
            return
        if message.get("op") != "run":
            return
        work = asyncio.create_task(self._run(message, writer))
        hung_up = asyncio.create_task(reader.read(1))  # a client says nothing more: anything here is its end
        done, _ = await asyncio.wait({work, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, hung_up):
            if task not in done:
                task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work

    async def _run(self, message: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        def on_event(event: dict[str, Any]) -> None:
            _write(writer, {"ev": "event", "event": event})

        try:
            report = await self.engine.run(Job.from_json(message["job"]), on_event)
        except EngineUnavailable as error:
            _write(writer, {"ev": "fault", "kind": "unavailable", "why": str(error)})
        except Exception as error:  # noqa: BLE001 - the client must hear that it was our fault
            _write(writer, {"ev": "fault", "kind": "fault", "why": f"{type(error).__name__}: {error}"})
        else:
            outputs = {str(index): outputs for index, outputs in report.outputs.items()}
            _write(writer, {"ev": "report", "report": {**report.to_json(), "outputs": outputs}})
        await writer.drain()


def _peer_uid(writer: asyncio.StreamWriter) -> int:
    credentials = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _, uid, _ = struct.unpack("iII", credentials)
    return int(uid)


async def _read(reader: asyncio.StreamReader) -> dict[str, Any]:
    head, _ = wire.lengths_of(await reader.readexactly(8), wire.TRUSTED_HEAD_BYTES, 0)
    return wire.unpack_head(await reader.readexactly(head))


def _write(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    if not writer.is_closing():
        writer.write(wire.pack(message))


def serve(path: Path, slots: int = SLOTS) -> None:
    """Run the daemon in this process's main thread: a warm parent dies with the thread that started it."""
    asyncio.run(Daemon(path, slots).serve())
