/** A two by two matrix as what it does to the plane: sliders for its entries, arrows for its columns, an area for its determinant. */
import { element } from "../core/dom.ts";
import { choice } from "./parts/choice.ts";
import { present, sentence } from "./parts/frame.ts";
import { Given, type Point } from "./parts/given.ts";
import { handle } from "./parts/handle.ts";
import { linked } from "./parts/linked.ts";
import { fixed, pair, short } from "./parts/numbers.ts";
import { Plane } from "./parts/plane.ts";
import { readouts, type Reading } from "./parts/readouts.ts";
import { slider } from "./parts/slider.ts";

const REACH = 4;
const ENTRY = 2;
const STEP = 0.1;
const LEAP = 0.5;
const LOGOS = [-3, -2, -1, 0, 1, 2];
const HELP = "Drag an arrow's tip, or use the sliders. By keyboard: arrow keys, with Shift for larger steps.";

/** The columns of the matrix: where (1, 0) and (0, 1) land. */
interface Columns {
  first: Point;
  second: Point;
}

interface Preset extends Columns {
  name: string;
}

export function mount(root: HTMLElement, data: unknown): void {
  const given = new Given(data);
  const map = linked<Columns>(readMatrix(given.get("matrix")));
  const presets = given.maybe("presets", (one) => one.each(readPreset), []);
  const tryThis = given.maybe("try", (one) => one.text(), "");

  const plane = new Plane({
    reach: REACH,
    axes: ["x", "y"],
    every: 2,
    help: HELP,
    label: "Small letters L, bent by the matrix, and its two columns as arrows",
  });
  draw(plane, map);
  const numbers = readouts(["Determinant", "Unit square's image", "(1, 0) lands on", "(0, 1) lands on"]);
  map.show((now) => numbers.set(readings(now)));
  const state = sentence();
  map.show((now) => state.say(inWords(now)));

  const beside = element("div", { class: "w-beside" }, matrix(map));
  if (presets.length) beside.append(presetButtons(map, presets));
  present(root, {
    title: "A matrix bends the plane",
    hint: "Each column says where one unit arrow lands",
    body: [element("div", { class: "w-two" }, element("div", {}, plane.element, plane.help), beside), numbers.element],
    state,
    tryThis,
  });
}

/** Entries are tenths, as on the sliders: another value could not be shown without changing it. */
function readEntry(given: Given): number {
  const value = given.number(-ENTRY, ENTRY);
  if (Math.abs(value * 10 - Math.round(value * 10)) > 1e-9) throw given.wrong("in tenths");
  return value;
}

function readMatrix(given: Given): Columns {
  const [[a, b], [c, d]] = given.pair((row) => row.pair(readEntry));
  return { first: [a, c], second: [b, d] };
}

function readPreset(given: Given): Preset {
  return { name: given.get("name").text(), ...readMatrix(given.get("matrix")) };
}

/** Rounded far below a step's square, so that a flattened plane has exactly 0. */
function determinant({ first, second }: Columns): number {
  return Number((first[0] * second[1] - second[0] * first[1]).toFixed(6)) + 0;
}

function image({ first, second }: Columns, [x, y]: Point): Point {
  return [x * first[0] + y * second[0], x * first[1] + y * second[1]];
}

function isSame(a: Columns, b: Columns): boolean {
  return pair(a.first) === pair(b.first) && pair(a.second) === pair(b.second);
}

function verdict(map: Columns): string {
  const size = determinant(map);
  if (size > 0) return "not mirrored";
  if (size < 0) return "mirrored";
  return Math.hypot(...map.first, ...map.second) ? "flattened onto a line" : "flattened onto one point";
}

function readings(map: Columns): Reading[] {
  const size = determinant(map);
  const [[a, c], [b, d]] = [map.first, map.second];
  return [
    { value: fixed(size, 2), note: `${short(a)} · ${short(d)} - ${short(b)} · ${short(c)}` },
    { value: fixed(Math.abs(size), 2), note: `area, ${verdict(map)}` },
    { value: pair(map.first), note: "first column" },
    { value: pair(map.second), note: "second column" },
  ];
}

function inWords(map: Columns): string {
  const { first, second } = map;
  const rows = `[[${short(first[0])}, ${short(second[0])}], [${short(first[1])}, ${short(second[1])}]]`;
  const size = determinant(map);
  const areas = size === 0 ? `the plane is ${verdict(map)}` : `every area is multiplied by ${short(Math.abs(size))}, ${verdict(map)}`;
  return `The matrix ${rows} takes (1, 0) to ${pair(first)} and (0, 1) to ${pair(second)}. Its determinant is ${short(size)}: ${areas}.`;
}

function draw(plane: Plane, map: ReturnType<typeof linked<Columns>>): void {
  const square = plane.path("w-square");
  const logos = plane.path("w-logos");
  const own = plane.path("w-logos is-own");
  const [drawSecond, drawFirst] = [plane.arrow("w-v"), plane.arrow("w-u")];
  const common = { step: STEP, leap: LEAP, reach: ENTRY, words: ([x, y]: Point) => `x ${short(x)}, y ${short(y)}` };
  const knobs = [
    handle(plane, { ...common, name: "Where (0, 1) lands", look: "w-v", moved: (second) => map.change({ second }) }),
    handle(plane, { ...common, name: "Where (1, 0) lands", look: "w-u", moved: (first) => map.change({ first }) }),
  ];
  map.show((now) => {
    const bent = (...points: Point[]): Point[] => points.map((point) => image(now, point));
    const logo = (x: number, y: number): Point[] => bent([x + 0.28, y + 0.78], [x + 0.28, y + 0.22], [x + 0.68, y + 0.22]);
    square(bent([0, 0], [1, 0], [1, 1], [0, 1], [0, 0]));
    logos(...LOGOS.flatMap((x) => LOGOS.map((y) => logo(x, y))));
    own(logo(0, 0));
    drawFirst(now.first);
    drawSecond(now.second);
    knobs[0]!(now.second);
    knobs[1]!(now.first);
  });
}

/** Four sliders standing as the entries stand in the matrix. */
function matrix(map: ReturnType<typeof linked<Columns>>): HTMLElement {
  const entry = (row: 0 | 1, column: "first" | "second"): HTMLElement => {
    const { element: made, set } = slider({
      label: `Row ${row + 1}, column ${column === "first" ? 1 : 2}`,
      low: -ENTRY,
      high: ENTRY,
      step: STEP,
      words: (value) => fixed(value, 1),
      moved: (value) => {
        const other = map.state[column][1 - row]!;
        map.change({ [column]: row === 0 ? [value, other] : [other, value] });
      },
    });
    map.show((now) => set(now[column][row]));
    return made;
  };
  const heads = [
    element("span", { class: "xs muted" }, element("i", { class: "w-key w-u" }), "where (1, 0) lands"),
    element("span", { class: "xs muted" }, element("i", { class: "w-key w-v" }), "where (0, 1) lands"),
  ];
  const entries = [entry(0, "first"), entry(0, "second"), entry(1, "first"), entry(1, "second")];
  return element("div", { class: "w-matrix", role: "group", "aria-label": "Entries of the matrix" }, ...heads, ...entries);
}

function presetButtons(map: ReturnType<typeof linked<Columns>>, presets: Preset[]): HTMLElement {
  const names = presets.map(({ name }) => name);
  const row = choice(
    "Matrices to start from",
    names,
    (at) => map.change({ first: presets[at]!.first, second: presets[at]!.second }),
    "w-presets",
  );
  map.show((now) => row.press(presets.findIndex((preset) => isSame(preset, now))));
  return row.element;
}
