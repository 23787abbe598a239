/** Which matrices can be multiplied: pick a left and a right one, and see the join, or why it is refused. */
import { element } from "../core/dom.ts";
import { present, sentence } from "./parts/frame.ts";
import { Given } from "./parts/given.ts";
import { freshId } from "./parts/ids.ts";
import { linked } from "./parts/linked.ts";
import { bounce, glide } from "./parts/motion.ts";
import { counted } from "./parts/numbers.ts";
import { NONE, readouts, type Reading } from "./parts/readouts.ts";

const LARGEST = 100_000;
const MOST_LINES = 16;
const MOVES_FROM = 4;
const ROOT = 0.4;

interface Matrix {
  name: string;
  rows: number;
  columns: number;
}

interface Join {
  left: number;
  right: number;
}

type Side = keyof Join;
type Joined = ReturnType<typeof linked<Join>>;

export function mount(root: HTMLElement, data: unknown): void {
  const given = new Given(data);
  const matrices = given.get("matrices").each(readMatrix);
  const tryThis = given.maybe("try", (one) => one.text(), "");
  const task = given.maybe("task", (one) => one.text(), "");
  const join = linked<Join>({ left: 0, right: matrices.length > 1 ? 1 : 0 });

  const blocks = { left: block(), right: block(), result: block() };
  const stage = drawing(join, matrices, blocks);
  const numbers = readouts(["Inner sizes", "Shape of the result", "Multiplications"]);
  const state = sentence();
  join.show(({ left, right }) => {
    numbers.set(readings(matrices[left]!, matrices[right]!));
    state.say(inWords(matrices[left]!, matrices[right]!));
  });
  const body: Node[] = [fields(join, matrices), tray(join, matrices, blocks), stage, numbers.element];
  present(root, {
    title: "Which join holds?",
    hint: "Left @ right. Choose in the lists, or drag a matrix onto a place",
    body: task ? [element("p", { class: "w-task" }, task), ...body] : body,
    state,
    tryThis,
  });
}

function readMatrix(given: Given): Matrix {
  return {
    name: given.get("name").text(),
    rows: given.get("rows").whole(1, LARGEST),
    columns: given.get("columns").whole(1, LARGEST),
  };
}

function meets(left: Matrix, right: Matrix): boolean {
  return left.columns === right.rows;
}

function shape({ rows, columns }: Pick<Matrix, "rows" | "columns">): string {
  return `${rows.toLocaleString("en")} × ${columns.toLocaleString("en")}`;
}

function product(left: Matrix, right: Matrix): Matrix {
  return { name: `${left.name} @ ${right.name}`, rows: left.rows, columns: right.columns };
}

function readings(left: Matrix, right: Matrix): Reading[] {
  const inner = `${left.columns.toLocaleString("en")} and ${right.rows.toLocaleString("en")}`;
  if (!meets(left, right))
    return [
      { value: inner, note: "✕ do not meet" },
      { value: NONE, note: "refused" },
      { value: NONE, note: "refused" },
    ];
  const steps = [left.rows, right.columns, left.columns].map((size) => size.toLocaleString("en"));
  return [
    { value: inner, note: "✓ meet" },
    { value: shape(product(left, right)), note: "outer sizes" },
    { value: (left.rows * right.columns * left.columns).toLocaleString("en"), note: steps.join(" · ") },
  ];
}

function inWords(left: Matrix, right: Matrix): string {
  const asked = `${left.name} (${shape(left)}) @ ${right.name} (${shape(right)})`;
  if (meets(left, right)) {
    const count = left.rows * right.columns * left.columns;
    return `${asked}: the inner sizes are both ${left.columns.toLocaleString("en")}. The result is ${shape(product(left, right))} and takes ${counted(count, "multiplication")}.`;
  }
  const row = `a row of ${left.name} has ${counted(left.columns, "number")}`;
  const column = `a column of ${right.name} has ${right.rows.toLocaleString("en")}`;
  return `${asked} is refused: ${row}, but ${column}, so there is no dot product.`;
}

function fields(join: Joined, matrices: Matrix[]): HTMLElement {
  const field = (side: Side, label: string): HTMLElement => {
    const id = freshId();
    const options = matrices.map((matrix, at) => element("option", { value: `${at}` }, `${matrix.name} (${shape(matrix)})`));
    const select = element("select", { class: "input", id }, ...options);
    select.addEventListener("change", () => join.change({ [side]: Number(select.value) }));
    join.show((now) => (select.value = `${now[side]}`));
    return element("div", { class: "field" }, element("label", { for: id }, label), select);
  };
  const swap = element("button", { type: "button", class: "btn" }, "Swap");
  swap.addEventListener("click", () => join.change({ left: join.state.right, right: join.state.left }));
  return element("div", { class: "w-fields" }, field("left", "Left"), field("right", "Right"), swap);
}

