// Requests to the server, and its answers.

import { loadModule } from "./lazy_modules.js";
import { explainError, t } from "./locale.js";

const TIMEOUT = 20_000; // ms

/**
 * Replaces half surrogate pairs, as they are left where an emoji was cut, by U+FFFD: they cannot be sent.
 *
 * @param {string} text
 */
export function wellFormed(text) {
  return text.toWellFormed ? text.toWellFormed() : new TextDecoder().decode(new TextEncoder().encode(text));
}

/**
 * Returns options of `fetch` that send a value as JSON.
 *
 * @param {string} method
 * @param {object} value
 * @returns {RequestInit}
 */
export function jsonOptions(method, value) {
  const body = JSON.stringify(value, (_, part) => (typeof part === "string" ? wellFormed(part) : part));
  return { method, headers: { "content-type": "application/json" }, body };
}

/**
 * Calls `fetch` with a timeout: a request over a dead connection would otherwise wait indefinitely, and block one of the
 * few connections to the server. Returns null if there was no answer.
 *
 * @param {string | URL} address
 * @param {RequestInit} [options]
 * @returns {Promise<?Response>}
 */
export function request(address, options = {}) {
  return fetch(address, { signal: AbortSignal.timeout(TIMEOUT), ...options }).catch(() => null);
}

/** Whether our server says that nobody is signed in here. A 401 of a proxy does not count. */
export async function isSignedOut() {
  const response = await request("api/v1/me", { cache: "no-store" });
  return response?.status === 401 && isProblem(response);
}

/**
 * Whether an answer is an error of our server, and not of a proxy.
 *
 * @param {?Response} response
 */
export const isProblem = (response) => response?.headers.get("content-type")?.startsWith("application/problem+json");

/**
 * Returns why the server refused, as a sentence in the page's language: from the code of its problem details or, if a
 * proxy answered, from the status alone.
 *
 * @param {Response} response
 */
export async function explain(response) {
  const messages = loadModule(`locale/errors-${document.documentElement.lang}`);
  const [problem] = await Promise.all([response.json().catch(() => null), messages]);
  const [fault] = Object.values(problem?.errors ?? {});
  const reason = explainError({ host: location.hostname, ...(fault ?? problem) });
  return reason ?? t("refused", { status: Math.min(response.status, 503) });
}

/**
 * Fetches a page with a history. Returns null if the server says 404. Throws if there is no answer, or if the answer is
 * no page with a history, such as the sign-in page of a proxy.
 *
 * @param {string} address
 * @returns {Promise<?Document>}
 */
export async function fetchPage(address) {
  const response = await request(address, { headers: { accept: "text/html" }, cache: "no-store" });
  if (response?.status === 404) return null;
  if (!response?.ok) throw new Error(`no answer from ${address}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("history")) throw new Error(`no history at ${address}`);
  return page;
}
