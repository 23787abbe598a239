"""Judging quiz answers."""

import pytest

from progress.quiz import judge
from tests.factories import QUIZ

ITEMS = {item["id"]: item for item in QUIZ}


@pytest.mark.parametrize(
    ("item", "answer", "is_right"),
    [
        ("one", "a", True),
        ("one", "b", False),
        ("one", ["a"], True),
        ("one", ["a", "b"], False),
        ("one", None, False),
        ("one", {"a": 1}, False),
        ("many", ["b", "a"], True),
        ("many", ["a"], False),
        ("many", ["a", "b", "c"], False),
        ("many", [], False),
        ("number", 0.324, True),
        ("number", "0.32", True),
        ("number", "0,327", True),
        ("number", 0.33, False),
        ("number", "nan", False),
        ("number", "inf", False),
        ("number", "many", False),
        ("number", True, False),
        ("number", [0.324], False),
        ("number", "9" * 5000, False),
        ("output", "[1, 3, 5]", True),
        ("output", " [1,3,5]\n", True),
        ("output", "[1, 3]", False),
        ("output", 135, False),
    ],
)
def test_answers_are_judged(item, answer, is_right):
    assert judge(ITEMS[item], answer).is_right is is_right


def test_every_option_that_was_chosen_is_explained():
    result = judge(ITEMS["many"], ["a", "c"])
    assert result.chosen == {"a": "Yes.", "c": "No."}
    assert result.right == ("a", "b")
    assert result.why == "Both."


def test_a_typical_wrong_number_has_its_own_explanation():
    result = judge(ITEMS["number"], "0.95")
    assert list(result.chosen.values()) == ["That is the hit rate."]


@pytest.mark.parametrize(("answer", "is_right"), [("50000", True), ("50,000", True), ("50.000,0", False), ("50", False), ("50,0", False)])
def test_a_comma_may_part_thousands(answer, is_right):
    item = {"id": "many", "type": "numeric", "prompt": "", "answer": 50_000, "tolerance": 0, "near": [{"value": 50, "why": "Too few."}]}
    assert judge(item, answer).is_right is is_right


def test_a_typical_wrong_output_is_explained():
    item = {**ITEMS["output"], "near": [{"value": "[1, 3]", "why": "The end is left out."}]}
    assert judge(item, "[1,3]").chosen == {"[1,3]": "The end is left out."}
    assert judge(item, "[1, 3, 5]").chosen == {}
    assert judge(item, None).is_right is False
