// Drafts of messages, one for each room, and of edits, one for each message: stored in this browser.

import { t } from "./locale.js";
import { storage } from "./storage.js";

/**
 * The message that a draft replies to.
 * @typedef {{ id: number, text: string }} Original
 *
 * @typedef {{ body: string, answered?: ?Original, files?: import("./uploads.js").Attached[] }} Draft
 */

export class Drafts {
  #prefix;
  #room;

  /**
   * @param {string} owner names the log and the person
   * @param {string} room
   */
  constructor(owner, room) {
    this.#prefix = `draft/${owner}/`;
    this.#room = room;
    markDrafts(owner, room);
  }

  /** @returns {?Draft} the draft of the room */
  read() {
    return storage.get(this.#prefix + this.#room);
  }

  /** @param {Draft} draft without text and files it is removed */
  save({ body, answered, files = [] }) {
    const isEmpty = !body.trim() && files.length === 0;
    storage.set(this.#prefix + this.#room, isEmpty ? null : { body, answered, files });
  }
}

/**
 * Keeps the rooms with a draft marked in the sidebar, other than the one of the page.
 *
 * @param {string} owner names the log and the person
 * @param {?string} current
 */
export function markDrafts(owner, current) {
  const prefix = `draft/${owner}/`;
  const mark = () => {
    const drafts = storage.getAll(prefix);
    for (const link of document.querySelectorAll("#sidebar .room-link")) {
      const { room } = link.dataset;
      if (room !== current && drafts.has(prefix + room)) link.dataset.draft = t("draft");
      else delete link.dataset.draft;
    }
  };
  mark();
  storage.watch(prefix, mark);
}

/** The draft of a thread, which has the form of one of a room. */
export class ThreadDrafts {
  #key;

  /**
   * @param {string} owner names the log and the person
   * @param {string} room
   * @param {number} root
   */
  constructor(owner, room, root) {
    this.#key = `thread-draft/${owner}/${room}/${root}`;
  }

  /** @returns {?Draft} */
  read() {
    return storage.get(this.#key);
  }

  /** @param {Draft} draft an empty body removes it */
  save({ body, answered }) {
    storage.set(this.#key, body.trim() ? { body, answered } : null);
  }
}

export class EditDrafts {
  #prefix;

  /**
   * @param {string} owner names the log and the person
   * @param {string} room
   */
  constructor(owner, room) {
    this.#prefix = `edit/${owner}/${room}/`;
  }

  /** Ids of the messages whose edit was begun. */
  get ids() {
    return [...storage.getAll(this.#prefix).keys()].map((key) => key.slice(this.#prefix.length));
  }

  /**
   * @param {string} id of the message
   * @returns {?string}
   */
  read(id) {
    return storage.get(this.#prefix + id);
  }

  /**
   * @param {string} id
   * @param {?string} body null removes it
   */
  save(id, body) {
    storage.set(this.#prefix + id, body);
  }
}
