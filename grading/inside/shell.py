"""A notebook's kernel in this very process: IPython's shell with the outputs that Jupyter would store."""

from __future__ import annotations

import builtins
import contextlib
import getpass
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from grading.inside.friendly import text_of
from grading.inside.outlet import Outlet, Stream, bundle

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # a learner who replaces builtins does not change ours

_SHELL_MAGICS = ("sx", "system", "sc", "pip", "conda", "mamba", "micromamba", "uv", "edit", "recall", "bookmark", "notebook")
_SHELL_CELL_MAGICS = ("!", "sx", "system", "bash", "sh", "script", "perl", "ruby", "python2", "pypy", "js", "javascript2")
_LONGEST_TRACEBACK = 40  # steps
_LONGEST_LINE = 20_000


class InputNotAvailable(RuntimeError):
    """The notebook asked its reader a question."""


class CommandNotAvailable(RuntimeError):
    """The notebook tried to start another program."""


def _refuse_input(*_: object, **__: object) -> NoReturn:
    raise InputNotAvailable("input() cannot be answered here, for nobody sits at the keyboard. Write the value into the code instead.")


def _refuse_command(*_: object, **__: object) -> NoReturn:
    raise CommandNotAvailable(
        "Other programs cannot be started here, so `!` and %pip do not work. The lesson's packages are installed already."
    )


class CellDisplayHook(DisplayHook):
    """Sends the value of a cell's last expression as execute_result."""

    shell: NotebookShell

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._result: dict[str, Any] = {}

    def start_displayhook(self) -> None:
        self._result = {"output_type": "execute_result", "execution_count": None, "data": {}, "metadata": {}}
        self._is_active = True

    def write_output_prompt(self) -> None:
        self._result["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self._result |= bundle(format_dict, md_dict)

    def finish_displayhook(self) -> None:
        if self._result.get("data"):
            self.shell.outlet.show(self._result)
        self._result = {}
        self._is_active = False


class CellDisplayPublisher(DisplayPublisher):
    """Sends displays, updates of displays and requests to clear."""

    shell: NotebookShell

    def publish(  # type: ignore[override]  # `source` is long deprecated
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        output = {"output_type": "display_data", **bundle(data, metadata)}
        display_id = (transient or {}).get("display_id")
        named = None if display_id is None else str(display_id)[:200]
        if update and named is not None:
            self.shell.outlet.update(named, output)
        else:
            self.shell.outlet.show(output, named)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outlet.clear(wait=bool(wait))


def _show_page(shell: NotebookShell, data: Any, start: int = 0, screen_lines: int = 0, pager_cmd: Any = None) -> None:
    """What `name?` tells: into the cell, for there is no pager."""
    page = data if isinstance(data, dict) and "text/plain" in data else {"text/plain": str(data)}
    shell.outlet.show({"output_type": "display_data", **bundle(page, {})})


class NotebookShell(InteractiveShell):
    """IPython without files, history, prompts, other programs or questions."""

    displayhook_class = Type(CellDisplayHook)
    display_pub_class = Type(CellDisplayPublisher)
    outlet: Outlet
    cells: dict[int, int]  # execution count to index of the cell

    def cell_of(self, filename: str) -> int | None:
        """The index of the cell that Python knows under this file name."""
        count = self.compile._filename_map.get(filename)
        return None if count is None else self.cells.get(count)

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """Left unset: there is no folder for settings, and none is made."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        self.profile_dir = profile_dir

    def init_virtualenv(self) -> None:
        """IPython would look for a virtual environment and warn about it."""

    def init_sys_modules(self) -> None:
        """Left for the child (`be_main`): whoever only prepares a shell keeps a __main__ of its own."""

    def be_main(self) -> None:
        """As in Jupyter: the learner's names live in __main__."""
        sys.modules["__main__"] = self.user_module

    def init_hooks(self) -> None:
        super().init_hooks()  # type: ignore[no-untyped-call]
        self.set_hook("show_in_pager", _show_page, 99)  # type: ignore[no-untyped-call]

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """As IPython's, without the frames of this file: what raised is told by the learner's own line."""
        kind, error, trace = super()._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        _shorten(trace)
        return kind, error, _without_ours(trace)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        name = getattr(etype, "__name__", None) or str(etype)
        lines = [str(line)[:_LONGEST_LINE] for line in stb[:200]]
        self.outlet.show({"output_type": "error", "ename": name, "evalue": text_of(evalue), "traceback": lines})

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """IPython keeps a second copy of all that is printed, for histories; nobody reads it here."""
        yield

    def ask_exit(self) -> None:
        raise SystemExit

    def enable_gui(self, gui: str | None = None) -> None:
        """No windows here; %matplotlib asks for it."""

    system = system_piped = system_raw = getoutput = staticmethod(_refuse_command)


def _shorten(trace: TracebackType | None) -> None:
    """Leave out the middle of an endless recursion: to show three thousand frames takes IPython ten seconds."""
    steps = []
    while trace is not None:
        steps.append(trace)
        trace = trace.tb_next
    if len(steps) > _LONGEST_TRACEBACK:
        steps[_LONGEST_TRACEBACK // 2].tb_next = steps[-_LONGEST_TRACEBACK // 2]


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """Cut off the tail of a traceback that lies in this package: a refused input() or the engine's stop."""
    step, last = trace, None
    while step is not None:
        if "/grading/inside/" not in step.tb_frame.f_code.co_filename:
            last = step
        step = step.tb_next
    if last is not None and last is not trace:
        last.tb_next = None
    return trace


def make_shell(outlet: Outlet) -> NotebookShell:
    """The one shell of this process, with its streams in place of sys.stdout and sys.stderr."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.cache_size = 100
    config.InteractiveShell.enable_tip = False
    shell: NotebookShell = NotebookShell.instance(config=config)
    shell.outlet, shell.cells = outlet, {}  # on the instance: a second shell in one process must not take the first one's outputs
    for name in _SHELL_MAGICS:
        shell.register_magic_function(_refuse_command, "line", name)  # type: ignore[arg-type]
    for name in _SHELL_CELL_MAGICS:
        shell.register_magic_function(_refuse_command, "cell", name)  # type: ignore[arg-type]
    return shell


def attach(outlet: Outlet) -> Callable[[], None]:
    """Put the notebook's streams and refusals in place; gives the function that takes them away again."""
    before = (sys.stdout, sys.stderr, builtins.input, getpass.getpass)
    sys.stdout, sys.stderr = Stream(outlet, "stdout"), Stream(outlet, "stderr")
    builtins.input = _refuse_input
    getpass.getpass = _refuse_input

    def detach() -> None:
        sys.stdout, sys.stderr, builtins.input, getpass.getpass = before

    return detach
