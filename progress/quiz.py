"""Judging quiz answers: each item has its key and an explanation for whatever was chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any


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
    accepted = [_plain(text) for text in item.get("accepted", [])]
    is_right = isinstance(answer, str) and _plain(answer) in accepted
    return QuizResult(item=item["id"], is_right=is_right, why=item.get("why", ""), right=tuple(item.get("accepted", [])[:1]))


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
    try:
        given = float(str(answer).strip().replace(",", "."))
    except ValueError:
        given = math.nan
    is_right = math.isfinite(given) and abs(given - expected) <= tolerance + 1e-9 * max(1.0, abs(expected))
    near = next((one for one in item.get("near", []) if math.isclose(float(one["value"]), given, rel_tol=1e-3, abs_tol=1e-9)), None)
    chosen = {str(answer): near["why"]} if near and not is_right else {}
    return QuizResult(item=item["id"], is_right=is_right, why=item.get("why", ""), chosen=chosen, right=(f"{expected:g}",))


def _plain(text: str) -> str:
    return "".join(text.split()).lower()
