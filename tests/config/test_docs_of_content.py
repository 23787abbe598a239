"""docs/authoring.md names every rule that a lesson can break; docs/api.md every call of the API."""

import ast
import re
from pathlib import Path

import pytest
from drf_spectacular.generators import SchemaGenerator

ROOT = Path(__file__).resolve().parents[2]
RULE = re.compile(r"[a-z]+(-[a-z0-9]+)+|attributes|hints")  # a word alone is seldom a rule
REPORTERS = {"report", "_report", "add", "near", "_once"}


def _constants(nodes):
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str) and RULE.fullmatch(node.value)}


def rules():
    """Every rule id that the parser, the rules and the proof may report, read from their syntax trees."""
    found = set()
    for path in (ROOT / "lessons" / "content").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in REPORTERS:
                found |= _constants(node.args)
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                found |= _constants(node.value.elts)
    return sorted(found)


def test_there_are_rules_to_document():
    assert {"graph-cycle", "reference-fails", "yaml-unknown", "visible-share"} <= set(rules())


@pytest.mark.parametrize("rule", rules())
def test_each_rule_is_documented(rule):
    assert f"`{rule}`" in (ROOT / "docs" / "authoring.md").read_text()


def calls():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return sorted((method.upper(), path) for path, methods in paths.items() for method in methods if method in {"get", "post", "delete"})


def test_the_api_page_and_the_schema_name_the_same_calls(db):
    documented = re.findall(r"^### `([A-Z]+) (/api/v1/[^`]+)`", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    named = {(method, re.sub(r"<\w+>", "{}", path)) for method, path in documented}
    of_schema = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in calls() if path.startswith("/api/v1/")}
    assert named == of_schema
