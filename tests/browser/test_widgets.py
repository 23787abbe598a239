"""The widgets of lessons, each by keyboard and by mouse. What they must say is computed here, from the formulas of the lessons."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import acos, degrees, dist, hypot
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_workspace import console  # noqa: F401  fixture
from tests.browser.widgets import drag, lesson_with, on_plane, open_widget, press, reading, says  # noqa: F401  fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LESSON = Path(__file__).resolve().parents[2] / "curriculum" / "01-foundations" / "vectors-and-dot-products" / "lesson.md"
VECTORS = json.loads(re.search(r"name=\"vectors\" data='(.*)'\n", LESSON.read_text())[1])
CUSTOMERS = {one["name"]: tuple(one["at"]) for one in VECTORS["customers"]}
REACH = 10
MAP: dict[str, Any] = {
    "matrix": [[1, 0.5], [0, 1]],
    "presets": [
        {"name": "Quarter turn", "matrix": [[0, -1], [1, 0]]},
        {"name": "Mirror", "matrix": [[-1, 0], [0, 1]]},
        {"name": "Flatten", "matrix": [[1, 0.5], [0.8, 0.4]]},
        {"name": "Nothing left", "matrix": [[0, 0], [0, 0]]},
    ],
}
SIZES = {"baskets": (3, 4), "prices": (4, 2), "customers": (200, 3)}
SHAPES = {"matrices": [{"name": name, "rows": rows, "columns": columns} for name, (rows, columns) in SIZES.items()], "task": "Find two."}
CASES = [
    {"score": score, "truth": truth, "amount": amount}
    for score, truth, amount in [
        (0.97, True, 320),
        (0.81, True, 90),
        (0.74, False, 60),
        (0.62, True, 450),
        (0.58, False, 25),
        (0.50, False, 15),
        (0.44, True, 700),
        (0.43, False, 80),
        (0.31, False, 12),
        (0.12, True, 4),
        (0.08, False, 33),
    ]
]
THRESHOLD = {"cases": CASES, "missed": "amount", "alarm": 5, "unit": "€", "positive": "fraud", "negative": "honest", "start": 0.5}


def short(value: float) -> str:
    return f"{round(value, 2) + 0:g}"


def pair(point) -> str:
    return f"({short(point[0])}, {short(point[1])})"


def cosine(a, b) -> float:
    lengths = hypot(*a) * hypot(*b)
    return (a[0] * b[0] + a[1] * b[1]) / lengths if lengths else 0.0


def order_of(u, by: str) -> list[str]:
    if by == "cosine":
        return sorted(CUSTOMERS, key=lambda name: -cosine(u, CUSTOMERS[name]))
    return sorted(CUSTOMERS, key=lambda name: dist(u, CUSTOMERS[name]))


def vectors_sentence(u, v, by: str = "cosine") -> str:
    first, second = order_of(u, by)[:2]
    likeness = f"{cosine(u, CUSTOMERS[first]):.3f}" if by == "cosine" else f"{dist(u, CUSTOMERS[first]):.2f}"
    return (
        f"u is {pair(u)} and v is {pair(v)}: the dot product is {short(u[0] * v[0] + u[1] * v[1])}, "
        f"and the angle is {degrees(acos(cosine(u, v))):.1f}°. By {by}, {first} is most like u ({likeness}), then {second}."
    )


@pytest.fixture
def vectors(open_widget):  # noqa: F811
    return open_widget("vectors", VECTORS)


def tip(widget, name: str):
    return widget.get_by_role("slider", name=name)


def names_in_order(widget) -> list[str]:
    return widget.locator("tbody th").all_inner_texts()


def test_arrow_keys_turn_the_query_arrow_and_reorder_the_customers(vectors):
    says(vectors, vectors_sentence((6, 2), (3, 6)))
    assert names_in_order(vectors) == order_of((6, 2), "cosine")
    press(tip(vectors, "Tip of u"), "ArrowUp", "ArrowUp", "Shift+ArrowLeft", "Shift+ArrowUp", "ArrowLeft")
    u = (3.5, 5)
    says(vectors, vectors_sentence(u, (3, 6)))
    assert names_in_order(vectors) == order_of(u, "cosine") != order_of((6, 2), "cosine")
    expect(reading(vectors, "Length of u")).to_contain_text(f"{hypot(*u):.2f}")
    expect(tip(vectors, "Tip of u")).to_have_attribute("aria-valuetext", "garden 3.5, kitchen 5")


def test_by_distance_the_order_is_another(vectors):
    vectors.get_by_role("button", name="Distance").click()
    says(vectors, vectors_sentence((6, 2), (3, 6), by="distance"))
    assert names_in_order(vectors) == order_of((6, 2), "distance") != order_of((6, 2), "cosine")
    expect(vectors.get_by_role("columnheader", name="distance")).to_have_attribute("aria-sort", "ascending")
    expect(vectors.get_by_role("button", name="Cosine")).to_have_attribute("aria-pressed", "false")


def test_a_drag_finds_the_right_angle(page, vectors):
    drag(page, tip(vectors, "Tip of u"), on_plane(vectors, REACH, -6, 3))
    says(vectors, vectors_sentence((-6, 3), (3, 6)))
    expect(reading(vectors, "Dot product u · v").locator("b")).to_have_text("0")
    expect(reading(vectors, "Angle")).to_contain_text("90.0°a right angle: zero")


def test_a_click_moves_the_arrow_that_was_used_last(page, vectors):
    tip(vectors, "Tip of v").click()
    page.mouse.click(*on_plane(vectors, REACH, 4, -7))
    says(vectors, vectors_sentence((6, 2), (4, -7)))
    shadow = (6 * 4 + 2 * -7) / hypot(4, -7)
    expect(reading(vectors, "Shadow of u on v")).to_contain_text(f"{shadow:.2f}")


def test_an_arrow_stops_at_the_edge(vectors):
    press(tip(vectors, "Tip of v"), *["Shift+ArrowRight"] * 9)
    expect(tip(vectors, "Tip of v")).to_have_attribute("aria-valuenow", str(REACH))


def test_an_arrow_of_length_zero_has_no_angle(vectors):
    press(tip(vectors, "Tip of u"), *["Shift+ArrowLeft"] * 3, "Shift+ArrowDown")
    expect(vectors.get_by_role("status")).to_contain_text("the dot product is 0, and one arrow has no direction")
    expect(reading(vectors, "Angle")).to_contain_text("–an arrow of length 0 has no direction")
    expect(reading(vectors, "Cosine")).to_contain_text("0.000likeness to nothing: we say 0")


@pytest.fixture
def linear_map(open_widget):  # noqa: F811
    return open_widget("linear-map", MAP)


def map_sentence(matrix) -> str:
    (a, b), (c, d) = matrix
    size = round(a * d - b * c, 6)
    rows = f"[[{short(a)}, {short(b)}], [{short(c)}, {short(d)}]]"
    if size:
        areas = f"every area is multiplied by {short(abs(size))}, {'mirrored' if size < 0 else 'not mirrored'}"
    else:
        areas = f"the plane is flattened onto {'a line' if any((a, b, c, d)) else 'one point'}"
    return f"The matrix {rows} takes (1, 0) to {pair((a, c))} and (0, 1) to {pair((b, d))}. Its determinant is {short(size)}: {areas}."


def test_sliders_bend_the_plane_by_keyboard(linear_map):
    says(linear_map, map_sentence([[1, 0.5], [0, 1]]))
    before = linear_map.locator(".w-logos").first.get_attribute("d")
    press(linear_map.get_by_label("Row 1, column 2"), "Shift+ArrowLeft", "ArrowLeft")
    press(linear_map.get_by_label("Row 2, column 1"), *["ArrowUp"] * 3)
    says(linear_map, map_sentence([[1, -0.6], [0.3, 1]]))
    expect(reading(linear_map, "Determinant")).to_contain_text(f"{1 * 1 - -0.6 * 0.3:.2f}")
    assert linear_map.locator(".w-logos").first.get_attribute("d") != before


def test_sliders_end_at_two(linear_map):
    press(linear_map.get_by_label("Row 1, column 1"), *["Shift+ArrowRight"] * 3)
    says(linear_map, map_sentence([[2, 0.5], [0, 1]]))


def test_presets_turn_mirror_and_flatten(linear_map):
    for preset in MAP["presets"]:
        button = linear_map.get_by_role("button", name=preset["name"])
        button.click()
        says(linear_map, map_sentence(preset["matrix"]))
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(linear_map.locator("[aria-pressed=true]")).to_have_count(1)
    expect(reading(linear_map, "Determinant").locator("b")).to_have_text("0.00")


def test_a_column_can_be_dragged_and_the_sliders_follow(page, linear_map):
    drag(page, tip(linear_map, "Where (0, 1) lands"), on_plane(linear_map, 4, -1.5, 1.2))
    says(linear_map, map_sentence([[1, -1.5], [0, 1.2]]))
    expect(linear_map.get_by_label("Row 1, column 2")).to_have_value("-1.5")
    expect(linear_map.get_by_label("Row 2, column 2")).to_have_value("1.2")


@pytest.fixture
def shapes(open_widget):  # noqa: F811
    return open_widget("shapes", SHAPES)


def size(name: str) -> str:
    return f"{SIZES[name][0]} × {SIZES[name][1]}"


def join_sentence(left: str, right: str) -> str:
    (rows, inner), (met, columns) = SIZES[left], SIZES[right]
    asked = f"{left} ({size(left)}) @ {right} ({size(right)})"
    if inner == met:
        work = f"{rows * columns * inner:,} multiplications"
        return f"{asked}: the inner sizes are both {inner}. The result is {rows} × {columns} and takes {work}."
    return f"{asked} is refused: a row of {left} has {inner} numbers, but a column of {right} has {met}, so there is no dot product."


def test_a_join_that_holds_and_one_that_is_refused_by_keyboard(shapes):
    expect(shapes).to_contain_text("Find two.")
    says(shapes, join_sentence("baskets", "prices"))
    expect(reading(shapes, "Multiplications")).to_contain_text("24")
    press(shapes.get_by_label("Right"), "ArrowDown")
    says(shapes, join_sentence("baskets", "customers"))
    expect(reading(shapes, "Inner sizes")).to_contain_text("4 and 200✕ do not meet")
    expect(reading(shapes, "Shape of the result")).to_contain_text("–refused")
    press(shapes.get_by_role("button", name="Swap"), "Enter")
    says(shapes, join_sentence("customers", "baskets"))
    expect(reading(shapes, "Multiplications")).to_contain_text("2,400")


def test_a_matrix_can_be_dragged_onto_a_place(page, shapes):
    target = shapes.locator(".w-block").first.bounding_box()
    drag(page, shapes.get_by_role("listitem").filter(has_text="prices"), (target["x"] + 20, target["y"] + 40))
    says(shapes, join_sentence("prices", "prices"))
    expect(shapes.get_by_label("Left")).to_have_value("1")


def test_dropped_elsewhere_a_matrix_changes_nothing(page, shapes):
    card = shapes.get_by_role("listitem").filter(has_text="customers")
    home = card.bounding_box()
    drag(page, card, (home["x"] + 200, home["y"] - 120))
    expect(card).not_to_have_class(re.compile("is-dragged"))
    page.wait_for_timeout(300)  # the way back takes 200 ms
    assert card.bounding_box() == home
    says(shapes, join_sentence("baskets", "prices"))


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", 1), ("reduce", 0)])
def test_a_refused_join_bounces_unless_less_motion_is_wanted(page, shapes, motion, moves):
    page.emulate_media(reduced_motion=motion)
    bounced = page.evaluate(
        """() => {
          const select = document.querySelectorAll(".w-fields select")[1];
          select.value = "2";
          select.dispatchEvent(new Event("change"));
          return document.querySelectorAll(".w-block")[1].getAnimations().length;
        }"""
    )
    assert bounced == moves
    says(shapes, join_sentence("baskets", "customers"))


@dataclass(frozen=True)
class Bill:
    """The four bins, the metrics and the cost at one threshold."""

    caught: int
    missed: int
    alarms: int
    through: int
    cost: int

    @classmethod
    def at(cls, threshold: float) -> Bill:
        raised = [case for case in CASES if case["score"] >= threshold]
        quiet = [case for case in CASES if case["score"] < threshold]
        missed = [case for case in quiet if case["truth"]]
        alarms = [case for case in raised if not case["truth"]]
        cost = sum(case["amount"] for case in missed) + 5 * len(alarms)
        return cls(len(raised) - len(alarms), len(missed), len(alarms), len(quiet) - len(missed), cost)

    def sentence(self, threshold: float, best: float) -> str:
        precision = self.caught / (self.caught + self.alarms) if self.caught + self.alarms else None
        recall = self.caught / (self.caught + self.missed)
        f1 = None if precision is None else 2 * precision * recall / (precision + recall)
        said = ["undefined" if value is None else f"{value:.3f}" for value in (precision, recall, f1)]
        alarms = f"{self.alarms} false alarm{'' if self.alarms == 1 else 's'}"
        return (
            f"At a threshold of {threshold:.2f}: {self.caught} fraud caught, {self.missed} missed, {alarms}, "
            f"{self.through} honest let through. Accuracy {(self.caught + self.through) / len(CASES):.3f}, "
            f"precision {said[0]}, recall {said[1]}, F1 {said[2]}. "
            f"The cost is €{self.cost:,}; the cheapest so far is €{Bill.at(best).cost:,} at {best:.2f}."
        )


@pytest.fixture
def threshold(open_widget):  # noqa: F811
    return open_widget("threshold", THRESHOLD)


def bins(widget) -> list[tuple[int, int]]:
    """Count and number of dots of each bin, in reading order."""
    cells = widget.locator(".confusion tbody td")
    return [(int(cell.locator("b").inner_text()), cell.locator(".w-case").count()) for cell in cells.all()]


def test_the_lever_moves_cases_between_the_bins(threshold):
    lever = threshold.get_by_role("slider", name="Threshold")
    says(threshold, Bill.at(0.5).sentence(0.5, best=0.5))
    press(lever, *["ArrowLeft"] * 6)
    now = Bill.at(0.44)
    says(threshold, now.sentence(0.44, best=0.44))
    assert bins(threshold) == [(count, count) for count in (now.caught, now.missed, now.alarms, now.through)]
    press(lever, "Shift+ArrowRight", "Shift+ArrowRight")
    now = Bill.at(0.64)
    says(threshold, now.sentence(0.64, best=0.44))
    assert bins(threshold) == [(count, count) for count in (now.caught, now.missed, now.alarms, now.through)]
    expect(reading(threshold, "Cheapest so far")).to_contain_text(f"€{Bill.at(0.44).cost}at 0.44")


def test_without_alarms_precision_is_undefined(threshold):
    press(threshold.get_by_role("slider", name="Threshold"), "End")
    says(threshold, Bill.at(1).sentence(1, best=0.5))
    expect(reading(threshold, "Precision")).to_contain_text("–undefined: no alarms")
    expect(reading(threshold, "F1")).to_contain_text("–undefined: no alarms")
    expect(reading(threshold, "Recall")).to_contain_text("0.000")


def test_the_lever_follows_the_mouse(page, threshold):
    lever = threshold.get_by_role("slider", name="Threshold")
    box = lever.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    chosen = float(lever.input_value())
    assert abs(chosen - 0.3) < 0.03
    best = min((0.5, chosen), key=lambda at: Bill.at(at).cost)
    says(threshold, Bill.at(chosen).sentence(chosen, best=best))


def test_the_mark_stays_at_the_first_of_equally_cheap_thresholds(threshold):
    press(threshold.get_by_role("slider", name="Threshold"), *["ArrowLeft"] * 12)
    cheapest = min((round(0.5 - step / 100, 2) for step in range(13)), key=lambda at: Bill.at(at).cost)
    says(threshold, Bill.at(0.38).sentence(0.38, best=cheapest))


def test_a_fixed_price_of_a_missed_case(open_widget):  # noqa: F811
    widget = open_widget("threshold", {**THRESHOLD, "missed": 180, "unit": "points"})
    bill = Bill.at(0.5)
    expect(reading(widget, "Cost")).to_contain_text(f"{bill.missed * 180 + bill.alarms * 5} points")
