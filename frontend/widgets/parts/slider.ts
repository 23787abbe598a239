import { element } from "../../core/dom.ts";
import { freshId } from "./ids.ts";

const LEAP = 10;

export interface SliderOptions {
  label: string;
  low: number;
  high: number;
  step: number;
  /** The value in words, shown beside the label and read out with it. */
  words: (value: number) => string;
  moved: (value: number) => void;
}

export interface Slider {
  element: HTMLElement;
  set(value: number): void;
}

/** A real range input with its label and live value. Arrow keys move it by a step, with Shift by ten. */
export function slider({ label, low, high, step, words, moved }: SliderOptions): Slider {
  const id = freshId();
  const input = element("input", { type: "range", id, min: `${low}`, max: `${high}`, step: `${step}` });
  // Not an <output>: that is a live region, and the input says its value itself.
  const value = element("span", { class: "w-value num", "aria-hidden": "true" });
  const set = (to: number): void => {
    input.value = `${to}`;
    value.textContent = words(to);
    input.setAttribute("aria-valuetext", words(to));
  };
  const read = (): number => Number(input.valueAsNumber.toFixed(6));
  input.addEventListener("input", () => moved(read()));
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by || !event.shiftKey) return;
    event.preventDefault();
    input.value = `${read() + by * LEAP * step}`;
    moved(read());
  });
  const names = element("div", { class: "w-slider-names" }, element("label", { for: id }, label), value);
  return { element: element("div", { class: "w-slider" }, names, input), set };
}
