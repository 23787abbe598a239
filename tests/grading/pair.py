"""The two children of one grading without the sandbox around them: forks of the test's own process, and an engine of thirty lines."""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import re
import signal
import socket
import warnings
from dataclasses import dataclass, field

from matplotlib_inline.config import InlineBackend

from grading import wire
from grading.inside import checker, learner
from grading.inside.shell import NotebookShell

CHECK = re.compile(r"@check\((?P<arguments>.*?)\)\s*\ndef (?P<name>\w+)", re.DOTALL)


@dataclass
class Graded:
    """What came out: cell_end events by index, outputs by index, check_end events by id, all checker events in order."""

    cells: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    checks: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    learners: int = 0

    def message(self, name="a_check"):
        return self.checks[name]["message"]

    def passed(self, name="a_check"):
        return self.checks[name]["passed"]


def fresh_process():
    """Forget the shell that this process has prepared, as if it had none: display() asks for the one instance there is."""
    learner._prepared.clear()
    NotebookShell.clear_instance()
    InlineBackend.clear_instance()


def fork(serve, *sockets, others):
    pid = os.fork()
    if pid:
        return pid
    try:
        for other in others:
            other.close()
        logging.root.handlers.clear()  # pytest's own: a kernel starts without
        importlib.reload(warnings)
        serve(*sockets)
    except BaseException:  # noqa: BLE001 - the parent sees the end of the line
        import traceback

        with contextlib.suppress(Exception):
            traceback.print_exc()
    finally:
        os._exit(0)


def start_learner(cells, graded, *, seed=1, files=None, interrupt=()):
    """Run the cells in a fork; gives the checker's end of its line, and its pid."""
    learner.prepare()  # once in the test's process, as the warm parent does: every fork has a copy
    ours, theirs = socket.socketpair()
    rpc, rpc_theirs = socket.socketpair()
    pid = fork(learner.serve, theirs, rpc_theirs, others=(ours, rpc))
    theirs.close()
    rpc_theirs.close()
    graded.learners += 1
    planned = [{"index": index, "source": source, "tags": []} for index, source in enumerate(cells)]
    wire.send(ours, {"op": "cells", "cells": planned, "seed": seed, "files": files or {}, "keep_outputs": True})
    while (event := wire.receive(ours))["ev"] != "cells_done":
        if event["ev"] == "cell_end":
            graded.cells[event["index"]] = event
        elif event["ev"] == "output":
            graded.outputs.setdefault(event["index"], []).append(event["output"])
        elif event["ev"] == "cell_start" and event["index"] in interrupt:
            signal.setitimer(signal.ITIMER_REAL, 0.15)
            signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGINT))
    ours.close()
    return rpc, pid


def package_of(source, *, truth=None, points=1.0, visible=()):
    names = [match["name"] for match in CHECK.finditer(source)]
    checks = [{"id": name, "task": "t", "title": name, "points": points, "visible": name in visible} for name in names]
    return {"checks": checks, "checks_source": source, "truth": truth or {}, "limits": {}}


def grade(cells, source, *, truth=None, seed=1, only_visible=False, visible=(), limits=None, reason="crash", give_up=False):
    """Run notebook `cells` (texts) and judge them by checks.py `source`."""
    cells = [cells] if isinstance(cells, str) else cells
    graded = Graded()
    rpc, pid = start_learner(cells, graded, seed=seed)
    pids = [pid]
    control, theirs = socket.socketpair()
    checker_pid = fork(checker.serve, theirs, rpc, others=(control,))
    theirs.close()
    rpc.close()
    package = {**package_of(source, truth=truth, visible=visible), "limits": limits or {}}
    failed = {index: end["error"] for index, end in graded.cells.items() if end["error"]}
    errors = {str(index): {"name": error["name"], "message": error["message"]} for index, error in failed.items()}
    order = {"op": "check", "package": package, "seed": seed, "only_visible": only_visible, "cell_errors": errors}
    wire.send(control, {**order, "cells": [{"index": index, "source": text} for index, text in enumerate(cells)]})
    try:
        while (event := wire.receive(control))["ev"] != "done":
            json.dumps(event)
            graded.events.append(event)
            if event["ev"] == "check_end":
                assert event["id"] not in graded.checks
                graded.checks[event["id"]] = event
            if event["ev"] == "need_learner":
                _kill(pids[-1])
                if give_up:
                    wire.send(control, {"op": "learner", "ok": False, "reason": reason})
                    continue
                fresh, pid = start_learner(cells, Graded(), seed=seed)
                graded.learners += 1
                pids.append(pid)
                wire.send(control, {"op": "learner", "ok": True, "reason": reason}, fds=[fresh.fileno()])
                fresh.close()
    finally:
        control.close()
        for each in (checker_pid, *pids):
            _kill(each)
    return graded


def _kill(pid):
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def one_check(body, *, task="t"):
    """checks.py with one check whose body is these lines."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    start = "from grading.checks import *\nimport numpy as np, pandas as pd\n\n"
    return f"{start}@check('A check', task={task!r}, points=1)\ndef a_check(nb, rng):\n{lines}\n"
