"""Draws shadow.svg: the projection of u = (5, 5) on the line through onto = (4, 2).

Colours are the page's own variables, with the light theme's values for a viewer that has none.
Run: python shadow.py
"""

from pathlib import Path

UNIT, LEFT, BOTTOM = 52, 46, 306  # pixels of one unit, and the place of the origin
INK, SOFT, LINE = "var(--ink, #1d1b18)", "var(--ink-2, #55504a)", "var(--line, #e3ddd2)"
U, SHADOW, REST = "var(--accent, #2f4fc4)", "var(--stage-1, #1d6a86)", "var(--warn, #8f5606)"


def at(x: float, y: float) -> str:
    return f"{LEFT + x * UNIT:g},{BOTTOM - y * UNIT:g}"


def line(a: tuple[float, float], b: tuple[float, float], style: str) -> str:
    return f'<path d="M{at(*a)} L{at(*b)}" style="fill:none;{style}"/>'


def arrow(tip: tuple[float, float], colour: str, width: float = 3) -> str:
    """An arrow from the origin, its head drawn as a filled triangle."""
    length = (tip[0] ** 2 + tip[1] ** 2) ** 0.5
    ux, uy = tip[0] / length, tip[1] / length
    deep, wide = 0.2 + 0.02 * width, 0.06 + 0.02 * width
    neck = (tip[0] - deep * ux, tip[1] - deep * uy)
    sides = ((neck[0] - wide * uy, neck[1] + wide * ux), (neck[0] + wide * uy, neck[1] - wide * ux))
    head = f'<path d="M{at(*tip)} L{at(*sides[0])} L{at(*sides[1])} Z" style="fill:{colour}"/>'
    return line((0, 0), neck, f"stroke:{colour};stroke-width:{width}") + head


def text(x: float, y: float, words: str, colour: str = INK, anchor: str = "start", weight: int = 600) -> str:
    px, py = at(x, y).split(",")
    style = f"fill:{colour};font:{weight} 14px Inter Variable,Inter,sans-serif"
    return f'<text x="{px}" y="{py}" text-anchor="{anchor}" style="{style}">{words}</text>'


def draw() -> str:
    grid = [line((i, 0), (i, 5.5), f"stroke:{LINE}") for i in range(8)] + [line((0, j), (7.3, j), f"stroke:{LINE}") for j in range(6)]
    axes = [line((0, 0), (7.3, 0), f"stroke:{SOFT};stroke-width:1.5"), line((0, 0), (0, 5.5), f"stroke:{SOFT};stroke-width:1.5")]
    ticks = [text(i, -0.4, str(i), SOFT, "middle", 440) for i in range(8)] + [text(-0.22, j - 0.1, str(j), SOFT, "end", 440) for j in range(1, 6)]
    ground = line((0, 0), (7.3, 3.65), f"stroke:{SOFT};stroke-width:1.5;stroke-dasharray:2 5")
    rest = line((6, 3), (5, 5), f"stroke:{REST};stroke-width:2.5;stroke-dasharray:7 5")
    # A little square of side 0.28 in the corner: along (-2, -1) and (-1, 2), each of length 0.28.
    s = 0.28 / 5**0.5
    corner = f'<path d="M{at(6 - 2 * s, 3 - s)} L{at(6 - 3 * s, 3 + s)} L{at(6 - s, 3 + 2 * s)}" style="fill:none;stroke:{INK};stroke-width:1.5"/>'
    words = [
        text(2.05, 2.75, "u = (5, 5)", U, "end"),
        text(5.75, 4.25, "left over", REST),
        text(5.75, 3.9, "(\u22121, 2)", REST),
        text(2.2, 0.62, "shadow (6, 3)", SHADOW),
        text(4.2, 1.68, "onto = (4, 2)", INK),
    ]
    onto_mark = f'<circle cx="{at(4, 2).split(",")[0]}" cy="{at(4, 2).split(",")[1]}" r="5.5" style="fill:{INK}"/>'
    parts = [*grid, *axes, *ticks, ground, rest, corner, arrow((6, 3), SHADOW, 6), arrow((5, 5), U), onto_mark, *words]
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 450 340" width="450" style="max-width:100%;height:auto">\n{body}\n</svg>\n'


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(draw(), encoding="utf-8")
