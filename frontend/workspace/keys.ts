/** Keys outside of the editors. Single letters work only while nobody types, and can be turned off. */
import { isTyping, one } from "../core/dom.ts";
import type { Autosave } from "./autosave.ts";
import type { Grading } from "./grading.ts";
import type { Notebook } from "./notebook.ts";

const LETTERS_OFF = "cairn:letters-off";

export function startKeys(notebook: Notebook, grading: Grading, autosave: Autosave): void {
  const box = one<HTMLInputElement>("[data-letters]");
  if (box) {
    box.checked = localStorage.getItem(LETTERS_OFF) === null;
    box.addEventListener("change", () => {
      if (box.checked) localStorage.removeItem(LETTERS_OFF);
      else localStorage.setItem(LETTERS_OFF, "1");
    });
  }
  const letters: Record<string, () => void> = {
    a: () => notebook.add("code", notebook.current, true),
    b: () => notebook.add("code", notebook.current),
    j: () => notebook.step(1),
    k: () => notebook.step(-1),
    Enter: () => notebook.current && notebook.editor(notebook.current).focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || one("dialog[open]")) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (isMod && event.key === "Enter") return act(event, () => grading.check());
    if (isMod && event.key === "s") return act(event, () => void autosave.now());
    if (event.shiftKey && event.key === "Enter" && notebook.current) return act(event, () => grading.runTo(notebook.current!));
    if (isMod || event.altKey || isTyping(event) || (box && !box.checked)) return;
    const isControl = event.target instanceof Element && event.target.closest("button, a, summary");
    const letter = letters[event.key];
    if (letter && !(event.key === "Enter" && isControl)) act(event, letter);
  });
}

function act(event: KeyboardEvent, done: () => void): void {
  event.preventDefault();
  done();
}
