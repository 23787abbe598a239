/** Requests that answer JSON, and the two ways they fail: no network, or a problem document with a sentence for people. */
import { csrfToken } from "../core/csrf.ts";

export class Offline extends Error {}

export class Problem extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body["detail"] === "string" ? body["detail"] : "This did not work. Try again in a minute.");
    this.status = status;
    this.body = body;
  }
}

export async function ask(url: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new Offline("You are offline.");
  }
  if (response.status >= 400) throw new Problem(response.status, await bodyOf(response));
  return response;
}

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  try {
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function sendJson(url: string, method: string, body: unknown, options: RequestInit = {}): Promise<Response> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), ...options.headers };
  return ask(url, { ...options, method, body: JSON.stringify(body), headers });
}

/** A key for one click. `randomUUID` exists only on https and on this machine; a site in a local network has neither. */
export function newKey(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  return [...(crypto as Crypto).getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
