/** What every widget has around it: a title, its state in a sentence, the "try this" line, and the words that stood there without script. */
import { element, one } from "../../core/dom.ts";
import { svg } from "./svg.ts";

const CALM_MS = 400;
const POINTER = [
  "M14 4.1 12 6",
  "m5.1 8-2.9-.8",
  "m6 12-1.9 2",
  "M7.2 2.2 8 5.1",
  "M9.037 9.69a.498.498 0 0 1 .653-.653l11 4.5a.5.5 0 0 1-.074.949l-4.349 1.041a1 1 0 0 0-.74.739l-1.04 4.35a.5.5 0 0 1-.95.074z",
];

export interface Sentence {
  element: HTMLElement;
  /** The first sentence stands at once; later ones once the state has been calm for a moment, so that a drag is not read out step by step. */
  say(text: string): void;
}

export function sentence(): Sentence {
  const place = element("p", { class: "w-state", role: "status" });
  let waiting = 0;
  return {
    element: place,
    say(text) {
      clearTimeout(waiting);
      if (!place.textContent) place.textContent = text;
      else waiting = setTimeout(() => (place.textContent = text), CALM_MS);
    },
  };
}

export interface View {
  title: string;
  hint: string;
  body: Node[];
  state: Sentence;
  /** The author's "try this" line; empty when there is none. */
  tryThis: string;
}

/** Put a finished view in the place of the fallback, which stays within reach under "The numbers in words". */
export function present(root: HTMLElement, view: View): void {
  const words = one("[data-fallback]", root);
  const head = element("div", {}, element("h3", {}, view.title), element("p", { class: "xs faint" }, view.hint));
  const shown: Node[] = [element("header", { class: "w-head" }, head, interactive()), ...view.body, view.state.element];
  if (view.tryThis) shown.push(element("figcaption", { class: "w-try" }, element("b", {}, "Try this"), ` ${view.tryThis}`));
  if (words) shown.push(element("details", { class: "in-words" }, element("summary", {}, "The numbers in words"), words));
  root.setAttribute("aria-label", view.title);
  root.replaceChildren(...shown);
}

function interactive(): HTMLElement {
  const icon = svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, ...POINTER.map((d) => svg("path", { d })));
  return element("span", { class: "chip info" }, icon, "Interactive");
}
