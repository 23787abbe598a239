/** Run, Check and Submit: send the notebook, follow it, show what came of it. */
import { all, around, one } from "../core/dom.ts";
import type { Autosave } from "./autosave.ts";
import { newKey, Offline, pause, Problem, sendJson } from "./http.ts";
import type { Notebook } from "./notebook.ts";
import { showResult } from "./outputs.ts";
import type { Panel } from "./panel.ts";
import { say, toast } from "./say.ts";
import type { CellResult, Standing } from "./types.ts";
import { watch } from "./watch.ts";

type Kind = "run" | "check" | "submit";

interface Sent {
  status_url: string;
  result_url: string;
}

const SEND_TRIES = 4;

export class Grading {
  private isBusy = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly notebook: Notebook,
    private readonly autosave: Autosave,
    private readonly panel: Panel,
  ) {
    notebook.on.run = (cell) => this.runTo(cell);
    notebook.on.check = () => this.check();
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("submit", (event) => void this.leaving(event));
    // Back from the result: the browser may show this page as it was left, in the middle of sending.
    addEventListener("pageshow", (event) => event.persisted && this.busy(false, "Python ready"));
    this.resume();
  }

  /** Everything down to this cell, in a fresh Python; then on to the next cell. */
  runTo(cell: HTMLElement): void {
    const cells = this.notebook.cells;
    const place = cells.indexOf(cell);
    const next = cells.slice(place + 1).find(({ dataset }) => dataset["kind"] === "code");
    void this.start("run", place);
    this.notebook.focus(next ?? cell);
  }

  runAll(): void {
    void this.start("run", this.notebook.cells.length - 1);
  }

  check(): void {
    this.panel.show("checks");
    void this.start("check");
  }

  submit(): void {
    void this.start("submit");
  }

  private clicked(event: MouseEvent): void {
    const act = around<HTMLButtonElement>(event, "button[data-act]")?.dataset["act"];
    const acts: Record<string, () => void> = { "run-all": () => this.runAll(), check: () => this.check(), submit: () => this.submit() };
    if (!act || !acts[act]) return;
    event.preventDefault();
    acts[act]();
  }

  /** Forms that take the learner away wait until everything typed is saved. */
  private async leaving(event: SubmitEvent): Promise<void> {
    const form = around<HTMLFormElement>(event, "form[data-leave]");
    if (!form) return;
    event.preventDefault();
    if (!(await this.autosave.now())) {
      toast("Your last edits are not saved yet, because the server does not answer. Try again in a moment.");
      return;
    }
    const button = event.submitter;
    if (button instanceof HTMLButtonElement && button.name) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = button.name;
      field.value = button.value;
      form.append(field);
    }
    form.submit();
  }

  private async start(kind: Kind, runTo?: number): Promise<void> {
    if (this.isBusy) {
      say("Still working on the last one.");
      return;
    }
    this.busy(true, kind === "run" ? "Starting Python." : "Sending.");
    try {
      void this.autosave.now();
      const sent = await this.send(kind, runTo);
      if (kind === "submit") {
        await this.autosave.now();
        location.assign(sent.result_url);
        return;
      }
      await this.follow(sent.status_url, kind);
    } catch (error) {
      this.failed(error);
    }
    this.busy(false, "Python ready");
  }

  /** One key for one click: sending it again after a lost answer gives the first answer. */
  private async send(kind: Kind, runTo?: number): Promise<Sent> {
    const body = { notebook: this.notebook.toJson(), ...(runTo === undefined ? {} : { run_to: runTo }) };
    const options = { headers: { "Idempotency-Key": newKey() } };
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await sendJson(this.form.dataset[`${kind}Url`] ?? "", "POST", body, options);
        return (await response.json()) as Sent;
      } catch (error) {
        if (!(error instanceof Offline) || attempt === SEND_TRIES) throw error;
        await pause(500 * attempt);
      }
    }
  }

  private resume(): void {
    const { waitingUrl, waitingKind } = this.form.dataset;
    if (!waitingUrl) return;
    this.busy(true, "");
    this.follow(waitingUrl, waitingKind === "check" ? "check" : "run")
      .catch((error: unknown) => this.failed(error))
      .finally(() => this.busy(false, "Python ready"));
  }

  private async follow(url: string, kind: Kind): Promise<void> {
    const done = await watch(url, (standing) => this.progress(standing));
    this.pending(null);
    const { answer } = done;
    if (answer) this.show(answer.cells);
    if (answer?.checks) this.panel.checks(answer.checks);
    if (done.status === "failed") toast(done.sentence);
    say(this.summary(done, kind));
  }

  private summary(done: Standing, kind: Kind): string {
    const broken = done.answer?.cells.filter(({ error }) => error) ?? [];
    const errors = broken.map(({ index, error }) => `Cell ${index + 1}: ${error?.name}.`).join(" ");
    if (kind === "check" && done.answer?.checks) {
      const { passed, total } = done.answer.checks;
      return `${passed} of ${total} open checks pass. ${errors}`;
    }
    return errors || answerSentence(done);
  }

  private show(results: CellResult[]): void {
    for (const result of results) {
      const cell = this.notebook.cell(result.id);
      const place = cell && one("[data-results]", cell);
      if (!cell || !place || result.status === "skipped") continue;
      showResult(place, result);
      place.classList.remove("stale");
      cell.classList.toggle("broken", result.error !== null);
    }
  }

  private progress(standing: Standing): void {
    if (standing.is_final) return;
    this.state(standing.sentence);
    this.pending(standing.cell);
    const isStep = standing.status === "queued" || standing.stage === "checking";
    if (isStep) say(standing.sentence);
  }

  /** Mark the code cell that runs now, counted from 1 among those that run. */
  private pending(number: number | null): void {
    const codes = this.notebook.cells.filter(({ dataset }) => dataset["kind"] === "code");
    codes.forEach((cell, place) => cell.classList.toggle("running", number !== null && place === number - 1));
  }

  private failed(error: unknown): void {
    this.pending(null);
    const sentence =
      error instanceof Offline
        ? "You are offline. We keep your edits; send them again when you are back."
        : error instanceof Problem
          ? error.message
          : "This did not work; it is our fault. Your notebook is kept. Try again in a minute.";
    toast(sentence);
  }

  private busy(isBusy: boolean, sentence: string): void {
    this.isBusy = isBusy;
    document.body.toggleAttribute("data-busy", isBusy);
    for (const button of all("[data-act=run-all], [data-act=check], [data-act=submit], [data-act=run]"))
      button.setAttribute("aria-disabled", String(isBusy));
    if (sentence) this.state(sentence);
  }

  private state(sentence: string): void {
    const place = one("[data-engine-text]");
    if (place) place.textContent = sentence;
  }
}

function answerSentence(done: Standing): string {
  return done.answer?.sentence || done.sentence;
}
