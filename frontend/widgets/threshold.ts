/** Cases on a score axis and a threshold that moves them between the four bins of the confusion matrix; the bill moves along. */
import { element } from "../core/dom.ts";
import { present, sentence } from "./parts/frame.ts";
import { Given } from "./parts/given.ts";
import { linked } from "./parts/linked.ts";
import { glide } from "./parts/motion.ts";
import { counted, fixed, priced } from "./parts/numbers.ts";
import { NONE, readouts, type Reading } from "./parts/readouts.ts";
import { slider } from "./parts/slider.ts";

const STEP = 0.01;
/** Dots nearer than this share of the axis stand on each other's shoulders. */
const DOT = 0.036;

interface Case {
  score: number;
  truth: boolean;
  amount: number;
}

interface Story {
  cases: Case[];
  /** What a missed case costs: a number, or each its own amount. */
  missed: number | "amount";
  alarm: number;
  unit: string;
  positive: string;
  negative: string;
}

type Bin = "caught" | "missed" | "alarms" | "through";

interface Count extends Record<Bin, number> {
  cost: number;
}

interface Lever {
  threshold: number;
  best: { threshold: number; cost: number };
}

type Pulled = ReturnType<typeof linked<Lever>>;

export function mount(root: HTMLElement, data: unknown): void {
  const given = new Given(data);
  const story = readStory(given);
  const start = hundredths(given.maybe("start", (one) => one.number(0, 1), 0.5));
  const tryThis = given.maybe("try", (one) => one.text(), "");
  const lever = linked<Lever>({ threshold: start, best: { threshold: start, cost: count(story, start).cost } });

  const { element: control, set } = slider({
    label: "Threshold",
    low: 0,
    high: 1,
    step: STEP,
    words: (value) => fixed(value, 2),
    moved: (value) => lever.change(pulled(story, lever.state, hundredths(value))),
  });
  lever.show(({ threshold }) => set(threshold));
  const numbers = readouts(["Accuracy", "Precision", "Recall", "F1", "Cost", "Cheapest so far"]);
  const state = sentence();
  lever.show((now) => {
    numbers.set(readings(story, now));
    state.say(inWords(story, now));
  });
  const positives = story.cases.filter(({ truth }) => truth).length;
  present(root, {
    title: `${counted(story.cases.length, "case")}, ${positives} of them ${story.positive}`,
    hint: "An alarm is raised for every score at or above the threshold",
    body: [axis(story, lever), control, bins(story, lever), numbers.element],
    state,
    tryThis,
  });
}

