// Drafts: one for each room, stored in this browser.

import { t } from "./messages.js";
import { getAllStored, getStored, store, watch } from "./storage.js";

export class Drafts {
  #prefix;
  #room;

  constructor(owner, room) {
    this.#prefix = `draft/${owner}/`;
    this.#room = room;
    this.#mark();
    watch(this.#prefix, () => this.#mark());
  }

  read() {
    return getStored(this.#prefix + this.#room);
  }

  /** `answered` is the message that it answers, as `{ id, text }`. */
  save(body, answered) {
    store(this.#prefix + this.#room, body.trim() ? { body, answered } : null);
  }

  /** Marks rooms with a draft in the sidebar. */
  #mark() {
    const drafts = getAllStored(this.#prefix);
    for (const link of document.querySelectorAll(".room-link")) {
      const { room } = link.dataset;
      if (room !== this.#room && drafts.has(this.#prefix + room)) link.dataset.draft = t("draft");
      else delete link.dataset.draft;
    }
  }
}
