"""The learner's process: runs the notebook's cells and sends their outputs, then answers the checker's questions.

Over `control`, in frames of grading.wire. In: {"op": "cells", "cells", "seed", "files"}. Out, for each cell in order: cell_start, any
number of output (with "display_id" where a display may be updated), update_display and clear_output, cell_end; at the end cells_done.
Whole lines of a stream come as outputs of their own: the engine joins neighbours.
"""

from __future__ import annotations

import base64
import builtins
import signal
import socket
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pandas as pd

from grading import wire
from grading.inside.agent import Agent, reseed
from grading.inside.friendly import explain
from grading.inside.outlet import Outlet
from grading.inside.shell import NotebookShell, attach, make_shell

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

_wall = time.perf_counter
_send = wire.send
_prepared: dict[str, Kernel] = {}


class Kernel:
    """One notebook's shell. Made in the warm parent (`prepare`) and used by one child."""

    def __init__(self) -> None:
        self.outlet = Outlet(lambda event: None)
        self.shell: NotebookShell = make_shell(self.outlet)
        self.is_running = False
        self.was_stopped = False

    def run(self, index: int, source: str, tags: list[str]) -> dict[str, Any]:
        """Run one cell; gives its cell_end event. Nothing a cell raises comes out of here."""
        end: dict[str, Any] = {"ev": "cell_end", "index": index, "status": "ok", "seconds": 0.0, "error": None}
        if "skip-execution" in tags or not source.strip():
            return {**end, "status": "skipped" if source.strip() else "ok"}
        self.shell.cells[self.shell.execution_count] = index
        self.outlet.begin(index)
        began = _wall()
        error = self._run(source)
        end["seconds"] = _wall() - began
        try:
            self.outlet.end()
        except KeyboardInterrupt:  # the limit struck between the last line and here: the cell is over anyway
            self.outlet.end()
        if error is None or "raises-exception" in tags:
            return end
        told = explain(error, self.shell.cell_of, within=index)
        shown = {"name": told.name, "message": told.message, "line": told.line, "hint": told.hint, "traceback": told.traceback}
        return {**end, "status": "timeout" if self.was_stopped else "error", "error": shown}

    def _run(self, source: str) -> BaseException | None:
        self.was_stopped, self.is_running = False, True
        try:
            result = self.shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
            error: BaseException | None = result.error_before_exec or result.error_in_exec
        except BaseException as stopped:  # noqa: BLE001 - a stop may strike inside of IPython itself
            error = stopped
        finally:
            self.is_running = False
        return error

    def stop(self, _: int, __: FrameType | None) -> None:
        """SIGINT: the engine says that the cell's time is over."""
        if self.is_running:
            self.was_stopped = True
            raise KeyboardInterrupt


def prepare() -> None:
    """Build the shell ahead of the fork and rehearse it: that takes 0.3 s, and every child can share it."""
    if "kernel" in _prepared:
        return
    kernel = _prepared["kernel"] = Kernel()
    _draw_inline(kernel.shell)
    kernel.shell.transform_cell("%matplotlib inline\nx = 1")  # type: ignore[no-untyped-call]
    try:
        pd.DataFrame({"score": [1.0]})["scores"]
    except KeyError as error:  # what pandas raises takes half a second to show the first time, for its files are parsed
        kernel.shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
        explain(error, kernel.shell.cell_of)


def serve(control: socket.socket, rpc: socket.socket | None) -> None:
    """Run the cells that `control` sends, then answer `rpc` until it hangs up."""
    prepare()
    kernel = _prepared.pop("kernel")
    order = wire.receive(control, head_limit=wire.TRUSTED_HEAD_BYTES)
    _write_files(order.get("files") or {})
    kernel.outlet.emit_to(lambda event: _send(control, event))
    signal.signal(signal.SIGINT, kernel.stop)
    attach(kernel.outlet)
    kernel.shell.be_main()
    reseed(order["seed"])
    for cell in order["cells"]:
        _send(control, {"ev": "cell_start", "index": cell["index"]})
        _send(control, kernel.run(cell["index"], cell["source"], cell.get("tags") or []))
    _send(control, {"ev": "cells_done"})
    if rpc is not None:
        Agent(kernel.shell.user_ns, kernel.shell.cell_of).serve(rpc)


def _write_files(files: dict[str, str]) -> None:
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


def _draw_inline(shell: NotebookShell) -> None:
    """Figures appear under their cell, as in Jupyter, without a line of magic."""
    try:
        shell.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - without matplotlib a notebook still runs
        return
