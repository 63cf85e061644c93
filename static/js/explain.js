// What the server says where it refuses something.

import { LOCALE, t } from "./messages.js";

/** Why the server refused, as a sentence, from its problem+json or, behind a proxy, from the status alone. */
export async function explain(response) {
  const problem = await response.json().catch(() => ({}));
  const [fault] = Object.values(problem?.errors ?? {});
  const reason = fault ?? problem?.detail ?? problem?.title;
  // The server explains itself in English.
  if (typeof reason === "string" && reason && LOCALE.startsWith("en")) return reason.endsWith(".") ? reason : `${reason}.`;
  return t("refused", { status: Math.min(response.status, 503) });
}
