"""What the page of components shows: every part of the design in each of its states, from the templates that the pages use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.core.exceptions import ValidationError

from common.context import THEMES
from common.templatetags.cairn import STATE_LABELS
from submissions.cells import CellResultView, CellView
from submissions.models import Status
from submissions.outputs import ErrorView, OutputView
from submissions.pages.checks import CheckRow
from submissions.pages.status import Standing, Step
from submissions.tables import Table, TableCell

COLOURS: Final = (
    *("paper", "surface", "sunken", "deep", "line", "edge", "ink-3", "ink-2", "ink", "accent", "accent-hover", "accent-soft", "accent-ink"),
    *("ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "gold", "gold-soft"),
    *("stage-1", "stage-2", "stage-3", "stage-4", "stage-5"),
)
CHIPS: Final = {"": "neutral", "ok": "passed", "warn": "due", "bad": "missed", "info": "interactive", "gold": "mastered"}
CALLOUTS: Final = {"": "lightbulb", "warn": "triangle-alert", "bad": "octagon-x", "ok": "circle-check", "gold": "star"}
MARK_STATES: Final = ("coming", "locked", "open", "started", "credited", "passed")


class AddressForm(forms.Form):
    """A field as the pages draw it: `components/field.html`."""

    address = forms.URLField(label="Deployed address", assume_scheme="https")

    def clean_address(self) -> str:
        raise ValidationError("That address is private. Give one the internet can reach.")


@dataclass(frozen=True, slots=True)
class Mark:
    """The arguments of `{% state_mark %}`, and the word for it."""

    state: str
    flags: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Side:
    """One theme's half of the page; forms are its own because ids must differ."""

    theme: str
    empty_form: AddressForm
    refused_form: AddressForm


@dataclass(frozen=True, slots=True)
class ComponentsPage:
    sides: Sequence[Side]
    colours: Sequence[str]
    chips: dict[str, str]
    callouts: dict[str, str]
    marks: Sequence[Mark]
    checks: Sequence[CheckRow]
    standings: Sequence[Sequence[Step]]
    cells: Sequence[CellView]


def components_page() -> ComponentsPage:
    return ComponentsPage(
        sides=[_side(theme) for theme in THEMES],
        colours=COLOURS,
        chips=CHIPS,
        callouts=CALLOUTS,
        marks=_marks(),
        checks=_checks(),
        standings=[standing.steps for standing in _standings()],
        cells=_cells(),
    )


def _side(theme: str) -> Side:
    refused = AddressForm({"address": "http://10.0.0.4:8000"}, auto_id=f"{theme}-refused-%s")
    refused.is_valid()
    return Side(theme=theme, empty_form=AddressForm(auto_id=f"{theme}-%s"), refused_form=refused)


def _marks() -> list[Mark]:
    flagged = [Mark("passed", (flag,), STATE_LABELS[name]) for flag, name in (("mastered", "mastered"), ("review_due", "due"))]
    return [*(Mark(state, (), STATE_LABELS[state]) for state in MARK_STATES), *flagged]


def _checks() -> list[CheckRow]:
    return [
        CheckRow(
            id="zero",
            title="The zero vector is similar to nothing",
            max_points=6,
            state="fail",
            message="For a customer without orders you returned `nan`, expected 0.0.",
            is_hidden=True,
        ),
        CheckRow(id="parallel", title="Same direction, any length: cosine is 1", max_points=6, points=6, state="pass"),
        CheckRow(id="top", title="top_k finds the customers who shop like Ana", max_points=9),
    ]


def _standings() -> list[Standing]:
    running = Status.RUNNING
    return [
        Standing(kind="submit", status=Status.QUEUED, place=3),
        Standing(kind="submit", status=running, stage="running", cell=6, of=9),
        Standing(kind="submit", status=running, stage="checking"),
    ]


def _cells() -> list[CellView]:
    head = (TableCell("", is_head=True), TableCell("garden", is_head=True), TableCell("kitchen", is_head=True))
    body = tuple(
        (TableCell(name, is_head=True), TableCell(garden), TableCell(kitchen))
        for name, garden, kitchen in (("Ana", "20", "10"), ("Bruno", "10", "20"))
    )
    error = ErrorView(
        name="AttributeError",
        message="this table has no column `scores`.",
        line=2,
        hint="Did you mean `score`?",
        traceback="AttributeError: 'DataFrame' object has no attribute 'scores'",
    )
    shown = (
        OutputView(kind="stream", stream="stdout", text="two customers"),
        OutputView(kind="table", title="Table, 2 rows and 2 columns", table=Table(head=(head,), body=body)),
        OutputView(kind="stream", stream="stderr", text="UserWarning: one row had no orders"),
    )
    return [
        CellView(
            id="given",
            index=0,
            kind="code",
            source="spend = read_orders()\nspend",
            is_given=True,
            result=CellResultView(status="ok", outputs=shown),
        ),
        CellView(
            id="broken", index=1, kind="code", source="costs = cost_at(val.scores)", result=CellResultView(status="error", error=error)
        ),
    ]
