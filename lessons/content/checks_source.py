"""Reads `checks.py` by its syntax tree: which checks there are, for which task, for how many points. Nothing of it is run."""

from __future__ import annotations

import ast

from grading.exercise import CheckSpec
from lessons.content.findings import Source

_DECLARE = 'Declare it as @check("title", task="…", points=…, visible=…) with literal values.'


def read_checks(source: Source) -> tuple[tuple[CheckSpec, ...], dict[str, int]]:
    """The checks in their order, and the line of each."""
    try:
        tree = ast.parse(source.text)
    except SyntaxError as error:
        source.report(error.lineno or 1, "python-syntax", f"The file is not Python: {error.msg}.")
        return (), {}
    found: list[CheckSpec] = []
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if (call := _check_call(decorator)) and (spec := _spec(source, node, call)):
                    if spec.id in lines:
                        source.report(node.lineno, "check-twice", f"There are two checks called `{spec.id}`.")
                    found.append(spec)
                    lines[spec.id] = node.lineno
    return tuple(found), lines


def _check_call(decorator: ast.expr) -> ast.Call | None:
    if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "check":
        return decorator
    return None


def _spec(source: Source, node: ast.FunctionDef, call: ast.Call) -> CheckSpec | None:
    try:
        (title,) = [ast.literal_eval(argument) for argument in call.args]
        named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        spec = CheckSpec(
            id=node.name,
            task=str(named.pop("task")),
            title=str(title),
            points=float(named.pop("points")),
            visible=bool(named.pop("visible", False)),
        )
    except (ValueError, KeyError, TypeError):
        source.report(call.lineno, "check-declaration", f"`{node.name}` cannot be read. {_DECLARE}")
        return None
    if named:
        source.report(call.lineno, "check-declaration", f"`{node.name}` has an unknown argument {', '.join(named)}. {_DECLARE}")
    if not spec.points > 0:
        source.report(call.lineno, "check-points", f"`{node.name}` must be worth something: its points are {spec.points:g}.")
    if [argument.arg for argument in node.args.args] != ["nb", "rng"]:
        source.report(node.lineno, "check-signature", f"`{node.name}` takes (nb, rng).")
    return spec
