"""The learner's notebook as checks see it: a few questions that can be asked of it, and never an object of theirs."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from grading.checks import trail
from grading.checks.failures import CheckFailed, LearnerError, LessonFault, NotJudged
from grading.checks.source import Definition, NotebookSource, tree_of
from grading.checks.words import as_argument, kind_in_words
from grading.codec import encode
from grading.codec_limits import CodecError
from grading.inside.rpc import Answer

CALL_SECONDS = 10.0
_CALL_LENGTH = 120


class Line(Protocol):
    """How a question reaches the learner's process: raises NotJudged when it died of it."""

    def ask(self, question: dict[str, Any], body: bytes, *, name: str, within: float) -> Answer: ...

    wants_cpu: bool

    def cpu_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class CellFailure:
    """Why a cell did not finish: its exception's or limit's name and message."""

    name: str
    message: str


class Handle:
    """An object that stays in the learner's process. Its methods can be called, and it can be given to other calls."""

    def __init__(self, nb: LearnerNotebook, number: int, type_name: str) -> None:
        self._nb = nb
        self._number = number
        self.type_name = type_name

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **named: self._nb.method(self, name, *arguments, **named)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._nb.method(self, "__call__", *arguments, **named)

    def __repr__(self) -> str:
        return f"<an object of type {self.type_name}>"


class Values(dict[Any, Any]):
    """A dict from the learner. A key that is not there fails the check, and is never the author's fault."""

    def __missing__(self, key: object) -> NoReturn:
        held = ", ".join(f"`{each}`" for each in list(self)[:8]) or "nothing"
        raise CheckFailed(f"{trail.subject(self, '')} has no key `{key}`; it holds {held}.")


class LearnerNotebook:
    """`nb` in every check."""

    def __init__(self, line: Line, source: NotebookSource, failures: dict[int, CellFailure]) -> None:
        self.parsed = source
        self._line = line
        self._failures = failures
        self._seed: int | None = None

    def begin(self, seed: int) -> None:
        """A new check begins: what is asked first sets the learner's sources of chance anew."""
        self._seed = seed
        trail.begin()

    @property
    def source(self) -> str:
        """The text of all code cells."""
        return self.parsed.text

    def tree(self, name: str) -> Definition:
        """The syntax tree of a function, class or value of the notebook."""
        return tree_of(self, name)

    def defined(self, name: str) -> bool:
        """Whether the notebook has this name once all cells have run."""
        return self._ask("defined", name).value is True

    def get(self, name: str) -> Any:
        """The value of a variable."""
        answer = self._ask("get", name)
        return self._result(answer, name, name, none_ok=True)

    def attribute(self, handle: Handle, name: str) -> Any:
        """The value of an object's attribute: `nb.attribute(model, "coef_")`."""
        answer = self._ask("get", name, handle=handle)
        return self._result(answer, name, f"{handle.type_name}.{name}", none_ok=True)

    def call(
        self,
        name: str,
        *arguments: Any,
        within: float = CALL_SECONDS,
        keep_args: bool = False,
        tensors: bool = False,
        none_ok: bool = False,
        **named: Any,
    ) -> Any:
        """Call a function of the notebook and give what it returns: a value, or a Handle for anything that is not plain data.

        `within` limits its CPU seconds. With `keep_args` the answer is (value, arguments), the arguments as they were after the call. With
        `tensors` arrays arrive as torch tensors. None fails the check unless `none_ok`.
        """
        text = call_text(name, arguments, named)
        answer = self._ask("call", name, arguments, named, within=within, text=text, keep_args=keep_args, tensors=tensors)
        return self._result(answer, name, text, none_ok=none_ok, keep_args=keep_args)

    def method(self, handle: Handle, name: str, *arguments: Any, within: float = CALL_SECONDS, **options: Any) -> Any:
        """Call a method of an object; the same as `handle.name(...)`, and takes the same options as `call`."""
        own = {key: options.pop(key, False) for key in ("keep_args", "tensors", "none_ok")}
        shown = handle.type_name if name == "__call__" else f"{handle.type_name}.{name}"
        text = call_text(shown, arguments, options)
        keep, tensors = own["keep_args"], own["tensors"]
        answer = self._ask("call", name, arguments, options, handle=handle, within=within, text=text, keep_args=keep, tensors=tensors)
        return self._result(answer, shown, text, none_ok=own["none_ok"], keep_args=own["keep_args"])

    def call_raises(self, name: str, kind: type[BaseException], *arguments: Any, hint: str = "", **named: Any) -> None:
        """The function must refuse these arguments with this exception. `hint` is the sentence for when it does not."""
        text = call_text(name, arguments, named)
        try:
            got = self.call(name, *arguments, none_ok=True, **named)
        except LearnerError as error:
            if kind.__name__ in error.kinds:
                return
            raise CheckFailed(f"{error.message} It should raise {kind.__name__}.") from None
        outcome = "returned None" if got is None else f"returned {as_argument(got)}"
        raise CheckFailed(hint or f"`{text}` {outcome}. It should raise {kind.__name__}.")

    def measured(self, name: str, *arguments: Any, within: float = CALL_SECONDS) -> tuple[Any, float]:
        """Call a function; its value and its CPU seconds, measured from outside of the learner's process."""
        self._line.wants_cpu = True
        try:
            value = self.call(name, *arguments, within=within)
        finally:
            self._line.wants_cpu = False
        return value, self._line.cpu_seconds()

    def missing_text(self, name: str) -> str:
        """The sentence for a name that the notebook does not define."""
        near = difflib.get_close_matches(name, self.parsed.names(), n=1, cutoff=0.7)
        also = f" You have `{near[0]}`." if near else ""
        return f"There is no function called `{name}`. Define it with exactly that name.{also}"

    def _ask(
        self,
        op: str,
        name: str,
        arguments: tuple[Any, ...] = (),
        named: dict[str, Any] | None = None,
        *,
        handle: Handle | None = None,
        within: float = CALL_SECONDS,
        text: str = "",
        keep_args: bool = False,
        tensors: bool = False,
    ) -> Answer:
        question = {"op": op, "name": name, "handle": handle._number if handle else None, "keep_args": keep_args}
        if self._seed is not None:
            question["seed"], self._seed = self._seed, None
        try:
            body = encode((arguments, named or {}), handle_of=_number_of, tensors=tensors)
        except CodecError as error:
            raise LessonFault(f"an argument of {name} is {error}") from None
        return self._line.ask(question, body, name=text or name, within=within)

    def _result(self, answer: Answer, name: str, text: str, *, none_ok: bool, keep_args: bool = False) -> Any:
        if answer.kind not in {"value", "kept"}:
            self._refuse(answer, name, text)
        value = answer.value[0] if keep_args else answer.value
        if type(value) is dict:
            value = Values(value)
        trail.add(name, text, value)
        if value is None and not none_ok:
            raise CheckFailed(f"`{name}` returned None. Is a `return` missing?")
        return (value, answer.value[1][0]) if keep_args else value

    def _refuse(self, answer: Answer, name: str, text: str) -> NoReturn:
        texts = answer.texts
        if answer.kind == "missing":
            self._refuse_missing(name)
        if answer.kind == "not_callable":
            raise CheckFailed(f"`{name}` is not a function here: it is of type {texts['text']}. Is the name used again for something else?")
        if answer.kind == "signature":
            raise CheckFailed(
                f"`{text}` does not fit your function, which is `{name}{texts['text']}`. Take the arguments that the task names."
            )
        if answer.kind == "cannot_travel":
            raise CheckFailed(f"`{name}` returned {texts['text']}. The task asks for something simpler.")
        raise _learner_error(answer, text)

    def _refuse_missing(self, name: str) -> NoReturn:
        cell = self.parsed.defining_cell(name)
        failure = None if cell is None else self._failures.get(cell)
        if cell is None or failure is None:
            raise CheckFailed(self.missing_text(name))
        reason = _REASONS.get(failure.name, "exception")
        raise NotJudged(f"`{name}` is not there, because cell {cell + 1} did not finish: {failure.message}", reason=reason)


