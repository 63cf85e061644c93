// What the page says, in one place.

export const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** `12 messages, 1 edit`; empty if nothing came. */
export function sumUp({ messages, edits, deletes }) {
  const parts = [
    messages > 0 && plural(messages, "message", "messages"),
    edits > 0 && plural(edits, "edit", "edits"),
    deletes > 0 && plural(deletes, "deletion", "deletions"),
  ];
  return parts.filter(Boolean).join(", ");
}

/** Why the server refused, as a sentence, from its problem+json or, behind a proxy, from the status alone. */
export async function explain(response) {
  const problem = await response.json().catch(() => ({}));
  const [fault] = Object.values(problem?.errors ?? {});
  const reason = fault ?? problem?.detail ?? problem?.title;
  if (typeof reason === "string" && reason) return reason.endsWith(".") ? reason : `${reason}.`;
  return response.status >= 500 ? "The server cannot take it right now." : `The server refused it (${response.status}).`;
}
