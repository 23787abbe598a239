/** Movement that shows where something went; none of it for people who ask for less motion. */
const EASE = "cubic-bezier(0.2, 0.7, 0.3, 1)";

export function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Make a change of layout and let the items glide from where they were. */
export function glide(items: HTMLElement[], change: () => void): void {
  if (isCalm()) return change();
  const before = items.map((item) => item.getBoundingClientRect());
  change();
  items.forEach((item, place) => {
    const after = item.getBoundingClientRect();
    const [dx, dy] = [before[place]!.x - after.x, before[place]!.y - after.y];
    if (dx || dy) item.animate([{ translate: `${dx}px ${dy}px` }, { translate: "0 0" }], { duration: 200, easing: EASE });
  });
}

/** Towards its neighbour on the left, and back: a join that is refused. */
export function bounce(item: HTMLElement): void {
  if (isCalm()) return;
  const way = [0, -18, 8, -3, 0].map((x) => ({ translate: `${x}px 0` }));
  item.animate(way, { duration: 420, easing: EASE });
}
