// Announces new messages of others to screen readers. The history itself is no live region: it would be read out as it
// loads.

import { byId } from "./dom.js";
import { t } from "./locale.js";
import { excerpt } from "./rows.js";

const PAUSE = 1000; // ms between announcements; what comes meanwhile is summed up

export class Announcer {
  #line = byId("announcer");
  #rows = [];
  #timer = null;

  /** @param {import("./rows.js").Row[]} rows */
  announce(rows) {
    if (rows.length === 0) return;
    this.#rows.push(...rows);
    this.#line.textContent = ""; // otherwise the same text would be announced only once
    this.#timer ??= setTimeout(() => this.#show(), PAUSE);
  }

  #show() {
    const rows = this.#rows;
    this.#rows = [];
    this.#timer = null;
    this.#line.textContent = rows.length === 1 ? excerpt(rows[0]) : t("new-messages", { count: rows.length });
  }
}
