"""Cells give the outputs that Jupyter gives: nbclient with a real kernel is the oracle."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grading import wire
from grading.inside import learner
from tests.grading.outputs import CellOutputs
from tests.grading.pair import fork

CELLS = [
    "1 + 1",
    "print('a')\nprint('b', end='')\nimport sys\nprint('err', file=sys.stderr)\nprint('c')",
    "'quiet';",
    "None",
    "x = 3\nx, _, In[0], len(Out) > 0",
    "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\ndf",
    "df.style",
    "from IPython.display import *\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))\ndisplay(JSON({'a': [1]}))",
    "h = display('first', display_id='one')\nh.update('second')\ndisplay('plain')",
    "update_display('third', display_id='one')",
    "print('gone')\nclear_output()\nprint('kept')",
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "print('kept, for nothing follows')\nclear_output(wait=True)",
    "1/0",
    "def outer():\n    inner()\ndef inner():\n    raise ValueError('deep')\nouter()",
    "def broken(:\n    pass",
    "raise KeyboardInterrupt",
    "import warnings\nwarnings.warn('careful')",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.title('t');",
    "plt.plot([1, 2])\nplt.show()\nprint('after')",
    "fig",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%%time\ny = 5",
    "%matplotlib inline",
    "%precision 3\n3.14159265",
    "%%writefile written.txt\nhello",
    "print(open('written.txt').read())",
    "%nosuchmagic",
    "%%capture out\nprint('captured')",
    "out.stdout",
    "class R:\n    def _repr_html_(self): return '<i>r</i>'\n    def __repr__(self): return 'R!'\nR()",
    "class B:\n    def __repr__(self): raise RuntimeError('no text')\nB()",
    "class M:\n    def _repr_mimebundle_(self, **kw): return {'text/plain': 'm', 'application/vnd.own+json': {'k': 1}}\nM()",
    "import threading\nt = threading.Thread(target=lambda: print('from a thread'))\nt.start(); t.join()",
    "import logging\nlogging.warning('logged')",
    "display(1, 2, 3)\n4",
    "get_ipython().run_line_magic('who_ls', '')[:0]",
    "for i in range(3):\n    print(i)\n    display(i)",
    "assert x == 4, 'x is not four'",
    "%xmode Minimal",
    "1/0",
    "%xmode Context",
    "print('\\x1b[31mred\\x1b[0m ü 😀')",
    "_13, _i1, __name__",
    "",
    "# only a comment",
]
# Refusals are ours: they have no counterpart in Jupyter.


def run_here(cells, tags=None, timeout=None, stop=()):
    """The cells in a fork of ours: (outputs by index, cell_end events by index)."""
    learner.prepare()
    ours, theirs = socket.socketpair()
    pid = fork(learner.serve, theirs, None, others=(ours,))
    theirs.close()
    planned = [{"index": index, "source": source, "tags": (tags or {}).get(index, [])} for index, source in enumerate(cells)]
    wire.send(ours, {"op": "cells", "cells": planned, "seed": 1, "files": {}, "keep_outputs": True})
    shown, ends = {index: CellOutputs() for index in range(len(cells))}, {}
    while (event := wire.receive(ours))["ev"] != "cells_done":
        cell = shown[event["index"]]
        if event["ev"] == "output":
            cell.add(event["output"], event.get("display_id"))
        elif event["ev"] == "clear_output":
            cell.clear(wait=event["wait"])
        elif event["ev"] == "update_display":
            for each in shown.values():
                each.update(event["display_id"], event["output"])
        elif event["ev"] == "cell_end":
            ends[event["index"]] = event
        elif event["index"] in stop:
            time.sleep(0.2)
            os.kill(pid, signal.SIGINT)
    ours.close()
    os.waitpid(pid, 0)
    return {index: each.outputs for index, each in shown.items()}, ends


def comparable(outputs):
    """Streams that follow each other are joined by name: ipykernel flushes stdout and stderr apart, in whichever order."""
    made, streams = [], {}
    for output in map(plain, outputs):
        if output[0] != "stream":
            streams = {}
        elif output[1] in streams:
            place = streams[output[1]]
            made[place] = (*output[:2], made[place][2] + output[2])
            continue
        else:
            streams[output[1]] = len(made)
        made.append(output)
    return made


def plain(output):
    """An output without what may differ between two runs or two kernels: colours, addresses, times, pixels."""
    kind = output["output_type"]
    if kind == "stream":
        return kind, output["name"], _plain_text(output["text"])
    if kind == "error":
        last = _plain_text(output["traceback"][-1]).strip() if output["traceback"] else ""
        return kind, output["ename"], _plain_text(output["evalue"]), last.splitlines()[-1] if last else ""
    data = {
        mime: "pixels" if mime.startswith("image/") else _plain_text(value) if isinstance(value, str) else value
        for mime, value in output["data"].items()
    }
    return kind, output.get("execution_count"), data, dict(output["metadata"])


def _plain_text(text):
    text = re.sub(r"\x1b\[[\d;]*m", "", text) if "red" not in text else text
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"\(?<?(ipython-input-\d+-\w+>|\d+\.py|/tmp/ipykernel_\d+/\d+\.py)", "FILE", text)
    text = re.sub(r"^(Compiler|Parser)\s*:.*\n", "", text, flags=re.MULTILINE)  # %%time adds them on a busy machine
    text = re.sub(r"\d[\d.]*(e\+\d+)? (ns|μs|µs|us|ms|s)\b|\d+min \d+s", "TIME", text)
    return re.sub(r"T_\w{5}|\d+:\d+:\d+|dataframe-\w+", "ID", text)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(
        notebook, allow_errors=True, timeout=120, resources={"metadata": {"path": str(tmp_path_factory.mktemp("oracle"))}}
    ).execute()
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("ours"))
    try:
        return run_here(CELLS)
    finally:
        os.chdir(before)


@pytest.mark.parametrize("index", range(len(CELLS)), ids=lambda index: CELLS[index].split("\n")[0][:30] or "empty")
def test_a_cell_gives_what_jupyter_gives(oracle, ours, index):
    assert comparable(ours[0][index]) == comparable(oracle[index])


TIMES = [
    "CPU times: user 3 μs, total: 1e+03 ns\nWall time: 5.01 µs",
    "Compiler : 120 ms\nCPU times: user 1 s, total: 1min 2s\nWall time: 61 s",
]


@pytest.mark.parametrize("text", TIMES)
def test_what_magics_say_of_time_is_compared_without_its_numbers(text):
    assert _plain_text(text) == "CPU times: user TIME, total: TIME\nWall time: TIME"


def test_our_outputs_are_valid_nbformat(ours):
    cells = [
        nbformat.v4.new_code_cell(source, outputs=[nbformat.from_dict(output) for output in ours[0][index]])
        for index, source in enumerate(CELLS)
    ]
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


def test_every_cell_runs_whatever_the_others_do(ours):
    ends = ours[1]
    assert sorted(ends) == list(range(len(CELLS)))
    failed = {CELLS[index].split("\n")[0]: end["error"]["name"] for index, end in ends.items() if end["status"] == "error"}
    assert failed["1/0"] == "ZeroDivisionError"
    assert failed["def broken(:"] == "SyntaxError"
    assert "import warnings" not in failed
    assert all(end["error"] is None for end in ends.values() if end["status"] == "ok")


def test_tags_of_jupyter_are_honoured():
    shown, ends = run_here(["1/0", "print('never')", "print('yes')"], tags={0: ["raises-exception"], 1: ["skip-execution"]})
    assert [ends[index]["status"] for index in range(3)] == ["ok", "skipped", "ok"]
    assert shown[0][0]["ename"] == "ZeroDivisionError"
    assert shown[1] == []
    assert shown[2][0]["text"] == "yes\n"


REFUSED = [
    ("input('name?')", "InputNotAvailable"),
    ("import getpass\ngetpass.getpass()", "InputNotAvailable"),
    ("!ls", "CommandNotAvailable"),
    ("files = !ls", "CommandNotAvailable"),
    ("%pip install x", "CommandNotAvailable"),
    ("%%bash\nls", "CommandNotAvailable"),
    ("%system ls", "CommandNotAvailable"),
    ("!!ls", "CommandNotAvailable"),
    ("exit()", "SystemExit"),
    ("quit", "SystemExit"),
    ("import sys\nsys.exit(3)", "SystemExit"),
]


def test_questions_commands_and_exits_are_refused_in_one_sentence_and_the_rest_still_runs():
    shown, ends = run_here([source for source, _ in REFUSED] + ["print('still here')"])
    for index, (source, name) in enumerate(REFUSED):
        assert (source, ends[index]["status"]) == (source, "error")
        assert ends[index]["error"]["name"] == name
        assert "grading/inside" not in str(shown[index])
    assert shown[len(REFUSED)][0]["text"] == "still here\n"


def test_a_stopped_cell_is_a_timeout_and_the_next_one_runs():
    shown, ends = run_here(
        ["while True: pass", "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('tidy')", "print('next')"],
        stop=(0, 1),
    )
    assert ends[0]["status"] == "timeout"
    assert ends[0]["error"]["line"] == 1
    assert "grading/inside" not in "".join(shown[0][0]["traceback"])
    assert ends[1]["status"] == "ok"
    assert shown[1][0]["text"] == "tidy\n"
    assert shown[2][0]["text"] == "next\n"


def test_the_same_seed_gives_the_same_chance():
    draw = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    first, _ = run_here([draw])
    again, _ = run_here([draw])
    assert first == again


def test_endless_recursion_is_told_within_a_second():
    began = time.process_time()
    shown, ends = run_here(["def f(): return f()\nf()"])
    assert ends[0]["error"]["name"] == "RecursionError"
    assert sum(len(line) for line in shown[0][0]["traceback"]) < 40_000
    assert time.process_time() - began < 5


def test_huge_outputs_leave_in_pieces_that_a_message_can_hold():
    shown, ends = run_here(
        [
            "print('x' * 20_000_000)",
            "class H:\n    def _repr_html_(self): return 'y' * 20_000_000\nH()",
            "raise ValueError('z' * 20_000_000)",
        ]
    )
    assert len(shown[0][0]["text"]) == 20_000_001
    assert 1_000_000 < len(shown[1][0]["data"]["text/html"]) < 2_000_000
    assert len(shown[2][0]["evalue"]) <= 20_000
    assert [ends[index]["status"] for index in range(3)] == ["ok", "ok", "error"]


def test_many_lines_leave_in_few_messages():
    learner.prepare()
    kernel = learner._prepared["kernel"]
    events = []
    kernel.outlet.emit_to(events.append)
    kernel.outlet.begin(0)
    for number in range(20_000):
        kernel.outlet.write("stdout", f"{number}")
        kernel.outlet.write("stdout", "\n")
    kernel.outlet.end()
    kernel.outlet.emit_to(lambda event: None)
    assert "".join(event["output"]["text"] for event in events) == "".join(f"{number}\n" for number in range(20_000))
    assert len(events) < 5_000  # each pause of a busy machine lets another burst of lines through one by one


def test_the_learner_s_names_live_in_main_and_pickle():
    shown, _ = run_here(["class A: pass\nimport pickle\npickle.loads(pickle.dumps(A())).__class__ is A, __name__"])
    assert shown[0][0]["data"]["text/plain"] == "(True, '__main__')"


def test_a_cell_that_breaks_the_streams_breaks_only_its_own_output():
    _, ends = run_here(["import sys\nsys.stdout = None", "print('lost')", "sys.stdout = sys.__stdout__", "1"])
    assert ends[3]["error"] is None
    assert len(ends) == 4
