# ruff: noqa: E501 - each hostile notebook stands on a line of its own
"""What code in the sandbox can and cannot do, asked from inside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from grading.sandbox import landlock, layers, seccomp
from grading.sandbox.rlimits import ChildLimits
from tests.grading.made import RIGHT, execution, submission

ROOT = Path(__file__).resolve().parents[2]

REFUSED = {
    "reads the people of this machine": "open('/etc/passwd').read()",
    "lists the curriculum": f"import os; os.listdir({str(ROOT / 'curriculum')!r})",
    "reads the truth": f"open({str(ROOT / 'coursekit_truth')!r} + '/__init__.py').read()",
    "reads the settings": f"open({str(ROOT / 'config' / 'settings.py')!r}).read()",
    "lists the data of the site": f"import os; os.listdir({str(ROOT / 'var')!r})",
    "imports the site's settings": "import config.settings",
    "imports the truth": "import coursekit_truth",
    "reads the first process": "open('/proc/1/environ').read()",
    "lists processes": "import os; assert [name for name in os.listdir('/proc') if name.isdigit()]",
    "makes a process": "import os; os.fork()",
    "runs a program": "import subprocess; subprocess.run(['ls'])",
    "replaces itself": "import os; os.execv('/bin/sh', ['sh'])",
    "opens a connection": "import socket; socket.create_connection(('127.0.0.1', 80), 1)",
    "listens": "import socket; socket.socket(socket.AF_UNIX).bind('/box/s')",
    "sends a signal to all": "import os; os.kill(-1, 9)",
    "ends its parent": "import os; os.kill(os.getppid(), 9)",
    "traces": "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "mounts": "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/box', b'tmpfs', 0, None) == 0",
    "takes a namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "changes the root": "import os; os.chroot('/box')",
    "becomes root": "import os; os.setuid(0)",
    "raises its limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "makes a key": "import ctypes; assert ctypes.CDLL(None).syscall(248, b'user', b'a', b'b', 1, -3) > 0",
    "makes memory to run": "import os; os.memfd_create('x')",
    "makes a link out": "import os; os.symlink('/etc', '/box/etc')",
    "makes a device": "import os; os.mknod('/box/null', 0o20666, os.makedev(1, 3))",
    "changes the interpreter's rights": "import os, sys; os.chmod(sys.executable, 0o777)",
    "changes the interpreter's times": "import os, numpy; os.utime(numpy.__file__)",
    "cuts a library": "import os, numpy; os.truncate(numpy.__file__, 0)",
    "writes into a library": "import numpy; open(numpy.__file__, 'a').write('x')",
    "writes into the engine": "import grading; open(grading.__file__, 'a').write('x')",
    "writes into the system": "open('/usr/lib/x', 'w').write('x')",
    "writes into /tmp": "open('/tmp/x', 'w').write('x')",
    "fills the disk": "open('/box/big', 'wb').write(bytes(200 << 20))",
    "asks for input": "input('your password? ')",
}


def test_what_must_fail_fails_one_by_one(engine):
    report = engine.run(execution(*REFUSED.values()))
    held = dict(zip(REFUSED, report.cells, strict=True))
    assert [name for name, cell in held.items() if cell.status == "ok"] == []
    assert len([cell for cell in report.cells if cell.status == "skipped"]) == 0


def test_every_layer_is_on(engine):
    source = """
import json, os, re
status = open('/proc/self/status').read()
fields = dict(re.findall(r'^(\\w+):\\t(.*)$', status, re.M))
print(json.dumps({**{name: fields[name] for name in ('CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Seccomp')},
    'uid': os.getuid(), 'cwd': os.getcwd(), 'files': os.listdir('.'), 'fds': len(os.listdir('/proc/self/fd')),
    'environment': sorted(os.environ), 'streams': [os.readlink(f'/proc/self/fd/{n}') for n in (0, 1, 2)]}))
