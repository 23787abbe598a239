/** Follows one submission to its end. The server holds the request while something is about to happen, so this is no polling. */
import { ask, Offline, pause, Problem } from "./http.ts";
import type { Standing } from "./types.ts";

const RETRY_MS = 2000;
const RETRIES = 60;

/** Call `tell` with every change; resolves with the last standing. A lost network is waited out. */
export async function watch(url: string, tell: (standing: Standing) => void, signal?: AbortSignal): Promise<Standing> {
  let mark = "";
  let address = url;
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const response = await ask(`${address}&mark=${encodeURIComponent(mark)}`, signal ? { signal } : {});
      failures = 0;
      if (response.status === 204) {
        await pause(1000 * Number(response.headers.get("X-Next-Ask") ?? "1"));
        continue;
      }
      const standing = (await response.json()) as Standing;
      mark = standing.mark;
      address = standing.status_url;
      tell(standing);
      if (standing.is_final) return standing;
      await pause(1000 * standing.next_ask);
    } catch (error) {
      signal?.throwIfAborted();
      const isPassing = error instanceof Offline || (error instanceof Problem && error.status >= 500);
      if (!isPassing || ++failures > RETRIES) throw error;
      await pause(RETRY_MS);
    }
  }
}
