// The page, and pages like it.

const PATIENCE = 20_000; // ms to wait for an answer

export const byId = (id) => document.getElementById(id);

/** With a text that may be in any language. */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) Object.assign(made, { textContent: text, dir: "auto" });
  return made;
}

/** What `fetch` needs to send this as JSON. */
export const json = (method, value) => ({ method, headers: { "content-type": "application/json" }, body: JSON.stringify(value) });

/** Whether nobody is signed in here, by the server's own word and not by a proxy's. */
export async function isSignedOut() {
  const response = await fetch("/api/v1/me", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  return response?.status === 401 && isProblem(response);
}

export const isProblem = (response) => response?.headers.get("content-type")?.startsWith("application/problem+json");

/** A page of ours at this address, or an error: a proxy's page or a door is not a history. `null`: not there. */
export async function fetchPage(address) {
  const response = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (response.status === 404) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !page.getElementById("history")) throw new Error(`no history at ${address}`);
  return page;
}
