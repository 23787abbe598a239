"""The colours of the design against each other: WCAG's contrast, computed from the tokens themselves, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS_FILE = Path(__file__).resolve().parents[2] / "frontend" / "styles" / "tokens.css"
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)", TOKENS_FILE.read_text())
}

GROUNDS = ("paper", "surface", "sunken")
STATES = ("ok", "warn", "bad", "gold")
STAGES = tuple(f"stage-{number}" for number in range(1, 6))
CODE = ("c-k", "c-s", "c-n", "c-c", "c-f")
MUCH, TEXT, PART = 7.0, 4.5, 3.0  # AAA for running text, AA for all other text, AA for the edges of controls
PAIRS = [
    *(("ink", ground, MUCH) for ground in GROUNDS),
    *((ink, ground, TEXT) for ink in ("ink-2", "ink-3", "accent", *STAGES) for ground in GROUNDS),
    *(("edge", ground, PART) for ground in GROUNDS),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("accent-ink", "accent-soft", TEXT),
    ("ink", "accent-soft", MUCH),
    *((state, ground, TEXT) for state in STATES for ground in ("surface", f"{state}-soft")),
    *(("ink-2", f"{state}-soft", TEXT) for state in ("ok", "warn", "bad")),
    *((colour, ground, TEXT) for colour in CODE for ground in ("surface", "sunken")),
    *(("surface", filled, PART) for filled in ("gold", *STAGES)),  # icons on filled marks, numbers on flags
]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 for black and 1 for white. Source: WCAG 2.2, definition of relative luminance."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "known"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)]
)
def test_the_measure_is_the_published_one(one, other, known):
    assert contrast(one, other) == pytest.approx(known, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=str)
def test_the_pair_can_be_read(front, ground, least, theme):
    assert contrast(TOKENS[front][theme], TOKENS[ground][theme]) >= least


def test_every_stage_and_state_has_a_colour_for_both_themes():
    assert {*GROUNDS, *STATES, *STAGES, *CODE, *(f"{state}-soft" for state in STATES)} <= set(TOKENS)
