// The read mark, which moves only while the reader looks at the end of the history: the page is visible and has the focus.

import { jsonOptions, request } from "./http.js";

const PAUSE = 1500; // ms between moves

export class ReadMark {
  #main;
  #history;
  #onMoved;
  #stored; // as the server has it
  #seen;
  #sent = 0; // the last mark that this page has asked for
  #isHeld = false; // the reader has marked something as unread, and not come back since
  #timer = null;

  /**
   * @param {HTMLElement} main the element of the room
   * @param {import("./history.js").History} history
   * @param {(upTo: number) => void} onMoved called when the server has stored the mark
   */
  constructor(main, history, onMoved) {
    this.#main = main;
    this.#history = history;
    this.#onMoved = onMoved;
    this.#stored = this.#seen = Number(main.dataset.read);
    if ("new" in main.dataset) this.#seen += 1; // somebody else has added the reader, which is seen now
    if (!main.dataset.handle) return;
    addEventListener("focus", () => this.update());
    addEventListener("pagehide", () => this.#store());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#store() : this.#comeBack()));
  }

  #comeBack() {
    this.#isHeld = false;
    this.update();
  }

  /**
   * Takes a mark that the server has stored: of another device, of another tab, or because the reader has marked something
   * as unread. The line stays where it is while the reader looks at it, unless the mark was moved backward.
   *
   * @param {number} upTo
   */
  follow(upTo) {
    const isBackward = upTo < this.#stored;
    if (!isBackward && (upTo <= this.#sent || upTo === this.#stored)) return;
    this.#stored = upTo;
    this.#seen = isBackward ? upTo : Math.max(this.#seen, upTo);
    if (isBackward) this.#isHeld = true;
    if (isBackward || document.hidden || !document.hasFocus()) this.#history.showUnreadAfter(upTo);
  }

  /** Moves the mark soon, if the reader has seen more. */
  update() {
    const history = this.#history;
    if (!this.#main.dataset.handle || this.#isHeld || document.hidden || !document.hasFocus()) return;
    if (history.isOpening || !history.isLive || !history.isAtEnd) return;
    this.#seen = Math.max(this.#seen, history.readUpTo);
    if (this.#hasMore) this.#timer ??= setTimeout(() => this.#store(), PAUSE);
  }

  get #hasMore() {
    return this.#seen > this.#stored && !this.#isHeld && this.#main.dataset.joined === "true";
  }

  async #store() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#hasMore) return;
    const upTo = (this.#sent = this.#seen);
    const options = { ...jsonOptions("PUT", { up_to: upTo }), keepalive: true };
    const response = await request(`api/v1/rooms/${this.#main.dataset.room}/read`, options);
    if (!response?.ok) return;
    this.#stored = Math.max(this.#stored, upTo);
    this.#onMoved(this.#stored);
  }
}
