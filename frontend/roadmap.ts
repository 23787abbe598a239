/** On the map: pointing at a lesson, or reaching it by keyboard, lights up everything that it needs, across stages too. */
import { all, one } from "./core/dom.ts";

const map = one("[data-map]");

function needs(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const stop of all("[data-id]", map!)) found.set(stop.dataset["id"]!, (stop.dataset["needs"] ?? "").split(" ").filter(Boolean));
  return found;
}

function trace(id: string | null, graph: Map<string, string[]>): void {
  const lit = new Set<string>();
  const walk = (at: string): void => {
    if (lit.has(at)) return;
    lit.add(at);
    graph.get(at)?.forEach(walk);
  };
  if (id) walk(id);
  map!.classList.toggle("tracing", id !== null);
  for (const stop of all("[data-id]", map!)) stop.classList.toggle("on", lit.has(stop.dataset["id"]!));
  for (const edge of all<SVGPathElement>("[data-a]", map!))
    edge.classList.toggle("on", lit.has(edge.dataset["a"]!) && lit.has(edge.dataset["b"]!));
}

if (map) {
  const graph = needs();
  for (const stop of all("[data-id]", map)) {
    for (const name of ["mouseenter", "focus"]) stop.addEventListener(name, () => trace(stop.dataset["id"]!, graph));
    for (const name of ["mouseleave", "blur"]) stop.addEventListener(name, () => trace(null, graph));
  }
}