"""
    [output] = engine.run(execution(source)).outputs[0]
    found = json.loads(output["text"])
    assert {found[name] for name in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")
    assert found["uid"] >= layers.FIRST_UID
    assert (found["cwd"], found["files"]) == ("/box", [])
    assert found["streams"] == ["/dev/null"] * 3
    assert found["fds"] <= 8
    assert not [name for name in found["environment"] if "SECRET" in name or "DATABASE" in name or "REDIS" in name]


def test_nothing_of_a_hostile_notebook_reaches_the_next_one(engine):
    hostile = "import builtins, sys\nbuiltins.isinstance = lambda *a: True\nsys.modules['numpy'].allclose = lambda *a, **k: True\nopen('/box/x', 'w').write('x')"
    engine.run(submission(hostile))
    report = engine.run(submission("import os\nassert os.listdir('.') == []", *RIGHT))
    assert report.score == 8


@pytest.mark.parametrize(
    "source",
    [
        "class Equal:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\ndouble = half = lambda x: Equal()",
        "class Lie(float):\n    def __eq__(self, other):\n        return True\n    def __sub__(self, other):\n        return 0.0\ndouble = half = lambda x: Lie(0)",
        "import numpy as np\nnp.testing.assert_allclose = np.allclose = np.isclose = lambda *a, **k: True\ndouble = half = lambda x: 0.0",
        "import builtins\nbuiltins.abs = lambda x: 0.0\nbuiltins.max = lambda *a: 0.0\ndouble = half = lambda x: 0.0",
        "class Nan(float):\n    pass\ndouble = half = lambda x: float('nan')",
        "import gc, sys\nfor frame in list(sys._current_frames().values()):\n    frame.f_globals.update(passed=True)\ndouble = half = lambda x: None",
        "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'\\x00\\x00\\x00\\x20\\x00\\x00\\x00\\x00' + b'\\x81\\xa2ev\\xaacells_done' + b'x' * 32)\n    except OSError:\n        pass",
        "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'\\xff' * 64)\n    except OSError:\n        pass",
        "import os\nos.closerange(3, 64)",
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "import threading\nfor _ in range(1000):\n    threading.Thread(target=lambda: __import__('time').sleep(60)).start()",
        "import gc\nfound = [o for o in gc.get_objects() if isinstance(o, str) and 'double_any' in o]\nassert found, 'the checks are not here'",
        "import pickle\nclass Boom:\n    def __reduce__(self):\n        return (exec, ('raise SystemExit',))\ndouble = half = lambda x: Boom()",
    ],
)
def test_a_forging_notebook_gets_no_point(engine, source):
    report = engine.run(submission(source, cpu_seconds_per_task=2))
    assert report.status == "graded"
    assert report.score == 0
    assert report.sentence
    assert engine.run(submission(*RIGHT)).score == 8


def test_no_process_is_left_and_no_file_was_changed(engine):
    before = _children_of_warm_parents(engine)
    engine.run(submission("import os\nos._exit(1)", "while True: pass", cpu_seconds_per_task=0.3))
    assert _children_of_warm_parents(engine) == before


def _children_of_warm_parents(engine) -> int:
    outer = engine.health()["runtimes"]["ml"]["pid"]
    inner = subprocess.run(["pgrep", "-P", str(outer)], capture_output=True, text=True, check=False).stdout.split()
    return sum(len(subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True, check=False).stdout.split()) for pid in inner)


def test_without_landlock_nothing_is_run(monkeypatch):
    def absent() -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("grading.sandbox.syscalls.landlock_version", absent)
    assert [missing.layer for missing in layers.missing_mandatory()] == ["landlock"]


def test_without_a_filter_for_the_machine_nothing_is_run(monkeypatch):
    monkeypatch.setattr("grading.sandbox.syscalls.machine", lambda: "riscv64")
    assert "seccomp" in [missing.layer for missing in layers.missing_mandatory()]


def test_a_layer_that_fails_ends_the_child_before_any_code():
    """In a process of its own, since what it does cannot be undone."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            landlock.restrict = lambda rules: (_ for _ in ()).throw(OSError(38, "gone"))
            limits = ChildLimits(memory_bytes=1 << 40, cpu_seconds=100)
            child = layers.Child(slot=0, limits=limits, keep=frozenset(), parent=os.getppid())
            layers.isolate(layers.Ground(is_root=False, boxes="/nonexistent"), child)
        except layers.LayerMissing:
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_the_same_each_time_and_whole_instructions(machine):
    program = seccomp.build(machine, private_root=True)
    assert program == seccomp.build(machine, private_root=True)
    assert len(program) % 8 == 0
    assert program != seccomp.build(machine, private_root=False)
