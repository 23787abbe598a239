import { element } from "../../core/dom.ts";
import type { Point } from "./given.ts";
import type { Plane } from "./plane.ts";

export interface HandleOptions {
  name: string;
  look: string;
  /** A point stays on multiples of the step; Shift and the page keys go by the leap. */
  step: number;
  leap: number;
  /** How far from zero it may go, to each side. */
  reach: number;
  /** Where it is, in words. */
  words: (at: Point) => string;
  moved: (to: Point) => void;
}

const KEYS: Record<string, Point> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * A point on a plane that is moved by dragging, by a click where it should go, or by the arrow keys. Returns what puts it in its place.
 *
 * It is a slider to screen readers, which then hand the arrow keys on; `aria-valuetext` says both coordinates.
 */
export function handle(plane: Plane, { name, look, step, leap, reach, words, moved }: HandleOptions): (at: Point) => void {
  let here: Point = [0, 0];
  const knob = element("div", {
    class: `w-handle ${look}`,
    role: "slider",
    tabindex: "0",
    "aria-label": name,
    "aria-describedby": plane.help.id,
    "aria-valuemin": `${-reach}`,
    "aria-valuemax": `${reach}`,
  });
  const settle = (value: number): number => {
    const inside = Math.min(reach, Math.max(-reach, value));
    return Number((Math.round(inside / step) * step).toFixed(6));
  };
  const go = ([x, y]: Point): void => {
    plane.active = go;
    moved([settle(x), settle(y)]);
  };
  plane.active ??= go;

  knob.addEventListener("keydown", (event) => {
    const page = { PageUp: leap, PageDown: -leap }[event.key];
    const [right, up] = KEYS[event.key] ?? [0, 0];
    if (!page && !right && !up) return;
    event.preventDefault();
    const by = event.shiftKey ? leap : step;
    go([here[0] + right * by, here[1] + up * by + (page ?? 0)]);
  });
  knob.addEventListener("pointerdown", (event) => {
    const [x, y] = plane.at(event);
    const grip = [here[0] - x, here[1] - y] as const; // it does not jump under a finger that met its edge
    const drag = (move: PointerEvent): void => {
      const [toX, toY] = plane.at(move);
      go([toX + grip[0], toY + grip[1]]);
    };
    plane.active = go;
    knob.setPointerCapture(event.pointerId);
    knob.addEventListener("pointermove", drag);
    knob.addEventListener("lostpointercapture", () => knob.removeEventListener("pointermove", drag), { once: true });
  });
  plane.element.append(knob);

  return (at) => {
    here = at;
    knob.style.left = `${((at[0] + plane.reach) / (2 * plane.reach)) * 100}%`;
    knob.style.top = `${((plane.reach - at[1]) / (2 * plane.reach)) * 100}%`;
    knob.setAttribute("aria-valuenow", String(at[0]));
    knob.setAttribute("aria-valuetext", words(at));
  };
}
