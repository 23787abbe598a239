/** Keeps the notebook: in this browser at once, on the server a moment later, and neither ever over somebody else's newer text. */
import { one } from "../core/dom.ts";
import { resolveConflict } from "./conflict.ts";
import { Offline, Problem, sendJson } from "./http.ts";
import type { Notebook } from "./notebook.ts";
import { say, toast } from "./say.ts";
import type { NbDocument } from "./types.ts";

const QUIET_MS = 1200;
const RETRY_MS = 5000;
const KEEPALIVE_BYTES = 60_000; // browsers send no more than 64 kB from a page that is closing

type State = "saved" | "saving" | "edited" | "offline" | "failed";

interface Kept {
  notebook: NbDocument;
  revision: number;
}

export class Autosave {
  private revision: number;
  private readonly url: string;
  private readonly key: string;
  private timer = 0;
  private isDirty = false;
  private saving: Promise<boolean> | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly notebook: Notebook,
  ) {
    this.revision = Number(form.dataset["revision"]);
    this.url = form.dataset["draftUrl"] ?? "";
    this.key = `cairn:draft:${form.dataset["owner"]}:${form.dataset["slug"]}`;
    notebook.on.changed = () => this.edited();
    notebook.on.save = () => void this.now();
    addEventListener("online", () => void this.now());
    addEventListener("offline", () => this.show("offline"));
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    void this.bringBack();
  }

  private edited(): void {
    this.isDirty = true;
    this.keep();
    this.show("edited");
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.now(), QUIET_MS);
  }

  /** Save what is not saved yet. True when the server has everything. */
  async now(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (!this.isDirty) return true;
    this.saving = this.save();
    const isSaved = await this.saving;
    this.saving = null;
    return isSaved && this.isDirty ? this.now() : isSaved;
  }

  private async save(): Promise<boolean> {
    this.isDirty = false;
    this.show("saving");
    try {
      const body = { notebook: this.notebook.toJson(), revision: this.revision };
      const response = await sendJson(this.url, "PUT", body);
      const saved = (await response.json()) as { revision: number };
      this.accept(saved.revision);
      return true;
    } catch (error) {
      this.isDirty = true;
      return this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<boolean> {
    if (error instanceof Problem && error.status === 409) return this.conflict(error.body as unknown as Kept);
    if (error instanceof Offline || (error instanceof Problem && error.status >= 500)) {
      this.show("offline");
      this.timer = window.setTimeout(() => void this.now(), RETRY_MS);
      return false;
    }
    this.show("failed");
    toast(error instanceof Problem ? error.message : "Saving did not work. Your text stays in this browser.");
    return false;
  }

  /** Another tab was faster. The learner decides with both versions in sight; whatever is left stays within reach. */
  private async conflict(theirs: Kept): Promise<boolean> {
    const mine = this.notebook.toJson();
    const chosen = await resolveConflict(mine, theirs.notebook);
    this.notebook.replace(chosen);
    this.revision = theirs.revision;
    this.isDirty = true;
    const left = chosen === theirs.notebook ? mine : theirs.notebook;
    toast("The other version is kept until you close this page.", { label: "Swap", act: () => this.swap(left) });
    return this.save();
  }

  private swap(notebook: NbDocument): void {
    this.notebook.replace(notebook);
    this.edited();
  }

  private accept(revision: number): void {
    this.revision = revision;
    const field = one<HTMLInputElement>('input[name="revision"]', this.form);
    if (field) field.value = String(revision);
    if (this.isDirty) return;
    localStorage.removeItem(this.key);
    this.show("saved");
  }

  /** A closing page: the browser sends it without waiting; if that fails, `keep` has it. */
  private flush(): void {
    if (!this.isDirty) return;
    const body = { notebook: this.notebook.toJson(), revision: this.revision };
    if (JSON.stringify(body).length > KEEPALIVE_BYTES) return void this.now();
    this.isDirty = false;
    void sendJson(this.url, "PUT", body, { keepalive: true }).then(
      async (response) => this.accept(((await response.json()) as { revision: number }).revision),
      () => (this.isDirty = true),
    );
  }

  private keep(): void {
    const kept: Kept = { notebook: this.notebook.toJson(), revision: this.revision };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // storage is full or forbidden: the server still gets everything while there is a network
    }
  }

  /** Edits that an earlier page could not send. On the same revision they go on top; else both versions are shown. */
  private async bringBack(): Promise<void> {
    const raw = localStorage.getItem(this.key);
    if (!raw) return;
    const kept = JSON.parse(raw) as Kept;
    const shown = this.notebook.toJson();
    if (JSON.stringify(kept.notebook.cells) === JSON.stringify(shown.cells)) {
      localStorage.removeItem(this.key);
      return;
    }
    if (kept.revision === this.revision) {
      this.notebook.replace(kept.notebook);
      toast("Your unsent edits are back.");
    } else {
      this.notebook.replace(await resolveConflict(kept.notebook, shown));
    }
    this.edited();
  }

  private show(state: State): void {
    const place = one("[data-save-state]");
    const text = one("[data-save-text]");
    if (!place || !text) return;
    const now = navigator.onLine || state !== "edited" ? state : "offline";
    const before = place.dataset["state"];
    place.dataset["state"] = now;
    const clock = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    text.textContent = { saved: `Saved ${clock}`, saving: "Saving", edited: "Edited", offline: "Offline, kept here", failed: "Not saved" }[
      now
    ];
    if (now === "offline" && before !== "offline") say("You are offline. We keep your edits and send them when you are back.");
    if (now === "saved" && before === "offline") say("You are back. Everything is saved.");
  }
}