interface Block {
  place: HTMLElement;
  rows: HTMLElement;
  columns: HTMLElement;
  draw(matrix: Matrix | null, most: number): void;
}

/** A matrix as a box of its proportions, in cells where they can be told apart. */
function block(): Block {
  const [name, rows, columns] = [
    element("span", { class: "w-block-name" }),
    element("span", { class: "w-rows" }),
    element("span", { class: "w-columns" }),
  ];
  const box = element("div", { class: "w-box" });
  const sized = element("div", { class: "w-sized" }, columns, rows, box);
  const place = element("div", { class: "w-block" }, name, sized);
  return {
    place,
    rows,
    columns,
    draw(matrix, most) {
      place.classList.toggle("is-empty", matrix === null);
      name.textContent = matrix?.name ?? "no product";
      rows.textContent = matrix?.rows.toLocaleString("en") ?? "";
      columns.textContent = matrix?.columns.toLocaleString("en") ?? "";
      const [down, across] = [matrix?.rows ?? 1, matrix?.columns ?? 1];
      box.style.setProperty("--down", String(drawn(down, most)));
      box.style.setProperty("--across", String(drawn(across, most)));
      box.style.setProperty("--lines-down", String(down <= MOST_LINES ? down : 1));
      box.style.setProperty("--lines-across", String(across <= MOST_LINES ? across : 1));
    },
  };
}

/** Length of a side as a share of the longest. Large sizes are drawn to a root, so that small ones stay visible and equal ones equal. */
function drawn(size: number, most: number): number {
  return (size / most) ** (most > MOST_LINES ? ROOT : 1);
}

function drawing(join: Joined, matrices: Matrix[], { left, right, result }: Record<Side | "result", Block>): HTMLElement {
  const meeting = element("span", { class: "w-meet" });
  const place = element(
    "div",
    { class: "w-join", "aria-hidden": "true" },
    left.place,
    meeting,
    right.place,
    element("span", {}, "="),
    result.place,
  );
  left.columns.classList.add("w-inner");
  right.rows.classList.add("w-inner");
  let isFirst = true;
  join.show((now) => {
    const [a, b] = [matrices[now.left]!, matrices[now.right]!];
    const fits = meets(a, b);
    const most = Math.max(a.rows, a.columns, b.rows, b.columns);
    left.draw(a, most);
    right.draw(b, most);
    result.draw(fits ? product(a, b) : null, most);
    place.classList.toggle("is-refused", !fits);
    meeting.textContent = fits ? "@" : "✕";
    if (!fits && !isFirst) bounce(right.place);
    isFirst = false;
  });
  return place;
}

/** The matrices as cards that can be dragged onto a place; the lists above do the same by keyboard. */
function tray(join: Joined, matrices: Matrix[], { left, right }: Record<Side, Block>): HTMLElement {
  const cards = matrices.map((matrix, at) => {
    const card = element("li", {}, element("b", {}, matrix.name), ` ${shape(matrix)}`);
    draggable(card, { left: left.place, right: right.place }, (side) => join.change({ [side]: at }));
    return card;
  });
  return element("ul", { class: "w-tray", "aria-label": "Matrices" }, ...cards);
}

function draggable(card: HTMLElement, places: Record<Side, HTMLElement>, dropped: (side: Side) => void): void {
  const over = (event: PointerEvent): Side | undefined =>
    (["left", "right"] as const).find((side) => {
      const box = places[side].getBoundingClientRect();
      return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    });
  card.addEventListener("pointerdown", (start) => {
    if (start.button !== 0) return;
    const move = (event: PointerEvent): void => {
      const [dx, dy] = [event.clientX - start.clientX, event.clientY - start.clientY];
      card.classList.toggle("is-dragged", Math.hypot(dx, dy) > MOVES_FROM);
      card.style.translate = `${dx}px ${dy}px`;
      for (const side of ["left", "right"] as const) places[side].classList.toggle("is-over", over(event) === side);
    };
    const drop = (event: PointerEvent): void => {
      const side = over(event);
      if (side && event.type === "pointerup") dropped(side);
    };
    card.setPointerCapture(start.pointerId);
    card.addEventListener("pointermove", move);
    card.addEventListener("pointerup", drop, { once: true });
    card.addEventListener(
      "lostpointercapture",
      () => {
        card.removeEventListener("pointermove", move);
        card.removeEventListener("pointerup", drop);
        card.classList.remove("is-dragged");
        for (const place of Object.values(places)) place.classList.remove("is-over");
        glide([card], () => (card.style.translate = ""));
      },
      { once: true },
    );
  });
}