function readStory(given: Given): Story {
  const missed = given.maybe<number | "amount">("missed", (one) => (one.is("amount") ? "amount" : one.number(0)), 1);
  const readCase = (one: Given): Case => ({
    score: one.get("score").number(0, 1),
    truth: one.get("truth").truth(),
    amount: missed === "amount" ? one.get("amount").number(0) : 0,
  });
  return {
    cases: given.get("cases").each(readCase),
    missed,
    alarm: given.maybe("alarm", (one) => one.number(0), 1),
    unit: given.maybe("unit", (one) => one.text(), "€"),
    positive: given.maybe("positive", (one) => one.text(), "positive"),
    negative: given.maybe("negative", (one) => one.text(), "negative"),
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function binOf({ score, truth }: Case, threshold: number): Bin {
  if (score >= threshold) return truth ? "caught" : "alarms";
  return truth ? "missed" : "through";
}

function count({ cases, missed, alarm }: Story, threshold: number): Count {
  const made: Count = { caught: 0, missed: 0, alarms: 0, through: 0, cost: 0 };
  for (const one of cases) {
    const bin = binOf(one, threshold);
    made[bin] += 1;
    if (bin === "missed") made.cost += missed === "amount" ? one.amount : missed;
    if (bin === "alarms") made.cost += alarm;
  }
  return made;
}

/** The lever's next state: the cheapest threshold is kept, the first one where several cost the same. */
function pulled(story: Story, { best }: Readonly<Lever>, threshold: number): Lever {
  const { cost } = count(story, threshold);
  return { threshold, best: cost < best.cost ? { threshold, cost } : best };
}

interface Metrics {
  accuracy: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** `null` where there is nothing to divide by. F1 needs both of its halves; where both are 0 it is 0. */
function metrics({ caught, missed, alarms, through }: Count): Metrics {
  const precision = caught + alarms ? caught / (caught + alarms) : null;
  const recall = caught + missed ? caught / (caught + missed) : null;
  const f1 = precision === null || recall === null ? null : (2 * caught) / (2 * caught + alarms + missed);
  return { accuracy: (caught + through) / (caught + missed + alarms + through), precision, recall, f1 };
}

function readings(story: Story, { threshold, best }: Readonly<Lever>): Reading[] {
  const counts = count(story, threshold);
  const { accuracy, precision, recall, f1 } = metrics(counts);
  const lacking = [precision === null && "no alarms", recall === null && `no ${story.positive}`].filter(Boolean).join(", ");
  const shown = (value: number | null, note: string): Reading => (value === null ? { value: NONE, note } : { value: fixed(value, 3) });
  return [
    { value: fixed(accuracy, 3) },
    shown(precision, "undefined: no alarms"),
    shown(recall, `undefined: no ${story.positive}`),
    shown(f1, `undefined: ${lacking}`),
    { value: priced(counts.cost, story.unit) },
    { value: priced(best.cost, story.unit), note: `at ${fixed(best.threshold, 2)}` },
  ];
}

function inWords(story: Story, { threshold, best }: Readonly<Lever>): string {
  const counts = count(story, threshold);
  const { accuracy, precision, recall, f1 } = metrics(counts);
  const binned = [
    `${counts.caught} ${story.positive} caught`,
    `${counts.missed} missed`,
    counted(counts.alarms, "false alarm"),
    `${counts.through} ${story.negative} let through`,
  ];
  const said = (name: string, value: number | null): string => `${name} ${value === null ? "undefined" : fixed(value, 3)}`;
  const rates = [said("Accuracy", accuracy), said("precision", precision), said("recall", recall), said("F1", f1)];
  const bill = `The cost is ${priced(counts.cost, story.unit)}; the cheapest so far is ${priced(best.cost, story.unit)} at ${fixed(best.threshold, 2)}.`;
  return `At a threshold of ${fixed(threshold, 2)}: ${binned.join(", ")}. ${rates.join(", ")}. ${bill}`;
}

function mark({ truth }: Case): HTMLElement {
  return element("i", { class: truth ? "w-case is-positive" : "w-case" });
}

/** Level of each case's dot above the axis, in the order of the cases: the lowest on which it covers nobody. */
function levels(cases: Case[]): number[] {
  const taken: number[] = [];
  const made = new Map<Case, number>();
  for (const one of [...cases].sort((a, b) => a.score - b.score)) {
    const free = taken.findIndex((end) => one.score - end >= DOT);
    const level = free === -1 ? taken.length : free;
    taken[level] = one.score;
    made.set(one, level);
  }
  return cases.map((one) => made.get(one)!);
}

function axis(story: Story, lever: Pulled): HTMLElement {
  const heights = levels(story.cases);
  const dots = story.cases.map((one, at) => {
    const dot = mark(one);
    dot.style.setProperty("--x", String(one.score));
    dot.style.setProperty("--level", String(heights[at]));
    return dot;
  });
  const needle = element("i", { class: "w-needle" });
  const best = element("i", { class: "w-best" });
  const strip = element("div", { class: "w-strip" }, ...dots, needle, best);
  strip.style.setProperty("--levels", String(Math.max(...heights) + 1));
  lever.show((now) => {
    needle.style.setProperty("--x", String(now.threshold));
    best.style.setProperty("--x", String(now.best.threshold));
    dots.forEach((dot, at) => (dot.dataset["bin"] = binOf(story.cases[at]!, now.threshold)));
  });
  const legend = element(
    "div",
    { class: "legend" },
    element("span", {}, element("i", { class: "w-case is-positive is-key" }), story.positive),
    element("span", {}, element("i", { class: "w-case is-key" }), story.negative),
    element("span", {}, element("i", { class: "w-best is-key" }), "cheapest threshold so far"),
  );
  const ends = element("div", { class: "w-ends xs faint" }, element("span", {}, "score 0"), element("span", {}, "score 1"));
  return element("div", { class: "w-axis-of-scores", "aria-hidden": "true" }, legend, strip, ends);
}

function bins(story: Story, lever: Pulled): HTMLElement {
  const each = story.missed === "amount" ? "each costs its amount" : `${priced(story.missed, story.unit)} each`;
  const cells: Record<Bin, Place> = {
    caught: bin("good", "caught"),
    missed: bin("badc", `missed, ${each}`),
    alarms: bin("meh", `false alarms, ${priced(story.alarm, story.unit)} each`),
    through: bin("", "let through"),
  };
  const marks = story.cases.map((one) => ({ one, mark: mark(one) }));

  lever.show(({ threshold }) => {
    const moving = marks.filter(({ one, mark: dot }) => dot.parentElement !== cells[binOf(one, threshold)].pile);
    const everything = marks.map(({ mark: dot }) => dot);
    if (moving.length) glide(everything, () => marks.forEach(({ one, mark: dot }) => cells[binOf(one, threshold)].pile.append(dot)));
    for (const { one, mark: dot } of moving) dot.dataset["bin"] = binOf(one, threshold);
    const counts = count(story, threshold);
    for (const name of Object.keys(cells) as Bin[]) cells[name].total.textContent = String(counts[name]);
  });
  const head = (text: string, scope: string): HTMLElement => element("th", { scope }, text);
  return element(
    "table",
    { class: "confusion" },
    element("caption", { class: "vh" }, "Confusion matrix"),
    element("thead", {}, element("tr", {}, element("td"), head("Alarm", "col"), head("No alarm", "col"))),
    element(
      "tbody",
      {},
      element("tr", {}, head(capital(story.positive), "row"), cells.caught.cell, cells.missed.cell),
      element("tr", {}, head(capital(story.negative), "row"), cells.alarms.cell, cells.through.cell),
    ),
  );
}

interface Place {
  total: HTMLElement;
  pile: HTMLElement;
  cell: HTMLElement;
}

function bin(look: string, words: string): Place {
  const total = element("b", { class: "num" });
  const pile = element("div", { class: "w-pile", "aria-hidden": "true" });
  return { total, pile, cell: element("td", { class: look }, total, element("span", {}, words), pile) };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
