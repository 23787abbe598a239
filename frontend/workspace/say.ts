/** What happens is said twice: politely to screen readers, and in a corner where it can be undone. */
import { one } from "../core/dom.ts";
import { coded } from "./coded.ts";

const TOAST_MS = 10_000;

/** Announce without showing. The same sentence twice in a row is announced twice. */
export function say(text: string): void {
  const region = one("[data-say]");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}

export interface Offer {
  label: string;
  act: () => void;
}

/** Show a sentence in the corner, with one thing to do about it. */
export function toast(text: string, offer?: Offer): void {
  const corner = one("[data-toasts]");
  if (!corner) return;
  const box = document.createElement("div");
  box.className = "toast";
  const sentence = document.createElement("span");
  sentence.append(...coded(text));
  box.append(sentence);
  if (offer) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = offer.label;
    button.addEventListener("click", () => {
      offer.act();
      box.remove();
    });
    box.append(button);
  }
  corner.append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}
