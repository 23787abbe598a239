/** The notebook on the page. The form's fields hold the text and the order of the cells is the document's: there is no second copy. */
import { all, around, one } from "../core/dom.ts";
import { CellEditor } from "./editor.ts";
import { sendJson } from "./http.ts";
import { say, toast } from "./say.ts";
import { type CellKind, type NbCell, type NbDocument, textOf } from "./types.ts";

const EDITORS_AT_ONCE = 40; // more cells than that get their editor when they come near the screen

interface Metadata {
  notebook: Omit<NbDocument, "cells">;
  cells: Record<string, Record<string, unknown>>;
}

export interface NotebookEvents {
  changed: () => void;
  run: (cell: HTMLElement) => void;
  check: () => void;
  save: () => void;
}

export class Notebook {
  /** Set by those who care; each is called on the learner's doing. */
  readonly on: NotebookEvents = { changed: () => {}, run: () => {}, check: () => {}, save: () => {} };
  private readonly place: HTMLElement;
  private readonly editors = new WeakMap<HTMLElement, CellEditor>();
  private readonly metadata: Metadata;
  private readonly isPlain: boolean;
  private readonly nonce: string;
  private readonly previewUrl: string;
  private readonly nearing: IntersectionObserver;

  constructor(form: HTMLFormElement) {
    this.place = one("[data-cells]", form)!;
    this.metadata = JSON.parse(one("#notebook-metadata")?.textContent ?? "{}") as Metadata;
    this.isPlain = form.dataset["plain"] === "yes";
    this.nonce = form.dataset["nonce"] ?? "";
    this.previewUrl = form.dataset["previewUrl"] ?? "";
    this.nearing = new IntersectionObserver((entries) => this.enrichNear(entries), { rootMargin: "800px" });
    for (const cell of this.cells) this.adopt(cell);
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("focusin", (event) => this.mark(around(event, "[data-cell]")));
    form.addEventListener("toggle", (event) => void this.textToggled(event), true);
    form.addEventListener("dblclick", (event) => this.openText(event));
  }

  get cells(): HTMLElement[] {
    return all("[data-cell]", this.place);
  }

  get current(): HTMLElement | null {
    return one("[data-cell].focus", this.place);
  }

  cell(id: string): HTMLElement | null {
    return one(`[data-id="${CSS.escape(id)}"]`, this.place);
  }

  editor(cell: HTMLElement): CellEditor {
    return this.editors.get(cell)!;
  }

  focus(cell: HTMLElement | null | undefined): void {
    if (!cell) return;
    const details = one<HTMLDetailsElement>("[data-text-edit]", cell);
    if (cell.dataset["kind"] !== "code" && !details?.open) {
      (one("summary", cell) ?? one("button", cell))?.focus();
      this.mark(cell);
    } else this.editor(cell).focus();
    cell.scrollIntoView({ block: "nearest" });
  }

  /** The notebook as it stands, nbformat 4. Outputs stay out: they belong to the run that made them. */
  toJson(): NbDocument {
    return { ...this.metadata.notebook, cells: this.cells.map((cell) => this.cellJson(cell)) };
  }

  private cellJson(cell: HTMLElement): NbCell {
    const id = cell.dataset["id"] ?? "";
    const kind = (cell.dataset["kind"] ?? "code") as CellKind;
    const made: NbCell = { id, cell_type: kind, metadata: this.metadata.cells[id] ?? {}, source: this.editor(cell).text };
    return kind === "code" ? { ...made, outputs: [], execution_count: null } : made;
  }

  /** Show another version: of another tab, or of before a mistake. Cells with the same text keep their editors and outputs. */
  replace(notebook: NbDocument): void {
    const wanted = notebook.cells.map((cell) => {
      const known = this.cell(cell.id);
      const shown = known?.dataset["kind"] === cell.cell_type ? known : this.make(cell.cell_type, cell.id);
      this.metadata.cells[cell.id] = cell.metadata;
      const text = textOf(cell.source);
      if (this.editor(shown).text !== text) this.editor(shown).text = text;
      return shown;
    });
    this.place.replaceChildren(...wanted);
    this.number();
  }

  add(kind: CellKind, after: HTMLElement | null, isBefore = false): HTMLElement {
    const made = this.make(kind, newId());
    if (after) after[isBefore ? "before" : "after"](made);
    else this.place.append(made);
    this.number();
    this.on.changed();
    this.focus(made);
    say(`Cell ${this.cells.indexOf(made) + 1} added.`);
    return made;
  }

  remove(cell: HTMLElement): void {
    if (cell.dataset["given"] !== undefined) {
      say("This cell is part of the exercise and stays.");
      return;
    }
    const before = cell.previousElementSibling as HTMLElement | null;
    const number = this.cells.indexOf(cell) + 1;
    const next = (cell.nextElementSibling ?? before) as HTMLElement | null;
    cell.remove();
    this.number();
    this.on.changed();
    this.focus(next);
    const putBack = (): void => {
      if (before?.isConnected) before.after(cell);
      else this.place.prepend(cell);
      this.number();
      this.on.changed();
      this.focus(cell);
    };
    toast(`Cell ${number} deleted.`, { label: "Undo", act: putBack });
  }

