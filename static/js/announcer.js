// Announces new messages of others to screen readers. The history itself is no live region: it would be read out as it
// loads.

import { byId } from "./dom.js";
import { t } from "./locale.js";
import { excerpt, idOf } from "./rows.js";

const PAUSE = 1000; // ms between announcements; what comes meanwhile is summed up
const KEPT_FOR = 5000; // ms after which an announcement is removed: the page shows its text elsewhere, if at all

export class Announcer {
  #line = byId("announcer");
  #rows = [];
  #timer = null;
  #clearTimer = null;
  #announcedId = null; // of the message whose text is announced now

  /** @param {import("./rows.js").Row[]} rows */
  announce(rows) {
    if (rows.length === 0) return;
    this.#rows.push(...rows);
    this.#clear(); // otherwise the same text would be announced only once
    this.#timer ??= setTimeout(() => this.#show(), PAUSE);
  }

  /**
   * Removes the text of a message that was deleted.
   *
   * @param {number} id
   */
  retract(id) {
    this.#rows = this.#rows.filter((row) => idOf(row) !== id);
    if (id === this.#announcedId) this.#clear();
  }

  #show() {
    const rows = this.#rows;
    this.#rows = [];
    this.#timer = null;
    if (rows.length === 0) return;
    this.#announcedId = rows.length === 1 ? idOf(rows[0]) : null;
    this.#line.textContent = rows.length === 1 ? excerpt(rows[0]) : t("new-messages", { count: rows.length });
    this.#clearTimer = setTimeout(() => this.#clear(), KEPT_FOR);
  }

  #clear() {
    clearTimeout(this.#clearTimer);
    this.#line.textContent = "";
    this.#announcedId = null;
  }
}
