/** What page and server exchange. */
export type CellKind = "code" | "markdown" | "raw";

export interface NbCell {
  id: string;
  cell_type: CellKind;
  metadata: Record<string, unknown>;
  source: string | string[];
  outputs?: unknown[];
  execution_count?: number | null;
}

export interface NbDocument {
  cells: NbCell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

export interface TableCell {
  text: string;
  is_head: boolean;
  colspan: number;
  rowspan: number;
}

export interface OutputView {
  kind: "text" | "stream" | "image" | "table" | "frame";
  text?: string;
  stream?: string;
  src?: string;
  title?: string;
  table?: { head: TableCell[][]; body: TableCell[][]; note: string };
}

export interface ErrorView {
  name: string;
  message: string;
  line: number | null;
  hint: string;
  traceback: string;
}

export interface CellResult {
  id: string;
  index: number;
  status: string;
  seconds: number;
  outputs: OutputView[];
  error: ErrorView | null;
}

export interface CheckRow {
  id: string;
  title: string;
  state: "pass" | "fail" | "wait";
  points: number;
  max_points: number;
  message: string;
}

export interface CheckList {
  rows: CheckRow[];
  passed: number;
  total: number;
  share: number;
  sentence: string;
}

export interface Step {
  title: string;
  detail: string;
  state: "done" | "now" | "wait";
}

export interface Standing {
  kind: "run" | "check" | "submit";
  status: string;
  mark: string;
  sentence: string;
  stage: string;
  cell: number | null;
  of: number | null;
  is_final: boolean;
  next_ask: number;
  status_url: string;
  steps: Step[];
  answer?: { sentence: string; cells: CellResult[]; checks: CheckList | null };
}

export function textOf(source: string | string[]): string {
  return typeof source === "string" ? source : source.join("");
}
