"""Rules on how code is written, read from its syntax tree: used rarely, for the result says more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from grading.checks.failures import CheckFailed, fail

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.expr
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_HIDDEN_LOOPS = {
    "map",
    "filter",
    "reduce",
    "vectorize",
    "apply_along_axis",
    "apply",
    "applymap",
    "iterrows",
    "itertuples",
    "nditer",
    "frompyfunc",
}


class NotebookSource:
    """The code cells of a notebook, parsed as far as they can be. `cells` are (index, text)."""

    def __init__(self, cells: list[tuple[int, str]]) -> None:
        self.cells = cells
        self.trees = [(index, tree) for index, text in cells if (tree := _parse(text)) is not None]

    @property
    def text(self) -> str:
        return "\n\n".join(text for _, text in self.cells)

    def definition(self, name: str) -> tuple[int, Definition] | None:
        """The last definition of a name at the top of a cell, with the cell's index."""
        found = None
        for index, tree in self.trees:
            for node in _top_level(tree):
                if (defined := _defined_by(node, name)) is not None:
                    found = (index, defined)
        return found

    def defining_cell(self, name: str) -> int | None:
        """The cell that would define this name, by tree or, where that cell cannot be parsed, by its text."""
        found = self.definition(name)
        if found is not None:
            return found[0]
        parsed = {index for index, _ in self.trees}
        marks = (f"def {name}(", f"class {name}", f"{name} =")
        broken = [index for index, text in self.cells if index not in parsed and any(mark in text for mark in marks)]
        return broken[-1] if broken else None

    def names(self) -> list[str]:
        """Functions and classes at the top of the cells."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return [node.name for _, tree in self.trees for node in _top_level(tree) if isinstance(node, kinds)]

    def modules(self) -> dict[str, str]:
        """Names that imports bind to the module, or the module's member, behind them: np to numpy, choice to random.choice."""
        bound: dict[str, str] = {}
        for _, tree in self.trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    bound |= {(each.asname or each.name.partition(".")[0]): each.name for each in node.names}
                elif isinstance(node, ast.ImportFrom):
                    bound |= {(each.asname or each.name): f"{node.module}.{each.name}" for each in node.names}
        return bound

    def reach(self, name: str) -> Iterator[ast.AST]:
        """Every node of a definition and of the notebook's own functions that it uses, however deep."""
        waiting, seen = [name], {name}
        while waiting:
            found = self.definition(waiting.pop())
            if found is None:
                continue
            for node in ast.walk(found[1]):
                yield node
                if isinstance(node, ast.Name) and node.id not in seen:
                    seen.add(node.id)
                    waiting.append(node.id)


def _parse(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(text))  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - a cell that cannot be read has no tree; whether it matters, others decide
        return None


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of a cell, those under if, with and try included."""
    waiting = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If | ast.With | ast.Try | ast.For | ast.While):
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            waiting.extend(reversed(inner))


def _defined_by(node: ast.stmt, name: str) -> Definition | None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node if node.name == name else None
    if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
        return node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
        return node.value
    return None


def tree_of(nb: Any, name: str) -> Definition:
    """The definition of a name; fails the check kindly where there is none."""
    found = nb.parsed.definition(name)
    if found is None:
        raise CheckFailed(nb.missing_text(name))
    definition: Definition = found[1]
    return definition


def uses_no_loop(nb: Any, name: str, message: str = "") -> None:
    """The function and those of its own that it calls have no loop, no comprehension and nothing that loops in disguise."""
    tree_of(nb, name)
    for node in nb.parsed.reach(name):
        called = _called_name(node)
        if isinstance(node, _LOOPS) or called in _HIDDEN_LOOPS:
            how = f"calls `{called}`, which loops in Python" if called else "has a loop"
            line = f" (line {node.lineno} of its cell)" if hasattr(node, "lineno") else ""
            fail(message or f"`{name}` {how}{line}. Write it with operations on whole arrays.")


def calls(nb: Any, name: str, *wanted: str, message: str = "") -> None:
    """The function uses one of these names: `calls(nb, "fit", "lstsq", "solve")`."""
    tree_of(nb, name)
    used = {found for node in nb.parsed.reach(name) if (found := _used_name(node))}
    if not used & set(wanted):
        options = " or ".join(f"`{each}`" for each in wanted)
        fail(message or f"`{name}` does not use {options}. The task asks for it.")


def avoids(nb: Any, name: str, *unwanted: str, message: str = "") -> None:
    """The function uses none of these names or modules: `avoids(nb, "dot", "numpy", "sum")`. The operator @ counts as numpy."""
    tree_of(nb, name)
    modules = nb.parsed.modules()
    for node in nb.parsed.reach(name):
        used = _used_name(node)
        source = modules.get(used or "", "").partition(".")[0]
        if "numpy" in unwanted and isinstance(node, ast.MatMult):
            used = source = "numpy"
        for each in unwanted:
            if each in {used, source} or (isinstance(node, ast.Import | ast.ImportFrom) and each in _imported(node)):
                fail(message or f"`{name}` uses `{each}`. This task asks you to write it without.")


def signature_is(nb: Any, name: str, *parameters: str) -> None:
    """The function takes these parameters in this order. `"seed=0"` also asks for the default."""
    definition = tree_of(nb, name)
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return  # made by another function: calling it will tell
    given = _parameters(definition.args)
    shown = f"{name}({', '.join(parameter.partition('=')[0] for parameter in parameters)})"
    if [each for each, _ in given] != [parameter.partition("=")[0].strip() for parameter in parameters]:
        mine = f"{name}({', '.join(each for each, _ in given)})"
        fail(f"Your function is `{mine}`, and the task asks for `{shown}`.")
    for (each, default), parameter in zip(given, parameters, strict=True):
        wanted = parameter.partition("=")[2].strip()
        if wanted and default != wanted:
            fail(f"`{each}` in `{name}` should have the default {wanted}.")


def _parameters(arguments: ast.arguments) -> list[tuple[str, str]]:
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [""] * (len(plain) - len(arguments.defaults)) + [ast.unparse(default) for default in arguments.defaults]
    named = [
        (each.arg, ast.unparse(default) if default else "")
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return [*((each.arg, default) for each, default in zip(plain, defaults, strict=True)), *named]


def _called_name(node: ast.AST) -> str | None:
    return _used_name(node.func) if isinstance(node, ast.Call) else None


def _used_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = {each.name.partition(".")[0] for each in node.names}
    return names | {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else names
