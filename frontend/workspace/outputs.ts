/** What cells put out, built as elements with text: nothing that learners' code wrote is ever parsed as HTML here. */
import { element } from "../core/dom.ts";
import { coded } from "./coded.ts";
import type { CellResult, ErrorView, OutputView, TableCell } from "./types.ts";

/** Fill a cell's place for results. */
export function showResult(place: Element, result: CellResult): void {
  const parts: Node[] = result.outputs.map(outputElement);
  if (result.error) parts.push(errorElement(result.error));
  else if (result.status === "timeout")
    parts.push(element("div", { class: "err" }, element("p", {}, "This cell ran out of time and was stopped.")));
  place.replaceChildren(...parts);
}

function outputElement(output: OutputView): HTMLElement {
  switch (output.kind) {
    case "table":
      return tableElement(output);
    case "image":
      return element("div", { class: "out picture" }, element("img", { src: safePicture(output.src), alt: output.title ?? "" }));
    case "frame":
      return frameElement(output);
    default:
      return textElement(output);
  }
}

function textElement(output: OutputView): HTMLElement {
  const isWarning = output.stream === "stderr";
  const attributes = {
    class: isWarning ? "out stderr" : "out",
    tabindex: "0",
    role: "region",
    "aria-label": isWarning ? "Warnings" : "Output",
  };
  return element("div", attributes, element("pre", {}, output.text ?? ""));
}

function safePicture(src = ""): string {
  return /^data:image\/(png|jpeg);base64,/.test(src) ? src : "";
}

function frameElement(output: OutputView): HTMLElement {
  const src = output.src?.startsWith("/outputs/") ? output.src : "about:blank";
  const attributes = { src, sandbox: "allow-scripts", title: output.title ?? "Output", loading: "lazy", "data-output-frame": "" };
  return element("div", { class: "out framed" }, element("iframe", attributes));
}

function tableElement(output: OutputView): HTMLElement {
  const table = element("table", { class: "df" });
  if (output.table?.head.length) table.append(element("thead", {}, ...output.table.head.map((row) => rowElement(row, true))));
  table.append(element("tbody", {}, ...(output.table?.body ?? []).map((row) => rowElement(row, false))));
  const box = element("div", { class: "out", tabindex: "0", role: "region", "aria-label": output.title ?? "Table" }, table);
  if (output.table?.note) box.append(element("p", { class: "faint xs mt2" }, output.table.note));
  return box;
}

function rowElement(row: TableCell[], isHead: boolean): HTMLElement {
  return element("tr", {}, ...row.map((cell) => cellElement(cell, isHead)));
}

function cellElement(cell: TableCell, isInHead: boolean): HTMLElement {
  const made = cell.is_head || isInHead ? element("th", { scope: isInHead ? "col" : "row" }, cell.text) : element("td", {}, cell.text);
  if (cell.colspan > 1) made.colSpan = cell.colspan;
  if (cell.rowspan > 1) made.rowSpan = cell.rowspan;
  return made;
}

function errorElement(error: ErrorView): HTMLElement {
  const line = error.line ? ` on line ${error.line}` : "";
  const message = error.message ? `: ${error.message}` : "";
  const box = element("div", { class: "err" }, element("p", {}, element("span", { class: "mono" }, error.name), line, ...coded(message)));
  if (error.hint) box.append(element("p", { class: "mt2 muted" }, ...coded(error.hint)));
  if (error.traceback) {
    const trace = element("pre", { tabindex: "0", "aria-label": "Traceback" }, error.traceback);
    box.append(element("details", { class: "mt2" }, element("summary", {}, "Show traceback"), trace));
  }
  return box;
}
