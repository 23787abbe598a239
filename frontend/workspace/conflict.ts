/** Two versions of one notebook: both are shown, the learner chooses, and nothing is thrown away unseen. */
import { all, around, one } from "../core/dom.ts";
import { type NbCell, type NbDocument, textOf } from "./types.ts";

/** Cells whose text differs, mine and theirs; undefined where one side does not have the cell. */
function differing(mine: NbDocument, theirs: NbDocument): [NbCell | undefined, NbCell | undefined][] {
  const others = new Map(theirs.cells.map((cell) => [cell.id, cell]));
  const pairs: [NbCell | undefined, NbCell | undefined][] = mine.cells.map((cell) => [cell, others.get(cell.id)]);
  const ids = new Set(mine.cells.map(({ id }) => id));
  for (const cell of theirs.cells) if (!ids.has(cell.id)) pairs.push([undefined, cell]);
  return pairs.filter(([a, b]) => !a || !b || textOf(a.source) !== textOf(b.source));
}

/** Theirs, and each cell of mine that differs put below its counterpart. */
function both(mine: NbDocument, theirs: NbDocument): NbDocument {
  const cells = [...theirs.cells];
  const taken = new Set(cells.map(({ id }) => id));
  for (const [own, other] of differing(mine, theirs)) {
    if (!own || !textOf(own.source).trim()) continue;
    const place = other ? cells.indexOf(other) + 1 : cells.length;
    const id = taken.has(own.id) ? `${own.id.slice(0, 50)}-mine` : own.id;
    if (taken.has(id)) continue;
    taken.add(id);
    cells.splice(place, 0, { ...own, id });
  }
  return { ...theirs, cells };
}

function column(title: string, cell: NbCell | undefined): HTMLElement {
  const box = document.createElement("div");
  const heading = document.createElement("h3");
  heading.className = "small";
  heading.textContent = title;
  const text = document.createElement("pre");
  text.className = "code";
  text.tabIndex = 0;
  text.setAttribute("aria-label", title);
  text.textContent = cell ? textOf(cell.source) : "This cell is not there.";
  box.append(heading, text);
  return box;
}

/** Ask. Without the dialog on the page, both are kept. Escape keeps both too. */
export function resolveConflict(mine: NbDocument, theirs: NbDocument): Promise<NbDocument> {
  const dialog = one<HTMLDialogElement>("[data-conflict]");
  const pairs = differing(mine, theirs);
  if (!dialog || !pairs.length) return Promise.resolve(dialog ? mine : both(mine, theirs));
  const rows = pairs.map(([own, other]) => {
    const row = document.createElement("div");
    row.className = "conflict-row";
    row.append(column("Here", own), column("Elsewhere", other));
    return row;
  });
  one("[data-conflict-cells]", dialog)?.replaceChildren(...rows);
  dialog.showModal();
  all<HTMLButtonElement>("[data-choose]", dialog)[0]?.focus();
  return new Promise((resolve) => {
    const choose = (choice: string): void => {
      dialog.onclick = dialog.oncancel = null;
      dialog.close();
      resolve(choice === "mine" ? mine : choice === "theirs" ? theirs : both(mine, theirs));
    };
    dialog.onclick = (event) => {
      event.stopPropagation(); // a click beside the dialog closes others; here a choice is needed
      const choice = around(event, "[data-choose]")?.dataset["choose"];
      if (choice) choose(choice);
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      choose("both");
    };
  });
}
