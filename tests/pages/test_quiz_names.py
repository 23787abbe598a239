"""Options of a quiz as they are named to people who hear them."""

from lessons.content.maths import formula
from lessons.quiz_items import items_of


def option(text: str):
    quiz = [{"id": "q", "type": "single", "prompt": "Which?", "options": [{"id": "a", "text": text, "right": True}]}]
    return items_of(quiz, {})[0].options[0]


def test_a_formula_is_named_by_its_source():
    drawn = formula(r"\frac{u \cdot v}{2}", display=False)
    assert option(f"Divide <b>by</b> {drawn} &amp; stop").spoken == r"Divide by \frac{u \cdot v}{2} & stop"


def test_an_option_in_words_keeps_the_name_of_its_label():
    assert option("The <i>cosine</i>").spoken == ""
