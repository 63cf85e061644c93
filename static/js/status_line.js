// The status line between the history and the composer, which is usually empty.

import { byId } from "./dom.js";

const NOTICE_SHOWN = 10_000; // ms

class StatusLine {
  #line = byId("status");
  #notice = "";
  #standing = "";
  #pending = "";
  #link = null;
  #timer = null;

  /**
   * Shows a notice in place of the standing text.
   *
   * @param {string} text
   * @param {number} [duration] in ms
   */
  notify(text, duration = NOTICE_SHOWN) {
    clearTimeout(this.#timer);
    this.#notice = text;
    this.#timer = setTimeout(() => this.#endNotice(), duration);
    this.#show();
  }

  /**
   * Sets the text that is shown while there is no notice.
   *
   * @param {string} text
   * @param {?HTMLAnchorElement} [link] shown after the text
   */
  setStanding(text, link = null) {
    this.#standing = text;
    this.#link = link;
    this.#show();
  }

  /**
   * Sets the text about pending messages, which is shown after the others.
   *
   * @param {string} text
   */
  setPending(text) {
    this.#pending = text;
    this.#show();
  }

  #endNotice() {
    this.#notice = "";
    this.#show();
  }

  #show() {
    const text = [this.#notice || this.#standing, this.#pending].filter(Boolean).join(" ");
    if (this.#link && !this.#notice) this.#line.replaceChildren(text, " ", this.#link);
    else if (this.#line.textContent !== text) this.#line.textContent = text;
  }
}

/** The status line of the page. */
export const statusLine = new StatusLine();
