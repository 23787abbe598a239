import { element } from "../../core/dom.ts";

export interface Reading {
  value: string;
  /** A second line in small print: how it comes about, or why there is no value. */
  note?: string;
}

/** Shown where a number does not exist; its note says why. */
export const NONE = "–";

/** A row of named numbers that change in place. */
export function readouts(names: string[]): { element: HTMLElement; set(readings: Reading[]): void } {
  const boxes = names.map((name) => {
    const value = element("b", { class: "num" });
    const note = element("span", { class: "xs muted" });
    return { value, note, box: element("div", { class: "w-big" }, element("span", { class: "xs faint" }, name), value, note) };
  });
  return {
    element: element("div", { class: "w-grid", "data-of": `${names.length}` }, ...boxes.map(({ box }) => box)),
    set(readings) {
      boxes.forEach(({ value, note }, place) => {
        value.textContent = readings[place]?.value ?? NONE;
        note.textContent = readings[place]?.note ?? "";
      });
    },
  };
}
