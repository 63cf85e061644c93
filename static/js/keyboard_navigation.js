// Keyboard navigation of the history: it is one tab stop; arrow keys lead from row to row, and Tab through a row.

import { byId } from "./dom.js";
import { t } from "./locale.js";
import { excerpt, firstBelow, isRow, rowAfter, rowBefore, rowsOf } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */

const PAGE = 0.9; // of the visible height, by Page Up and Page Down

export class KeyboardNavigation {
  #list = byId("history");
  #scroller = byId("scroller");
  /** @type {?Row} */
  #current = null;

  /** @param {KeyboardEvent} event the key that loaded this module */
  constructor(event) {
    this.#scroll(event);
    addEventListener("keydown", (event) => this.#scroll(event));
    rowsOf(this.#list).forEach((row) => this.#skip(row));
    new MutationObserver((changes) => this.#onChange(changes)).observe(this.#list, { childList: true });
    this.#list.tabIndex = 0;
    this.#list.ariaLabel = t("history");
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("focusin", ({ target }) => this.#onFocus(target));
    this.#list.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.#list.contains(relatedTarget)) this.#list.tabIndex = 0;
    });
  }

  #onChange(changes) {
    for (const { addedNodes } of changes) [...addedNodes].filter(isRow).forEach((row) => this.#skip(row));
    if (!this.#list.contains(document.activeElement)) this.#list.tabIndex = 0; // the row that had the focus may be gone
  }

  /** Takes a row and what is in it out of the tab order. */
  #skip(row) {
    if (row === this.#current || row.contains(document.activeElement)) return;
    row.tabIndex = -1;
    setTabIndexWithin(row, -1);
  }

  #onFocus(target) {
    if (target === this.#list) return this.#enter();
    this.#list.tabIndex = -1;
    this.#setCurrent(target.closest(".message"));
  }

  /** Moves the focus to the row that had it last or, if there is none, to the last visible one. */
  #enter() {
    const rows = rowsOf(this.#list);
    const { bottom } = this.#scroller.getBoundingClientRect();
    const lastVisible = rows[Math.min(firstBelow(rows, bottom - 1), rows.length - 1)];
    const row = this.#current?.isConnected ? this.#current : lastVisible;
    row?.focus();
  }

  #setCurrent(row) {
    if (row === this.#current) return;
    if (this.#current) {
      setTabIndexWithin(this.#current, -1);
      this.#current.ariaLabel = null;
    }
    this.#current = row;
    setTabIndexWithin(row, 0);
    row.ariaLabel = excerpt(row);
  }

  #onKey(event) {
    if (!isRow(event.target)) return;
    const row = event.target;
    const next = {
      ArrowUp: () => rowBefore(row),
      ArrowDown: () => rowAfter(row),
      Home: () => rowsOf(this.#list)[0],
      End: () => [...rowsOf(this.#list)].at(-1),
      Escape: () => byId("body"),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Page Up, Page Down, Home and End scroll the history, unless the focused element uses them. */
  #scroll(event) {
    const { key, target, ctrlKey, metaKey, shiftKey, altKey } = event;
    const isWriting = target.matches("textarea");
    if (ctrlKey || metaKey || shiftKey || altKey || !(isWriting ? target.id === "body" : target === document.body)) return;
    const page = this.#scroller.clientHeight * PAGE;
    const distances = { PageUp: -page, PageDown: page, ...(isWriting ? {} : { Home: -Infinity, End: Infinity }) };
    if (!(key in distances) || (isWriting && target.scrollHeight > target.clientHeight)) return;
    event.preventDefault();
    this.#scroller.scrollTop = Math.max(-this.#scroller.scrollHeight, Math.min(0, this.#scroller.scrollTop + distances[key]));
  }
}

function setTabIndexWithin(row, tabIndex) {
  for (const element of row.querySelectorAll(":is(a, button):not(.actions *, .follows > .message-author)")) element.tabIndex = tabIndex;
}
