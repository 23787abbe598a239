import { around } from "./dom.ts";

/** `<button data-copy>` in a code block copies the block's text. */
export function startCopy(): void {
  document.addEventListener("click", async (event) => {
    const button = around<HTMLButtonElement>(event, "[data-copy]");
    const code = button?.closest(".code-block")?.querySelector("pre");
    if (!button || !code) return;
    await navigator.clipboard.writeText(code.textContent ?? "");
    const label = button.querySelector("span") ?? button;
    const before = label.textContent;
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = before), 2000);
  });
}
