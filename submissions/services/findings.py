"""What an uploaded notebook holds, by its syntax tree and before anything is run: the names an exercise asks for, and their parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from grading.exercise import ExercisePackage
from grading.notebook import Notebook
from lessons.models import ExerciseVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """One name that a task wants. `parameters` as written; `fits` says whether they are the ones asked for."""

    task: str
    name: str
    is_there: bool
    fits: bool
    wanted: str = ""
    parameters: str = ""
    cell: int | None = None  # counts all cells from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    names: tuple[FoundName, ...]
    broken_cells: tuple[int, ...]  # with syntax that Python cannot read, counted from 1
    code_cells: int

    @property
    def missing(self) -> tuple[FoundName, ...]:
        return tuple(name for name in self.names if not name.is_there)

    @property
    def is_complete(self) -> bool:
        return all(name.is_there and name.fits for name in self.names)


def what_was_found(version: ExerciseVersion, notebook: Notebook) -> Findings:
    package = ExercisePackage.from_json(version.package)
    definitions, broken = _definitions(notebook)
    names = tuple(_found(task.title, name, task.signature, definitions) for task in package.tasks for name in task.defines)
    return Findings(names=names, broken_cells=tuple(broken), code_cells=sum(cell.kind == "code" for cell in notebook.cells))


def _definitions(notebook: Notebook) -> tuple[dict[str, tuple[int, str | None]], list[int]]:
    """Top-level names with their cell and, for functions, their parameters; the last definition counts, as when the cells run."""
    found: dict[str, tuple[int, str | None]] = {}
    broken = []
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        source = re.sub(r"(?m)^\s*[%!].*$", "pass", cell.source)  # magics are no Python
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            broken.append(cell.index + 1)
            continue
        for node in tree.body:
            for name, parameters in _names_of(node):
                found[name] = (cell.index + 1, parameters)
    return found, broken


def _names_of(node: ast.stmt) -> list[tuple[str, str | None]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [(node.name, ast.unparse(node.args))]
    if isinstance(node, ast.ClassDef):
        return [(node.name, None)]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [(target.id, None) for target in targets if isinstance(target, ast.Name)]


def _found(task: str, name: str, signature: str, definitions: dict[str, tuple[int, str | None]]) -> FoundName:
    wanted = _parameter_names(signature, name)
    if name not in definitions:
        return FoundName(task=task, name=name, is_there=False, fits=False, wanted=signature)
    cell, parameters = definitions[name]
    given = _parameter_names(f"{name}({parameters})", name) if parameters is not None else None
    fits = wanted is None or given is None or given[: len(wanted)] == wanted
    return FoundName(task=task, name=name, is_there=True, fits=fits, wanted=signature, parameters=parameters or "", cell=cell)


def _parameter_names(signature: str, name: str) -> list[str] | None:
    """The parameters' names of `name(a, b=1) -> kind`; None where the text is no signature of that name."""
    match = re.search(rf"\b{re.escape(name)}(\(.*\))", signature, re.DOTALL)
    if match is None:
        return None
    try:
        tree = ast.parse(f"def f{_closed(match[1])}: ...")
    except SyntaxError:
        return None
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    return [argument.arg for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]


def _closed(text: str) -> str:
    """Up to the bracket that closes the first one."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[: place + 1]
    return text
