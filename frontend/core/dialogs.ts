import { all, around, one } from "./dom.ts";

/** `<a data-open="id" href="…">` opens the dialog of that id; without script, the link goes to a page with the same form. */
function openDialog(event: MouseEvent): void {
  const opener = around(event, "[data-open]");
  const dialog = opener && one<HTMLDialogElement>(`dialog#${opener.dataset["open"]}`);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
}

function closeDialog(event: MouseEvent): void {
  if (around(event, "[data-close]")) around<HTMLDialogElement>(event, "dialog")?.close();
  else if (event.target instanceof HTMLDialogElement) event.target.close();
}

/** Menus are `<details data-menu>`: they close on Escape and on a click elsewhere. */
function closeMenus(except: Element | null = null): void {
  for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) if (menu !== except) menu.open = false;
}

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    openDialog(event);
    closeDialog(event);
    closeMenus(around(event, "details[data-menu]"));
    around(event, "[data-dismiss]")?.closest(".toast, .banner")?.remove();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = one<HTMLDetailsElement>("details[data-menu][open]");
    closeMenus();
    menu?.querySelector("summary")?.focus();
  });
}
