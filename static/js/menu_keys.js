// The keys of a menu: arrow keys, Home and End lead from entry to entry, and letters to the next one that begins with them.
// The browser closes a menu by Escape, and gives the focus back to its button.

import { isComposing } from "./dom.js";

const menus = new WeakSet();

const entriesOf = (menu) => [...menu.querySelectorAll("a, button")].filter((entry) => entry.checkVisibility());

/**
 * Gives the focus to the first entry of a menu that has just opened.
 *
 * @param {HTMLElement} menu
 */
export function openMenu(menu) {
  if (!menus.has(menu)) menu.addEventListener("keydown", (event) => onKey(event, menu));
  menus.add(menu);
  entriesOf(menu)[0]?.focus({ preventScroll: true });
}

function onKey(event, menu) {
  if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
  const next = entryFor(event.key, entriesOf(menu));
  if (!next) return;
  event.preventDefault();
  event.stopPropagation(); // a letter here means an entry and nothing else
  next.focus();
}

function entryFor(key, entries) {
  const at = entries.indexOf(document.activeElement);
  const following = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
  if (key === "ArrowDown") return following[0];
  if (key === "ArrowUp") return entries[at - 1] ?? entries.at(-1);
  if (key === "Home") return entries[0];
  if (key === "End") return entries.at(-1);
  const isLetter = [...key].length === 1 && key.trim() !== "";
  return isLetter ? following.find((entry) => nameOf(entry).startsWith(key.toLowerCase())) : null;
}

/** Returns the text of an entry without a sign such as a star in front. */
const nameOf = (entry) => entry.textContent.replace(/^[^\p{L}\p{N}]+/u, "").toLowerCase();
