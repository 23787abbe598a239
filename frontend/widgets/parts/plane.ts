/** A square piece of the plane around zero, as SVG, and things on it that can be redrawn. One unit of the drawing is about one pixel. */
import { element } from "../../core/dom.ts";
import type { Point } from "./given.ts";
import { freshId } from "./ids.ts";
import { svg } from "./svg.ts";

const SIZE = 340;
const HEAD = 11;

export interface PlaneOptions {
  /** Shown is everything from -reach to reach, to both sides. */
  reach: number;
  label: string;
  axes: readonly [string, string];
  /** Numbers along the axes stand at multiples of this. */
  every: number;
  /** How points on it are moved, in a sentence. */
  help: string;
}

export class Plane {
  readonly element: HTMLElement;
  readonly help: HTMLElement;
  readonly reach: number;
  /** Takes a place where somebody clicked on nothing in particular: set by the handle used last. */
  active: ((at: Point) => void) | null = null;
  private readonly drawing: SVGSVGElement;

  constructor({ reach, label, axes, every, help }: PlaneOptions) {
    this.reach = reach;
    this.drawing = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": label });
    this.help = element("p", { class: "w-help xs faint", id: freshId() }, help);
    this.element = element("div", { class: "w-plane" }, this.drawing);
    this.element.addEventListener("click", (event) => {
      if (!(event.target as Element).closest(".w-handle")) this.active?.(this.at(event));
    });
    this.lay(every, axes);
  }

  x(value: number): number {
    return ((value + this.reach) / (2 * this.reach)) * SIZE;
  }

  y(value: number): number {
    return ((this.reach - value) / (2 * this.reach)) * SIZE;
  }

  /** Where on the plane an event happened. */
  at({ clientX, clientY }: MouseEvent): Point {
    const box = this.drawing.getBoundingClientRect();
    const along = (clientX - box.x) / box.width;
    const down = (clientY - box.y) / box.height;
    return [(2 * along - 1) * this.reach, (1 - 2 * down) * this.reach];
  }

  /** Draw a path through points; called again, it moves. */
  path(look: string): (...strokes: Point[][]) => void {
    const made = this.add(svg("path", { class: look }));
    return (...strokes) => made.setAttribute("d", strokes.map((stroke) => this.trace(stroke)).join(""));
  }

  /** An arrow from zero to a tip. */
  arrow(look: string): (tip: Point) => void {
    const shaft = this.add(svg("path", { class: `w-shaft ${look}` }));
    const head = this.add(svg("path", { class: `w-head-of ${look}` }));
    return (tip) => {
      const [x, y] = [this.x(tip[0]), this.y(tip[1])];
      const [dx, dy] = [x - this.x(0), y - this.y(0)];
      const length = Math.hypot(dx, dy);
      const [ux, uy] = length ? [(dx / length) * HEAD, (dy / length) * HEAD] : [0, 0];
      const [nx, ny] = [x - ux, y - uy];
      shaft.setAttribute("d", `M${this.x(0)},${this.y(0)}L${length > HEAD ? nx : x},${length > HEAD ? ny : y}`);
      head.setAttribute("d", length ? `M${x},${y}L${nx - uy / 2},${ny + ux / 2}L${nx + uy / 2},${ny - ux / 2}Z` : "");
    };
  }

  dot(look: string, [x, y]: Point, radius = 4): SVGCircleElement {
    return this.add(svg("circle", { class: look, cx: this.x(x), cy: this.y(y), r: radius }));
  }

  /** Words beside a point, `right` and `down` pixels away from it. */
  words(look: string, text: string): (at: Point, right?: number, down?: number) => void {
    const made = this.add(svg("text", { class: look }, text));
    return ([x, y], right = 0, down = 0) => {
      made.setAttribute("x", String(this.x(x) + right));
      made.setAttribute("y", String(this.y(y) + down));
    };
  }

  private add<E extends SVGElement>(made: E): E {
    this.drawing.append(made);
    return made;
  }

  private trace(stroke: Point[]): string {
    return stroke.map(([x, y], place) => `${place ? "L" : "M"}${this.x(x).toFixed(2)},${this.y(y).toFixed(2)}`).join("");
  }

  private lay(every: number, [right, up]: readonly [string, string]): void {
    const { reach } = this;
    const steps = Array.from({ length: 2 * Math.floor(reach) + 1 }, (_, place) => place - Math.floor(reach));
    this.path("w-lines")(...steps.flatMap((at): Point[][] => [[[at, -reach], [at, reach]], [[-reach, at], [reach, at]]])); // prettier-ignore
    this.path("w-axes")([[-reach, 0], [reach, 0]], [[0, -reach], [0, reach]]); // prettier-ignore
    for (const at of steps.filter((step) => step && step % every === 0 && Math.abs(step) < reach)) {
      this.words("w-tick mid", String(at))([at, 0], 0, 13);
      this.words("w-tick end", String(at))([0, at], -5, 4);
    }
    this.words("w-axis end", right)([reach, 0], -4, 14);
    this.words("w-axis", up)([0, reach], 6, 12);
  }
}
