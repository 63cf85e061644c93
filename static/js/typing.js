// Who is typing: tells the server that the reader is, and shows others for some seconds after each signal.

import { byId } from "./dom.js";
import { request } from "./http.js";
import { t } from "./locale.js";

const SENT_EVERY = 3500; // ms between requests while the reader types
const SHOWN = 6000; // ms after a signal
const MESSAGE_WITHIN = 50; // ms within which a message is on the page that overtook the signal of its author

export class TypingIndicator {
  #line = byId("typing");
  /** Name and timer by handle. */
  #writers = new Map();

  /**
   * Applies a `typing` event.
   *
   * @param {{ by: import("./people.js").User, at: string }} event
   */
  show({ by: { handle, name }, at }) {
    setTimeout(() => {
      const rows = [...document.querySelectorAll(`.message[data-author="${CSS.escape(handle)}"]`)];
      if (rows.some((row) => row.dataset.at >= at)) return;
      clearTimeout(this.#writers.get(handle)?.timer);
      this.#writers.set(handle, { name, timer: setTimeout(() => this.end(handle), SHOWN) });
      this.#update();
    }, MESSAGE_WITHIN);
  }

  /**
   * Hides somebody whose message is there, or who was silent for long.
   *
   * @param {string} handle
   */
  end(handle) {
    clearTimeout(this.#writers.get(handle)?.timer);
    if (this.#writers.delete(handle)) this.#update();
  }

  #update() {
    const [first, second] = [...this.#writers.values()].map(({ name }) => name);
    this.#line.textContent = this.#writers.size ? t("typing", { count: this.#writers.size, first, second }) : "";
  }
}

/**
 * Tells the server now and then that the reader is typing.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string} room
 */
export function sendTyping(field, room) {
  let sentAt = -SENT_EVERY;
  field.addEventListener("input", ({ timeStamp }) => {
    if (!field.value.trim() || timeStamp - sentAt < SENT_EVERY) return;
    sentAt = timeStamp;
    request(`api/v1/rooms/${room}/typing`, { method: "POST" });
  });
}
