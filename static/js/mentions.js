// Mentions are decided by the server, once: a rendered row has `<span class="mention" data-handle="…">` for each. Badges,
// notifications and the mark in the row all ask the row.

import { byId } from "./dom.js";

/** The same as `mention_key` in src/model/user.rs, which `data-handle` holds. */
const reader = byId("room").dataset.handle.toLowerCase().normalize();

/** The mentions of the reader in a row, or in another part of a document. */
export function mentionsOfReader(root) {
  return reader ? [...root.querySelectorAll(".mention")].filter(({ dataset }) => dataset.handle === reader) : [];
}

/** Whether a row, as HTML from the server, mentions the reader. */
export function mentionsReader(html) {
  if (!html) return false;
  const template = document.createElement("template");
  template.innerHTML = html;
  return mentionsOfReader(template.content).length > 0;
}