  move(cell: HTMLElement, by: -1 | 1): void {
    const other = by < 0 ? cell.previousElementSibling : cell.nextElementSibling;
    if (!other) return;
    other[by < 0 ? "before" : "after"](cell);
    this.number();
    this.on.changed();
    say(`Now cell ${this.cells.indexOf(cell) + 1}.`);
  }

  step(by: -1 | 1): void {
    const cells = this.cells;
    const place = this.current ? cells.indexOf(this.current) : -1;
    const next = cells[Math.min(cells.length - 1, Math.max(0, place + by))];
    next && this.select(next);
  }

  /** Go to a cell without entering its text, so that single letters stay shortcuts. */
  select(cell: HTMLElement): void {
    one<HTMLElement>(".bar-tools button", cell)?.focus();
    this.mark(cell);
    cell.scrollIntoView({ block: "nearest" });
  }

  private make(kind: CellKind, id: string): HTMLElement {
    const pattern = one<HTMLTemplateElement>(`template[data-new="${kind === "code" ? "code" : "markdown"}"]`)!;
    const cell = (pattern.content.cloneNode(true) as DocumentFragment).querySelector<HTMLElement>("[data-cell]")!;
    cell.id = `cell-${id}`;
    cell.dataset["id"] = id;
    cell.dataset["kind"] = kind;
    one<HTMLInputElement>('input[name="cell"]', cell)!.value = id;
    this.adopt(cell);
    return cell;
  }

  private adopt(cell: HTMLElement): void {
    const field = one<HTMLTextAreaElement>("textarea", cell)!;
    const editor = new CellEditor(field, {
      changed: () => this.changed(cell),
      run: () => this.on.run(cell),
      check: () => this.on.check(),
      save: () => this.on.save(),
    });
    this.editors.set(cell, editor);
    if (this.isPlain || cell.dataset["kind"] !== "code") return;
    if (this.cells.length <= EDITORS_AT_ONCE) editor.enrich(this.nonce);
    else this.nearing.observe(cell);
  }

  private enrichNear(entries: IntersectionObserverEntry[]): void {
    for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
      this.nearing.unobserve(target);
      this.editor(target as HTMLElement).enrich(this.nonce);
    }
  }

  private changed(cell: HTMLElement): void {
    one("[data-results]", cell)?.classList.add("stale");
    this.on.changed();
  }

  private mark(cell: HTMLElement | null): void {
    if (!cell) return;
    this.current?.classList.remove("focus");
    cell.classList.add("focus");
  }

  private number(): void {
    this.cells.forEach((cell, place) => {
      const isCode = cell.dataset["kind"] === "code";
      cell.setAttribute("aria-label", `Cell ${place + 1}`);
      one("[data-number]", cell)!.textContent = isCode ? `[${place + 1}]` : String(place + 1);
      one(".bar-tools", cell)?.setAttribute("aria-label", `Cell ${place + 1}`);
      this.editor(cell).label(isCode ? `Code of cell ${place + 1}` : `Text of cell ${place + 1}, Markdown`);
    });
  }

  private clicked(event: MouseEvent): void {
    const button = around<HTMLButtonElement>(event, "button[data-act]");
    const act = button?.dataset["act"] ?? "";
    const cell = around(event, "[data-cell]");
    if (!this.acts[act]) return;
    event.preventDefault();
    this.acts[act](cell);
  }

  private readonly acts: Record<string, (cell: HTMLElement | null) => void> = {
    "add-code": (cell) => this.add("code", cell),
    "add-text": (cell) => this.add("markdown", cell),
    "add-code-end": () => this.add("code", null),
    "add-text-end": () => this.add("markdown", null),
    up: (cell) => cell && this.move(cell, -1),
    down: (cell) => cell && this.move(cell, 1),
    delete: (cell) => cell && this.remove(cell),
    run: (cell) => cell && this.on.run(cell),
  };

  private openText(event: MouseEvent): void {
    const cell = around(event, "[data-prose]")?.closest<HTMLElement>("[data-cell]");
    const details = cell && one<HTMLDetailsElement>("[data-text-edit]", cell);
    if (details) details.open = true;
  }

  /** Text opened: go in. Text closed: show how it looks, cleaned by the server. */
  private async textToggled(event: Event): Promise<void> {
    const details = event.target;
    if (!(details instanceof HTMLDetailsElement) || !details.matches("[data-text-edit]")) return;
    const cell = details.closest<HTMLElement>("[data-cell]")!;
    if (details.open) {
      this.editor(cell).focus();
      return;
    }
    const response = await sendJson(this.previewUrl, "POST", { source: this.editor(cell).text }).catch(() => null);
    if (!response) return; // offline: the text stays as it is, and is drawn with the next page
    const { html } = (await response.json()) as { html: string };
    const drawn = new DOMParser().parseFromString(html, "text/html");
    one("[data-prose]", cell)!.replaceChildren(...drawn.body.childNodes);
  }
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
