// What the server says where it refuses something.

import { words } from "./words.js";

/** Why the server refused, as a sentence, from its problem+json or, behind a proxy, from the status alone. */
export async function explain(response) {
  const problem = await response.json().catch(() => ({}));
  const [fault] = Object.values(problem?.errors ?? {});
  const reason = fault ?? problem?.detail ?? problem?.title;
  return words.refusal(response.status, typeof reason === "string" ? reason : "");
}
