// The line above the first message that the reader has not seen.

import { byId, element } from "./dom.js";
import { idOf, rowAfter, rowBefore, rowsOf } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */

export class UnreadLine {
  #line = element("li", "new");
  #after = Infinity;
  #text = "";

  /**
   * Sets where the line belongs and what it says. Both change when rows are decorated next.
   *
   * @param {number} after id of a message or event
   * @param {string} text
   */
  mark(after, text) {
    this.#after = after;
    this.#text = text;
  }

  /** The line as an element, if it is on the page. */
  get element() {
    return this.#line.isConnected ? this.#line : null;
  }

  /** @param {Row} row */
  isAbove(row) {
    return this.#line.isConnected && rowAfter(this.#line) === row;
  }

  /**
   * Moves the line above the first unread row of others. It is hidden if that row may not be the first one. Returns the rows
   * whose decoration may have changed.
   *
   * @param {Element} list
   * @param {(row: Row) => Element} topOf returns the day line of a row, or the row
   * @returns {Row[]}
   */
  place(list, topOf) {
    if (this.#after === Infinity) return [];
    if (this.#line.textContent !== this.#text) this.#line.textContent = this.#text;
    const before = this.#line.isConnected ? rowAfter(this.#line) : null;
    const first = [...rowsOf(list)].find((row) => idOf(row) > this.#after && !row.classList.contains("mine"));
    const mayBeLater = first && !rowBefore(first) && byId("older");
    if (!first || mayBeLater) this.#line.remove();
    else if (topOf(first).previousElementSibling !== this.#line) topOf(first).before(this.#line);
    return [before, first].filter(Boolean);
  }
}
