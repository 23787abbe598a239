import htmx from "htmx.org/dist/htmx.esm.js";
import { csrfToken } from "./csrf.ts";

interface RequestConfig {
  ctx: { request: { method: string; headers: Record<string, string> } };
}

/** htmx 4 hands no attributes down to children, so the token goes in here instead of an `hx-headers` on the body. */
export function startHtmx(): void {
  htmx.config.history = false;
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = (event as CustomEvent<RequestConfig>).detail.ctx;
    if (request.method.toUpperCase() !== "GET") request.headers["X-CSRFToken"] = csrfToken();
  });
}
