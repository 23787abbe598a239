"""Draws matrix.svg: the confusion matrix of the lesson's 30 payments at threshold 0.5.

Colours are the page's own variables, with the light theme's values for a viewer that has none.
Run: python matrix.py
"""

from pathlib import Path

LEFT, TOP, WIDE, HIGH = 92, 52, 118, 78  # the first cell's corner and the size of a cell, in pixels
INK, SOFT, LINE = "var(--ink, #1d1b18)", "var(--ink-2, #55504a)", "var(--line, #e3ddd2)"
PRECISION, RECALL = "var(--accent, #2f4fc4)", "var(--warn, #8f5606)"
COUNTS = ((17, "let through"), (4, "false alarms")), ((3, "missed"), (6, "caught"))


def text(x: float, y: float, words: str, colour: str = INK, anchor: str = "middle", size: int = 14, weight: int = 600) -> str:
    style = f"fill:{colour};font:{weight} {size}px Inter Variable,Inter,sans-serif"
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" style="{style}">{words}</text>'


def box(x: float, y: float, wide: float, high: float, style: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="9" style="fill:none;{style}"/>'


def cell(row: int, column: int) -> str:
    count, name = COUNTS[row][column]
    x, y = LEFT + column * WIDE, TOP + row * HIGH
    middle = x + WIDE / 2
    return "\n".join(
        (
            box(x + 7, y + 7, WIDE - 14, HIGH - 14, f"stroke:{LINE};stroke-width:1.5"),
            text(middle, y + 41, str(count), size=24, weight=680),
            text(middle, y + 60, name, SOFT, size=13, weight=440),
        )
    )


def draw() -> str:
    cells = [cell(row, column) for row in (0, 1) for column in (0, 1)]
    right, bottom = LEFT + 2 * WIDE, TOP + 2 * HIGH
    words = [
        text(LEFT + WIDE / 2, 20, "model says", SOFT, weight=440),
        text(LEFT + WIDE / 2, 40, "honest"),
        text(LEFT + 1.5 * WIDE, 20, "model says", SOFT, weight=440),
        text(LEFT + 1.5 * WIDE, 40, "fraud"),
        text(LEFT - 12, TOP + HIGH / 2 + 5, "honest", anchor="end"),
        text(LEFT - 12, TOP + 1.5 * HIGH + 5, "fraud", anchor="end"),
        text(LEFT + 1.5 * WIDE, bottom + 26, "precision", PRECISION),
        text(LEFT + 1.5 * WIDE, bottom + 45, "6 of 10 alarms", PRECISION, weight=440),
        text(right + 16, TOP + 1.5 * HIGH, "recall", RECALL, anchor="start"),
        text(right + 16, TOP + 1.5 * HIGH + 19, "6 of 9 frauds", RECALL, anchor="start", weight=440),
    ]
    # The frames differ in distance and in dashes, so that they can be told apart where they cross, and without colour.
    frames = [
        box(LEFT + WIDE + 1.5, TOP - 5, WIDE - 3, 2 * HIGH + 14, f"stroke:{PRECISION};stroke-width:3"),
        box(LEFT - 3, TOP + HIGH + 1.5, 2 * WIDE + 11, HIGH - 3, f"stroke:{RECALL};stroke-width:3;stroke-dasharray:8 5"),
    ]
    body = "\n".join([*cells, *frames, *words])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 450 262" width="450" style="max-width:100%;height:auto">\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
