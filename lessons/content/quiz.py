"""Reads `quiz.yaml`: items whose every option and every typical wrong number has an explanation. Texts become HTML here."""

from __future__ import annotations

from typing import Any

from lessons.content.fields import Fields, read_fields
from lessons.content.findings import Source
from lessons.content.page import render_text

TYPES = ("single", "multiple", "numeric", "predict")
LEAST_ITEMS = 6


def read_quiz(source: Source) -> tuple[dict[str, Any], ...]:
    """Items as they are stored: id, type, prompt, options, answer, tolerance, accepted, near, why; the texts are HTML."""
    fields = read_fields(source)
    items = [_item(entry, source) for entry in fields.mappings("items", least=LEAST_ITEMS)]
    fields.done()
    _once([str(item["id"]) for item in items], fields, "items")
    return tuple(items)


def _item(entry: Fields, source: Source) -> dict[str, Any]:
    kind = entry.choice("type", TYPES)
    item: dict[str, Any] = {"id": entry.slug("id"), "type": kind, "prompt": _html(entry, source, "prompt")}
    item["why"] = _html(entry, source, "why", "" if kind in {"single", "multiple"} else None)
    if kind in {"single", "multiple"}:
        item["options"] = _options(entry, source, kind)
    if kind == "numeric":
        item |= {"answer": entry.number("answer"), "tolerance": entry.number("tolerance", 0.0), "near": _near(entry, source)}
        if item["tolerance"] < 0:
            entry.report("tolerance", "quiz-tolerance", "A tolerance is not negative.")
    if kind == "predict":
        item |= {"accepted": list(entry.words("accepted")), "near": _near_texts(entry, source)}
    entry.done()
    return item


def _options(entry: Fields, source: Source, kind: str) -> list[dict[str, Any]]:
    options = []
    for option in entry.mappings("options", least=2):
        made = {"id": option.slug("id"), "text": _html(option, source, "text"), "right": option.flag("right", default=False)}
        options.append({**made, "why": _html(option, source, "why")})
        option.done()
    _once([str(option["id"]) for option in options], entry, "options")
    right = sum(bool(option["right"]) for option in options)
    if (kind == "single" and right != 1) or (kind == "multiple" and right == 0):
        wanted = "exactly one right option" if kind == "single" else "at least one right option"
        entry.report("options", "quiz-right", f"An item of type {kind} has {wanted}; this one has {right}.")
    return options


def _near(entry: Fields, source: Source) -> list[dict[str, Any]]:
    near = []
    for one in entry.mappings("near"):
        near.append({"value": one.number("value"), "why": _html(one, source, "why")})
        one.done()
    return near


def _near_texts(entry: Fields, source: Source) -> list[dict[str, Any]]:
    near = []
    for one in entry.mappings("near"):
        near.append({"value": one.word("value"), "why": _html(one, source, "why")})
        one.done()
    return near


def _html(entry: Fields, source: Source, name: str, default: str | None = None) -> str:
    return render_text(source, entry.text(name, default), entry.line_of(name))


def _once(ids: list[str], entry: Fields, name: str) -> None:
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        entry.report(name, "quiz-id", f"The id `{twice}` is used twice.")
