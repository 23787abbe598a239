import { around } from "./dom.ts";
import { send } from "./csrf.ts";

const root = document.documentElement;

function isDark(): boolean {
  return root.dataset["theme"] ? root.dataset["theme"] === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The switch is a form that works without script; with it the page changes at once and the choice is sent behind. */
export function startTheme(): void {
  document.addEventListener("submit", (event) => {
    const form = around<HTMLFormElement>(event, "form[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const theme = isDark() ? "light" : "dark";
    root.dataset["theme"] = theme;
    const fields = new FormData(form);
    fields.set("theme", theme);
    void send(form.action, fields);
  });
}
