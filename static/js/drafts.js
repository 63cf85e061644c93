// What is half written, in each room.

import { keep, kept, keptAt, watch } from "./kept.js";
import { t } from "./messages.js";

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
    return keptAt(this.#prefix + this.#room);
  }

  /** `answered` is the message that it answers, as `{ id, text }`. */
  save(body, answered) {
    keep(this.#prefix + this.#room, body.trim() ? { body, answered } : null);
  }

  /** Names in the sidebar the rooms where something waits to be finished. */
  #mark() {
    const drafts = kept(this.#prefix);
    for (const link of document.querySelectorAll(".room-link")) {
      const { room } = link.dataset;
      if (room !== this.#room && drafts.has(this.#prefix + room)) link.dataset.draft = t("draft");
      else delete link.dataset.draft;
    }
  }
}
