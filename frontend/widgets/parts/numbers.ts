/** Numbers as a lesson writes them: a hyphen as minus, a point, and never a negative zero. */
import type { Point } from "./given.ts";

/** With exactly so many digits: 0.70, -4.00. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** With as many digits as it needs, up to a limit: 0.7, -4. */
export function short(value: number, most = 2): string {
  return String(Number(fixed(value, most)));
}

export function pair([x, y]: Point): string {
  return `(${short(x)}, ${short(y)})`;
}

/** `1 false alarm`, `2 false alarms`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** `€1,240` for a sign, `1,240 points` for a word; cents only where there are any. */
export function priced(amount: number, unit: string): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  const text = amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return /^\p{Sc}$/u.test(unit) ? `${unit}${text}` : `${text} ${unit}`;
}
