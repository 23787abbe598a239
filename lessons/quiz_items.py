"""Quiz items as a page shows them: keys stay here, and an explanation appears with the answer that earned it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict

from progress.quiz import QuizResult, judge


@dataclass(frozen=True, slots=True)
class Option:
    """`verdict` is `right`, `wrong` or nothing; `why` is HTML from the content, and empty until it was earned.

    `spoken` names an option with mathematics for those who hear it, because few screen readers look for MathML inside a label.
    """

    id: str
    text: str
    spoken: str
    is_chosen: bool
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One question with what the reader answered, if anything. `note` and `why` are HTML from the content."""

    id: str
    kind: str
    number: int
    of: int
    prompt: str
    options: tuple[Option, ...]
    given: str
    is_answered: bool
    is_right: bool
    note: str
    why: str

    @property
    def takes_several(self) -> bool:
        return self.kind == "multiple"

    @property
    def is_number(self) -> bool:
        return self.kind == "numeric"


def items_of(quiz: list[dict[str, Any]], answers: Mapping[str, Any]) -> list[QuizItem]:
    """All items of a lesson; `answers` by item id, as they were stored or just given."""
    return [_item(raw, number, len(quiz), answers) for number, raw in enumerate(quiz, start=1)]


def answer_from(fields: QueryDict, quiz: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer of one item's form, by item id; empty when nothing was chosen or the item does not exist."""
    kinds = {raw["id"]: raw["type"] for raw in quiz}
    item = fields.get("item", "")
    given = [text.strip() for text in fields.getlist("answer") if text.strip()]
    if item not in kinds or not given:
        return {}
    return {item: given if kinds[item] == "multiple" else given[0]}


def _item(raw: dict[str, Any], number: int, of: int, answers: Mapping[str, Any]) -> QuizItem:
    given = answers.get(raw["id"])
    result = judge(raw, given) if given is not None else None
    return QuizItem(
        id=raw["id"],
        kind=raw["type"],
        number=number,
        of=of,
        prompt=raw["prompt"],
        options=tuple(_option(option, given, result) for option in raw.get("options", [])),
        given="" if given is None or isinstance(given, list) else str(given),
        is_answered=result is not None,
        is_right=result is not None and result.is_right,
        note=_note(raw, given, result),
        why=result.why if result else "",
    )


def _option(raw: dict[str, Any], given: Any, result: QuizResult | None) -> Option:
    """After a right answer every option explains itself; after a wrong one only what was chosen, so that a second try is worth it."""
    chosen = str(raw["id"]) in {str(one) for one in (given if isinstance(given, list) else [given])}
    explains = result is not None and (chosen or result.is_right)
    verdict = ("right" if raw.get("right") else "wrong") if chosen and result is not None else ""
    return Option(
        id=str(raw["id"]),
        text=raw["text"],
        spoken=_spoken(raw["text"]),
        is_chosen=chosen,
        verdict=verdict,
        why=raw.get("why", "") if explains else "",
    )


class _Speaker(HTMLParser):
    """Collects the words of a text; of each formula only its source, which KaTeX keeps as an annotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._inside: list[str] = []  # what is open, from the first element of a formula on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside or ("class", "katex") in attrs:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] == "annotation":
            self.words.append(data)


def _spoken(html: str) -> str:
    """Empty where the label's own words are enough."""
    if 'class="katex"' not in html:
        return ""
    speaker = _Speaker()
    speaker.feed(html)
    return " ".join("".join(speaker.words).split())


def _note(raw: dict[str, Any], given: Any, result: QuizResult | None) -> str:
    """What a wrong number or a half-right choice tells."""
    if result is None or result.is_right:
        return ""
    if raw["type"] == "multiple":
        wrong = [option for option in raw["options"] if not option.get("right") and str(option["id"]) in result.chosen]
        return "" if wrong else "What you chose is right, and there is more."
    if raw["type"] == "predict":
        return next((near["why"] for near in raw.get("near", []) if _plain(near["value"]) == _plain(str(given))), "")
    return next(iter(result.chosen.values()), "") if raw["type"] == "numeric" else ""


def _plain(text: str) -> str:
    return "".join(str(text).split()).lower()
