/** On the page of a submission that is still being graded: the timeline moves, then the result takes its place. */
import { all, one } from "../core/dom.ts";
import type { Step } from "./types.ts";
import { watch } from "./watch.ts";

function draw(steps: Step[]): void {
  all("[data-steps] > li").forEach((item, place) => {
    const step = steps[place];
    if (!step) return;
    item.className = step.state;
    item.toggleAttribute("aria-current", false);
    if (step.state === "now") item.setAttribute("aria-current", "step");
    const [title, detail] = [one("b", item), one("span", item)];
    if (title) title.textContent = step.title;
    if (detail) detail.textContent = step.detail;
  });
}

const section = one("[data-watch]");
if (section) {
  const sentence = one("[data-sentence]", section);
  watch(section.dataset["watch"] ?? "", (standing) => {
    draw(standing.steps);
    if (sentence && sentence.textContent !== standing.sentence) sentence.textContent = standing.sentence;
  }).then(
    () => location.reload(),
    () => {
      if (sentence) sentence.textContent = "We lost the connection to the grader's news. Load this page again to see where it stands.";
    },
  );
}
