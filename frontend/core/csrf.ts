/** Django's token, from the cookie that its middleware sets; unsafe requests without it answer 403. */
export function csrfToken(): string {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : (document.documentElement.dataset["csrf"] ?? "");
}

/** POST a form's fields or JSON as the signed-in person. */
export function send(url: string, body: FormData | URLSearchParams | object, method = "POST"): Promise<Response> {
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  const headers: Record<string, string> = { "X-CSRFToken": csrfToken() };
  if (!isForm) headers["Content-Type"] = "application/json";
  return fetch(url, { method, headers, body: isForm ? body : JSON.stringify(body), credentials: "same-origin" });
}
