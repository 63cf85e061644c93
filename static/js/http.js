// Requests to the server.

const PATIENCE = 20_000; // ms to wait for an answer

/** Half of a surrogate pair, as it is left where an emoji was cut, cannot be sent: it becomes U+FFFD. */
export function wellFormed(text) {
  return text.toWellFormed ? text.toWellFormed() : new TextDecoder().decode(new TextEncoder().encode(text));
}

/** Options of `fetch` that send a value as JSON. */
export function json(method, value) {
  const body = JSON.stringify(value, (_, part) => (typeof part === "string" ? wellFormed(part) : part));
  return { method, headers: { "content-type": "application/json" }, body };
}

/**
 * `fetch` with a deadline; null if no answer came. A request over a dead connection would otherwise wait for ever, and
 * block one of the few connections to the server.
 */
export function request(address, options = {}) {
  return fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options }).catch(() => null);
}

/** Whether our server says that nobody is signed in here. A 401 of a proxy does not count. */
export async function isSignedOut() {
  const response = await request("/api/v1/me", { cache: "no-store" });
  return response?.status === 401 && isProblem(response);
}

/** Whether an answer is an error of our server, and not of a proxy. */
export const isProblem = (response) => response?.headers.get("content-type")?.startsWith("application/problem+json");

/**
 * Fetches a page with a history. Returns null if the server says 404; throws if there is no answer, or if the answer is
 * no page with a history, such as the sign-in page of a proxy.
 */
export async function fetchPage(address) {
  const response = await request(address, { headers: { accept: "text/html" }, cache: "no-store" });
  if (response?.status === 404) return null;
  if (!response?.ok) throw new Error(`no answer from ${address}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("history")) throw new Error(`no history at ${address}`);
  return page;
}
