"""Judging quiz answers: each item has its key and an explanation for whatever was chosen."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

_IN_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizResult:
    """`why` explains the item, `chosen` what was picked: option id (or the given text) to its explanation."""

    item: str
    is_right: bool
    why: str = ""
    chosen: dict[str, str] = field(default_factory=dict)
    right: tuple[str, ...] = ()


def judge(item: dict[str, Any], answer: Any) -> QuizResult:
    """Judge one answer to one item of quiz.yaml; an answer of a wrong kind is simply wrong."""
    kind = item["type"]
    if kind in {"single", "multiple"}:
        return _judge_options(item, answer)
    if kind == "numeric":
        return _judge_number(item, answer)
    return _judge_text(item, answer)


def _judge_text(item: dict[str, Any], answer: Any) -> QuizResult:
    given = _plain(answer) if isinstance(answer, str) else ""
    is_right = given in [_plain(text) for text in item.get("accepted", [])]
    near = next((one for one in item.get("near", []) if given and _plain(str(one["value"])) == given), None)
    chosen = {str(answer): near["why"]} if near and not is_right else {}
    return QuizResult(item=item["id"], is_right=is_right, why=item.get("why", ""), chosen=chosen, right=tuple(item.get("accepted", [])[:1]))


def _judge_options(item: dict[str, Any], answer: Any) -> QuizResult:
    options = {str(option["id"]): option for option in item["options"]}
    given = answer if isinstance(answer, list) else [answer]
    picked = {str(one) for one in given if str(one) in options}
    right = {identity for identity, option in options.items() if option.get("right")}
    return QuizResult(
        item=item["id"],
        is_right=bool(picked) and picked == right,
        why=item.get("why", ""),
        chosen={identity: options[identity].get("why", "") for identity in options if identity in picked},
        right=tuple(sorted(right)),
    )


def _judge_number(item: dict[str, Any], answer: Any) -> QuizResult:
    expected, tolerance = float(item["answer"]), float(item.get("tolerance", 0) or 0)
    readings = _readings(str(answer).strip())
    slack = tolerance + 1e-9 * max(1.0, abs(expected))
    is_right = any(abs(given - expected) <= slack for given in readings)
    given = readings[0] if readings else math.nan
    near = next((one for one in item.get("near", []) if math.isclose(float(one["value"]), given, rel_tol=1e-3, abs_tol=1e-9)), None)
    chosen = {str(answer): near["why"]} if near and not is_right else {}
    return QuizResult(item=item["id"], is_right=is_right, why=item.get("why", ""), chosen=chosen, right=(f"{expected:g}",))


def _readings(text: str) -> list[float]:
    """What a written number may mean: a comma is a decimal point to one reader and parts thousands to another, as in 50,000."""
    thousands = [text.replace(",", "")] if _IN_THOUSANDS.fullmatch(text) else []
    readings = []
    for written in (*thousands, text.replace(",", ".")):
        try:
            number = float(written)
        except ValueError:
            continue
        if math.isfinite(number):
            readings.append(number)
    return readings


def _plain(text: str) -> str:
    return "".join(text.split()).lower()
