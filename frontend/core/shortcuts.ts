import { isTyping, one } from "./dom.ts";

let pending = "";

/** `g` then the letter of a link with `data-go="t"` goes there; `?` opens the list of shortcuts. Off while typing. */
export function startShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "?") one<HTMLDialogElement>("dialog#shortcuts")?.showModal();
    if (pending === "g") one<HTMLAnchorElement>(`a[data-go="${CSS.escape(event.key)}"]`)?.click();
    pending = event.key;
    setTimeout(() => (pending = ""), 1200);
  });
}
