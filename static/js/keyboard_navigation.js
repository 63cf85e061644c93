// Keyboard navigation of the history: it is one tab stop; arrow keys lead from row to row, and Tab through a row.

import { excerpt } from "./decorate.js";
import { byId } from "./dom.js";
import { t } from "./messages.js";
import { firstBelow, isRow, rowAfter, rowBefore, rowsOf } from "./rows.js";

const list = byId("history");
let current = null;

/** Takes a row and what is in it out of the tab order. */
function stepOver(row) {
  if (row === current || row.contains(document.activeElement)) return;
  row.tabIndex = -1;
  setWithin(row, -1);
}

function setWithin(row, tabIndex) {
  for (const element of row.querySelectorAll(":is(a, button):not(.actions *)")) element.tabIndex = tabIndex;
}

function enter() {
  const rows = rowsOf(list);
  const bottom = byId("scroller").getBoundingClientRect().bottom;
  const row = current?.isConnected ? current : rows[Math.min(firstBelow(rows, bottom - 1), rows.length - 1)];
  row?.focus();
}

function goTo(row) {
  if (row === current) return;
  if (current) {
    setWithin(current, -1);
    current.ariaLabel = null;
  }
  current = row;
  setWithin(row, 0);
  row.ariaLabel = excerpt(row);
}

function onKey(event) {
  if (!isRow(event.target)) return;
  const row = event.target;
  const next = {
    ArrowUp: () => rowBefore(row),
    ArrowDown: () => rowAfter(row),
    Home: () => rowsOf(list)[0],
    End: () => [...rowsOf(list)].at(-1),
    Escape: () => byId("body"),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** Page Up, Page Down, Home and End scroll the history, unless the focused element uses them. */
function scroll(event) {
  const { key, target, ctrlKey, metaKey, shiftKey, altKey } = event;
  const isWriting = target.matches("textarea");
  if (ctrlKey || metaKey || shiftKey || altKey || !(isWriting ? target.id === "body" : target === document.body)) return;
  const scroller = byId("scroller");
  const page = scroller.clientHeight * 0.9;
  const ways = isWriting ? { PageUp: -page, PageDown: page } : { PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
  if (!(key in ways) || (isWriting && target.scrollHeight > target.clientHeight)) return;
  event.preventDefault();
  scroller.scrollTop = Math.max(-scroller.scrollHeight, Math.min(0, scroller.scrollTop + ways[key]));
}

/** Switches it on, once. `event` is the key that loaded this module. */
export function openKeyboardNavigation(event) {
  if (list.ariaLabel) return;
  scroll(event);
  addEventListener("keydown", scroll);
  rowsOf(list).forEach(stepOver);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) [...addedNodes].filter(isRow).forEach(stepOver);
    if (!list.contains(document.activeElement)) list.tabIndex = 0; // the row that had the focus may be gone
  }).observe(list, { childList: true });
  list.tabIndex = 0;
  list.ariaLabel = t("history");
  list.addEventListener("keydown", onKey);
  list.addEventListener("focusin", ({ target }) => {
    if (target === list) return enter();
    list.tabIndex = -1;
    goTo(target.closest(".message"));
  });
  list.addEventListener("focusout", ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) list.tabIndex = 0;
  });
}
