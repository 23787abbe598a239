/** Frames with learners' HTML tell how high they are; we believe a number between two limits and nothing else. */
import { all } from "../core/dom.ts";

const LOWEST = 24;
const HIGHEST = 640;

export function startFrames(): void {
  addEventListener("message", (event) => {
    const frame = all<HTMLIFrameElement>("iframe[data-output-frame]").find(({ contentWindow }) => contentWindow === event.source);
    const message = event.data as { cairn?: unknown; height?: unknown } | null;
    if (!frame || message?.cairn !== "height" || typeof message.height !== "number") return;
    if (Number.isFinite(message.height)) frame.style.height = `${Math.ceil(Math.min(HIGHEST, Math.max(LOWEST, message.height)))}px`;
  });
  // Those that came with the page may have told their height before we listened.
  for (const frame of all<HTMLIFrameElement>("iframe[data-output-frame]")) frame.contentWindow?.postMessage("height?", "*");
}
