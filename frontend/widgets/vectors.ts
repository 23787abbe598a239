/** Two arrows to turn, what their dot product says, and customers ordered by likeness to the first. */
import { element } from "../core/dom.ts";
import { choice } from "./parts/choice.ts";
import { present, sentence } from "./parts/frame.ts";
import { Given, type Point } from "./parts/given.ts";
import { handle } from "./parts/handle.ts";
import { linked } from "./parts/linked.ts";
import { glide } from "./parts/motion.ts";
import { counted, fixed, pair, short } from "./parts/numbers.ts";
import { Plane } from "./parts/plane.ts";
import { NONE, readouts, type Reading } from "./parts/readouts.ts";

const STEP = 0.5;
const LEAP = 2;
const MEASURES = ["Cosine", "Distance"];
const HELP = "Drag a tip, or click where it should go. By keyboard: arrow keys, with Shift for larger steps.";

interface Customer {
  name: string;
  at: Point;
}

interface Arrows {
  u: Point;
  v: Point;
  measure: number;
}

interface Likeness {
  customer: Customer;
  cosine: number;
  distance: number;
}

export function mount(root: HTMLElement, data: unknown): void {
  const given = new Given(data);
  const axes = given.maybe("axes", (one) => one.pair((name) => name.text()), ["x", "y"] as const);
  const customers = given.maybe("customers", (one) => one.each(readCustomer), []);
  const arrows = linked<Arrows>({ u: given.get("u").point(100), v: given.get("v").point(100), measure: 0 });
  const reach = Math.ceil(Math.max(4, ...[arrows.state.u, arrows.state.v, ...customers.map(({ at }) => at)].flat().map(Math.abs))) + 1;
  const unit = given.maybe("unit", (one) => one.text(), "");
  const tryThis = given.maybe("try", (one) => one.text(), "");

  const plane = new Plane({ reach, axes, every: reach > 12 ? 10 : 5, help: HELP, label: "The arrows u and v and the customers as points" });
  drawArrows(plane, arrows, customers, axes);
  const numbers = readouts(["Dot product u · v", "Angle", "Cosine", "Length of u", "Length of v", "Shadow of u on v"]);
  arrows.show(({ u, v }) => numbers.set(readings(u, v)));
  const state = sentence();
  arrows.show((now) => state.say(inWords(now, customers)));

  const beside = element("div", { class: "w-beside" });
  if (customers.length) beside.append(...ranking(arrows, customers, axes));
  present(root, {
    title: customers.length ? `Two arrows and ${counted(customers.length, "customer")}` : "Two arrows",
    hint: unit ? `${axes[0]} to the right, ${axes[1]} upwards, in ${unit}` : `${axes[0]} to the right, ${axes[1]} upwards`,
    body: [element("div", { class: "w-two" }, element("div", {}, plane.element, plane.help), beside), numbers.element],
    state,
    tryThis,
  });
}

function readCustomer(given: Given): Customer {
  return { name: given.get("name").text(), at: given.get("at").point(100) };
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1];
}

/** The lesson's rule: likeness to nothing is 0. Rounding may pass 1, for which there is no angle. */
function cosine(a: Point, b: Point): number {
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths ? Math.min(1, Math.max(-1, dot(a, b) / lengths)) : 0;
}

/** The angle in degrees, or nothing where an arrow has no direction. */
function angle(a: Point, b: Point): number | null {
  return Math.hypot(...a) && Math.hypot(...b) ? (Math.acos(cosine(a, b)) * 180) / Math.PI : null;
}

function shadow(u: Point, v: Point): Point {
  const share = dot(v, v) ? dot(u, v) / dot(v, v) : 0;
  return [share * v[0], share * v[1]];
}

function ranked({ u, measure }: Readonly<Arrows>, customers: Customer[]): Likeness[] {
  const rows = customers.map((customer) => ({
    customer,
    cosine: cosine(u, customer.at),
    distance: Math.hypot(u[0] - customer.at[0], u[1] - customer.at[1]),
  }));
  return rows.sort((a, b) => (measure === 0 ? b.cosine - a.cosine : a.distance - b.distance));
}

function readings(u: Point, v: Point): Reading[] {
  const degrees = angle(u, v);
  const product = dot(u, v);
  const side = product > 0 ? "below 90°: positive" : product < 0 ? "beyond 90°: negative" : "a right angle: zero";
  const noDirection = { value: NONE, note: "an arrow of length 0 has no direction" };
  return [
    { value: short(product), note: `${short(u[0])} · ${short(v[0])} + ${short(u[1])} · ${short(v[1])}` },
    degrees === null ? noDirection : { value: `${fixed(degrees, 1)}°`, note: side },
    { value: fixed(cosine(u, v), 3), note: degrees === null ? "likeness to nothing: we say 0" : "" },
    { value: fixed(Math.hypot(...u), 2) },
    { value: fixed(Math.hypot(...v), 2) },
    dot(v, v) ? { value: fixed(product / Math.hypot(...v), 2), note: `ends at ${pair(shadow(u, v))}` } : noDirection,
  ];
}

