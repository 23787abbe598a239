/** The workspace: makes an editor of the notebook's form, keeps it saved, runs, checks and submits it. */
import { one } from "../core/dom.ts";
import { Autosave } from "./autosave.ts";
import { startFrames } from "./frames.ts";
import { startKeys } from "./keys.ts";
import { Notebook } from "./notebook.ts";
import { startPanel } from "./panel.ts";
import { Grading } from "./grading.ts";

const form = one<HTMLFormElement>("form[data-workspace]");

if (form) {
  const notebook = new Notebook(form);
  const autosave = new Autosave(form, notebook);
  const panel = startPanel();
  const grading = new Grading(form, notebook, autosave, panel);
  startKeys(notebook, grading, autosave);
  startFrames();
  form.dataset["ready"] = "";
}
