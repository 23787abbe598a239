/** Beside the notebook: Checks, Task, Hints, Files as tabs; on phones they take the notebook's place, from a bar at the bottom. */
import { all, one } from "../core/dom.ts";
import { coded } from "./coded.ts";
import type { CheckList, CheckRow } from "./types.ts";

export interface Panel {
  show: (name: string) => void;
  checks: (list: CheckList) => void;
}

export function startPanel(): Panel {
  const panel = one("[data-panel]");
  const tabs = all<HTMLAnchorElement>("[data-tabs] a");
  const bar = all<HTMLAnchorElement>("[data-panel-bar] a");
  const nameOf = (tab: HTMLAnchorElement): string => tab.hash.replace("#panel-", "");

  const select = (name: string): void => {
    for (const tab of tabs) {
      const isChosen = nameOf(tab) === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      one(tab.hash)?.toggleAttribute("data-selected", isChosen);
    }
  };
  const view = (name: string): void => {
    document.body.dataset["view"] = name;
    for (const item of bar) {
      if (item.dataset["view"] === name) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    if (name !== "notebook") select(name);
  };

  one("[data-tabs]")?.setAttribute("role", "tablist");
  tabs.forEach((tab, place) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", tab.hash.slice(1));
    one(tab.hash)?.setAttribute("role", "tabpanel");
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      select(nameOf(tab));
    });
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = tabs[(place + by + tabs.length) % tabs.length]!;
      select(nameOf(next));
      next.focus();
    });
  });
  for (const item of bar) {
    item.addEventListener("click", (event) => {
      event.preventDefault();
      view(item.dataset["view"] ?? "notebook");
    });
  }
  panel?.setAttribute("data-ready", "");
  const asked = tabs.find((tab) => tab.hash === location.hash || (location.hash.startsWith("#hints-") && nameOf(tab) === "hints"));
  select(asked ? nameOf(asked) : "checks");
  view("notebook");

  const isPhone = (): boolean => matchMedia("(max-width: 760px)").matches;
  return {
    show: (name) => (isPhone() ? view(name) : select(name)),
    checks: drawChecks,
  };
}

function drawChecks(list: CheckList): void {
  const set = (selector: string, text: string): void => {
    const place = one(selector);
    if (place) place.textContent = text;
  };
  const count = one("[data-checks-count]");
  if (count) {
    const passed = document.createElement("b");
    passed.textContent = `${list.passed} of ${list.total}`;
    count.replaceChildren(passed, " open checks pass");
  }
  set("[data-checks-time]", `ran ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false })}`);
  const said = one("[data-checks-said]");
  said?.replaceChildren(...coded(list.sentence));
  said?.toggleAttribute("hidden", !list.sentence);
  one("[data-checks-bar]")?.style.setProperty("--v", `${list.share}%`);
  one("[data-checks-list]")?.replaceChildren(...list.rows.map(checkItem));
}

const SAID = { pass: "Passed: ", fail: "To fix: ", wait: "Not run: " };

function checkItem(row: CheckRow): HTMLElement {
  const item = document.createElement("li");
  item.className = `check ${row.state}`;
  const icon = one<HTMLTemplateElement>(`template[data-icon="${row.state}"]`)?.content.cloneNode(true);
  const title = document.createElement("b");
  const state = document.createElement("span");
  state.className = "vh";
  state.textContent = SAID[row.state];
  title.append(state, row.title);
  const points = document.createElement("span");
  points.className = "pts";
  points.textContent = row.state === "wait" ? `${row.max_points} pts` : `${row.points} / ${row.max_points}`;
  item.append(...(icon ? [icon] : []), title, points);
  if (row.message && row.state === "fail") {
    const body = document.createElement("div");
    body.className = "body";
    body.append(...coded(row.message));
    item.append(body);
  }
  return item;
}