function inWords(now: Readonly<Arrows>, customers: Customer[]): string {
  const { u, v, measure } = now;
  const degrees = angle(u, v);
  const opened = degrees === null ? "one arrow has no direction, so there is no angle" : `the angle is ${fixed(degrees, 1)}°`;
  const said = `u is ${pair(u)} and v is ${pair(v)}: the dot product is ${short(dot(u, v))}, and ${opened}.`;
  const [first, second] = ranked(now, customers);
  if (!first) return said;
  const value = measure === 0 ? fixed(first.cosine, 3) : fixed(first.distance, 2);
  const runnerUp = second ? `, then ${second.customer.name}` : "";
  return `${said} By ${MEASURES[measure]!.toLowerCase()}, ${first.customer.name} is most like u (${value})${runnerUp}.`;
}

function drawArrows(
  plane: Plane,
  arrows: ReturnType<typeof linked<Arrows>>,
  customers: Customer[],
  [right, up]: readonly [string, string],
): void {
  const ground = plane.path("w-ground");
  const rest = plane.path("w-rest");
  const nearest = plane.path("w-nearest");
  const points = customers.map((customer) => {
    const point = plane.dot("w-point", customer.at);
    const isAtTheEdge = customer.at[0] > 0.7 * plane.reach;
    plane.words(isAtTheEdge ? "end" : "", customer.name)(customer.at, isAtTheEdge ? -9 : 9, 4);
    return { customer, point };
  });
  const cast = plane.arrow("w-cast");
  const [drawV, drawU] = [plane.arrow("w-v"), plane.arrow("w-u")];
  const [nameV, nameU] = [plane.words("w-letter w-v", "v"), plane.words("w-letter w-u", "u")];
  const words = ([x, y]: Point): string => `${right} ${short(x)}, ${up} ${short(y)}`;
  const common = { step: STEP, leap: LEAP, reach: plane.reach, words };
  const knobV = handle(plane, { ...common, name: "Tip of v", look: "w-v", moved: (v) => arrows.change({ v }) });
  const knobU = handle(plane, { ...common, name: "Tip of u, the query arrow", look: "w-u", moved: (u) => arrows.change({ u }) });

  arrows.show((now) => {
    const { u, v, measure } = now;
    const long = (4 * plane.reach) / (Math.hypot(...v) || 1);
    ground([[-long * v[0], -long * v[1]], [long * v[0], long * v[1]]]); // prettier-ignore
    rest([u, shadow(u, v)]);
    cast(shadow(u, v));
    drawU(u);
    drawV(v);
    nameU(u, ...besideTip(u));
    nameV(v, ...besideTip(v));
    knobU(u);
    knobV(v);
    const best = ranked(now, customers)[0]?.customer;
    for (const { customer, point } of points) point.setAttribute("class", customer === best ? "w-point is-best" : "w-point");
    nearest(best ? [measure === 0 ? [0, 0] : u, best.at] : []);
  });
}

/** Where an arrow's letter does not lie on the arrow: further out, in pixels. */
function besideTip([x, y]: Point): [number, number] {
  const length = Math.hypot(x, y) || 1;
  return [(x / length) * 20 - 5, (-y / length) * 20 + 6];
}

function ranking(arrows: ReturnType<typeof linked<Arrows>>, customers: Customer[], axes: readonly [string, string]): Node[] {
  const toggle = choice("Order customers by", MEASURES, (measure) => arrows.change({ measure }));
  const heads = MEASURES.map((name) => element("th", { scope: "col", class: "r" }, name.toLowerCase()));
  const rows = new Map(
    customers.map((customer) => {
      const cells = [element("td", { class: "r" }), element("td", { class: "r" })];
      const place = element("td", { class: "r faint" });
      const name = element("th", { scope: "row" }, customer.name);
      return [customer, { cells, place, row: element("tr", {}, place, name, element("td", {}, pair(customer.at)), ...cells) }];
    }),
  );
  const body = element("tbody");
  const titles = element(
    "tr",
    {},
    element("td"),
    element("th", { scope: "col" }, "customer"),
    element("th", { scope: "col" }, axes.join(", ")),
  );
  titles.append(...heads);
  arrows.show((now) => {
    toggle.press(now.measure);
    heads.forEach((head, at) => {
      if (at === now.measure) head.setAttribute("aria-sort", at === 0 ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const order = ranked(now, customers).map((likeness, at) => {
      const { cells, place, row } = rows.get(likeness.customer)!;
      place.textContent = String(at + 1);
      cells[0]!.textContent = fixed(likeness.cosine, 3);
      cells[1]!.textContent = fixed(likeness.distance, 2);
      return row;
    });
    if (order.some((row, at) => body.children[at] !== row)) glide(order, () => body.replaceChildren(...order));
  });
  const caption = element("caption", { class: "vh" }, "Customers, most like u first");
  const label = element("span", { class: "xs faint" }, "Most like u, by");
  return [
    element("div", { class: "w-choose" }, label, toggle.element),
    element("table", { class: "w-table" }, caption, element("thead", {}, titles), body),
  ];
}