def call_text(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> str:
    """A call as people would write it, with long values named by their size: `softmax(array(4, 7))`."""
    parts = [as_argument(value) for value in arguments] + [f"{key}={as_argument(value)}" for key, value in named.items()]
    text = f"{name}({', '.join(parts)})"
    if len(text) <= _CALL_LENGTH:
        return text
    short = [kind_in_words(value) for value in arguments] + [f"{key}=…" for key in named]
    return f"{name}({', '.join(short)})"[:_CALL_LENGTH]


def _learner_error(answer: Answer, text: str) -> LearnerError:
    texts = answer.texts
    said = texts["message"].strip().splitlines()
    what = f": {said[0][:300]}" if said else ""
    where = ""
    if answer.line is not None:
        cell = f"cell {answer.cell + 1}, " if answer.cell is not None else ""
        where = f" ({cell}line {answer.line}: {texts['code']})" if texts["code"] else f" ({cell}line {answer.line})"
    reason = {"MemoryError": "memory", "SystemExit": "exit", "KeyboardInterrupt": "time"}.get(texts["name"], "exception")
    message = f"`{text}` raised {texts['name'] or 'an exception'}{what}{where}."
    return LearnerError(message, reason=reason, kinds=answer.kinds, hint=texts["hint"])


def _number_of(value: object) -> int | None:
    return value._number if type(value) is Handle else None


_REASONS = {
    "TimeLimit": "time",
    "KeyboardInterrupt": "time",
    "MemoryLimit": "memory",
    "MemoryError": "memory",
    "OutputLimit": "output",
    "Exit": "exit",
    "SystemExit": "exit",
    "Crash": "crash",
    "Forbidden": "forbidden",
}
