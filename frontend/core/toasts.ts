import { one } from "./dom.ts";

/** Say something in a corner of the page, politely: for what happens away from where the person looks. */
export function toast(text: string): void {
  const corner = one(".toasts");
  if (!corner) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  corner.append(box);
  setTimeout(() => box.remove(), 8000);
}
