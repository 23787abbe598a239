import { element } from "../../core/dom.ts";

/** A few buttons of which one or none is pressed; `look` is the class of the row. */
export function choice(
  label: string,
  names: string[],
  chosen: (place: number) => void,
  look = "seg",
): { element: HTMLElement; press(place: number): void } {
  const buttons = names.map((name, place) => {
    const button = element("button", { type: "button", class: look === "seg" ? "" : "btn sm" }, name);
    button.addEventListener("click", () => chosen(place));
    return button;
  });
  return {
    element: element("div", { class: look, role: "group", "aria-label": label }, ...buttons),
    press: (place) => buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === place))),
  };
}
