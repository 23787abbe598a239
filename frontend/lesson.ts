/** On lesson pages: widgets by name, the contents that follow reading. The quiz is plain forms, sent by htmx. */
import registry from "widgets:registry";
import { all, one } from "./core/dom.ts";

/** `<figure data-widget="vectors" data-data='{…}'>`: its script comes when it nears the screen; without it the fallback inside stays. */
async function mountWidget(root: HTMLElement): Promise<void> {
  const name = root.dataset["widget"] ?? "";
  const load = registry[name];
  if (!load) return;
  try {
    const widget = await load();
    widget.mount(root, JSON.parse(root.dataset["data"] ?? "null"));
    root.dataset["mounted"] = "";
  } catch (error) {
    console.error(`The widget "${name}" stays in words: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function watchWidgets(): void {
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter(({ isIntersecting }) => isIntersecting)) {
        near.unobserve(entry.target);
        void mountWidget(entry.target as HTMLElement);
      }
    },
    { rootMargin: "600px" },
  );
  for (const root of all("[data-widget]")) near.observe(root);
}

/** Mark the section being read in the contents, and fill the bar under the navigation. */
function followReading(): void {
  const links = all<HTMLAnchorElement>(".toc a");
  const headings = links.map((link) => one(link.hash)).filter((heading) => heading !== null);
  const bar = one(".readbar");
  const update = (): void => {
    const line = innerHeight / 3;
    const read = headings.filter((heading) => heading.getBoundingClientRect().top < line).length;
    links.forEach((link, i) => {
      link.parentElement?.classList.toggle("done", i < read - 1);
      if (i === read - 1) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    const whole = document.documentElement.scrollHeight - innerHeight;
    bar?.style.setProperty("--v", `${whole > 0 ? Math.min(100, (scrollY / whole) * 100) : 100}%`);
  };
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        update();
      });
    },
    { passive: true },
  );
  update();
}

watchWidgets();
followReading();
