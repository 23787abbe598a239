"""Draws order.svg: the letter L under a quarter turn R and a stretch S, in both orders.

The corners are computed by the matrices, so the drawing cannot disagree with the page. Colours are the page's own variables, with the
light theme's values for a viewer that has none. Run: python order.py
"""

from pathlib import Path

Point = tuple[float, float]
Matrix = tuple[Point, Point]  # two rows

UNIT, BOTTOM, ORIGINS = 33, 118, (156, 376)  # pixels of one unit, the height of zero, and the place of zero in each panel
LEFT, RIGHT, TOP = -4, 1, 2  # what a panel shows, in units
INK, SOFT, LINE = "var(--ink, #1d1b18)", "var(--ink-2, #55504a)", "var(--line, #e3ddd2)"
START, END = "var(--stage-1, #1d6a86)", "var(--accent, #2f4fc4)"

TURN: Matrix = ((0, -1), (1, 0))
STRETCH: Matrix = ((2, 0), (0, 1))
LETTER: list[Point] = [(0, 0), (1, 0), (1, 0.4), (0.4, 0.4), (0.4, 2), (0, 2)]


def moved(matrix: Matrix, point: Point) -> Point:
    (a, b), (c, d) = matrix
    x, y = point
    return a * x + b * y, c * x + d * y


def at(origin: float, point: Point) -> str:
    return f"{origin + point[0] * UNIT:g},{BOTTOM - point[1] * UNIT:g}"


def path(origin: float, points: list[Point], style: str, closing: str = "") -> str:
    return f'<path d="M{" L".join(at(origin, point) for point in points)}{closing}" style="{style}"/>'


def text(x: float, y: float, words: str, colour: str, weight: int = 600) -> str:
    style = f"fill:{colour};font:{weight} 14px Inter Variable,Inter,sans-serif"
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" style="{style}">{words}</text>'


def panel(origin: float, first: Matrix, second: Matrix, words: str, size: str) -> list[str]:
    grid = [path(origin, [(i, 0), (i, TOP)], f"fill:none;stroke:{LINE}") for i in range(LEFT, RIGHT + 1)]
    grid += [path(origin, [(LEFT, j), (RIGHT, j)], f"fill:none;stroke:{LINE}") for j in range(1, TOP + 1)]
    axes = [path(origin, ends, f"fill:none;stroke:{SOFT};stroke-width:1.5") for ends in ([(LEFT, 0), (RIGHT, 0)], [(0, 0), (0, TOP)])]
    image = [moved(second, moved(first, point)) for point in LETTER]
    start = path(origin, LETTER, f"fill:none;stroke:{START};stroke-width:2;stroke-dasharray:4 4", " Z")
    end = path(origin, image, f"fill:{END};fill-opacity:.22;stroke:{END};stroke-width:2.5;stroke-linejoin:round", " Z")
    ticks = [text(origin + i * UNIT, BOTTOM + 20, str(i).replace("-", "\u2212"), SOFT, 440) for i in range(LEFT, RIGHT + 1)]
    middle = origin + (LEFT + RIGHT) / 2 * UNIT
    return [*grid, *axes, start, end, *ticks, text(middle, 24, words, INK), text(middle, BOTTOM + 46, size, END)]


def draw() -> str:
    parts = [
        *panel(ORIGINS[0], TURN, STRETCH, "turn, then stretch: SR", "4 long, 1 high"),
        *panel(ORIGINS[1], STRETCH, TURN, "stretch, then turn: RS", "2 long, 2 high"),
    ]
    body = "\n".join(parts)
    size = 'viewBox="0 0 430 176" width="430" style="max-width:100%;height:auto"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
