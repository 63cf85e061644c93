// Pending messages: rows below the history, in the order in which they are sent, with buttons to send, edit or discard
// those that are not sent. The status line says how many wait.

import { button, element } from "./dom.js";
import { hue } from "./hue.js";
import { loadModule } from "./lazy_modules.js";
import { formatTime, t } from "./locale.js";
import { people } from "./people.js";
import { statusLine } from "./status_line.js";

/** @typedef {import("./outbox.js").Entry} Entry */

/**
 * Where the rows are: in the room, or in a thread.
 * @typedef {object} Place
 * @property {Element} list they follow this list
 * @property {(change: () => void) => void} keepPlace changes rows so that what is read stays where it is
 * @property {HTMLTextAreaElement} field where messages are written
 * @property {number} [thread] the root of the thread
 */

const COUNTED_AFTER = 5000; // ms of waiting that the status line does not show

export class PendingMessages {
  #room;
  #handle;
  #outbox;
  #place;
  #onEdit;
  #list = element("ol", "history pending-list");
  #rows = new Map(); // by nonce and state
  #timer = null; // from the first message that waits on
  #isCounted = false;

  /**
   * @param {string} room
   * @param {string} handle the reader
   * @param {import("./outbox.js").Outbox} outbox
   * @param {Place} place
   * @param {(entry: Entry) => void} onEdit called when the reader wants to change a message before it is sent
   */
  constructor(room, handle, outbox, place, onEdit) {
    this.#room = room;
    this.#handle = handle;
    this.#outbox = outbox;
    this.#place = place;
    this.#onEdit = onEdit;
    this.#list.id = place.thread ? "thread-outbox" : "outbox";
    this.#list.ariaLabel = t("outbox");
    place.list.after(this.#list);
  }

  /** Shows what is in the outbox. */
  update() {
    this.#place.keepPlace(() => this.#updateRows());
    if (!this.#place.thread) this.#updateCount();
  }

  #updateRows() {
    const former = this.#rows;
    this.#rows = new Map();
    for (const entry of this.#outbox.list(this.#room)) {
      if (entry.thread !== this.#place.thread) continue;
      const isWaiting = this.#outbox.isWaiting(entry);
      const isMoving = isWaiting && !this.#outbox.isLate(entry);
      const state = `${entry.nonce} ${isWaiting} ${isMoving} ${this.#outbox.isSignedOut}`;
      this.#rows.set(state, former.get(state) ?? this.#rowOf(entry, isMoving));
    }
    if (`${[...this.#rows.keys()]}` !== `${[...former.keys()]}`) this.#list.replaceChildren(...this.#rows.values());
  }

  /** Shows in the status line how many messages wait, once the first of them has waited for some seconds. */
  #updateCount() {
    const count = this.#outbox.waiting().length;
    if (count === 0) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#isCounted = false;
    }
    if (count > 0 && !this.#isCounted) this.#timer ??= setTimeout(() => this.#startCount(), COUNTED_AFTER);
    statusLine.setPending(this.#isCounted ? t("waiting", { count }) : "");
  }

  #startCount() {
    this.#isCounted = true;
    this.update();
  }

  #rowOf(entry, isMoving) {
    const row = element("li", "message pending");
    row.dataset.author = this.#handle;
    row.ariaBusy = String(this.#outbox.isWaiting(entry));
    row.append(element("span", `message-author name hue-${hue(this.#handle)}`, people.nameOf(this.#handle)));
    if (entry.answered) row.append(element("span", "message-quote", entry.answered.text));
    const text = element("p", "message-text");
    text.append(element("span", "message-body", entry.body));
    row.append(text);
    if (entry.files) row.append(chipsOf(entry.files));
    if (!isMoving) row.append(this.#questionOf(entry));
    return row;
  }

  /** Returns why a message is not sent, and buttons. */
  #questionOf(entry) {
    const outbox = this.#outbox;
    const line = element("p", "question");
    if (!outbox.isWaiting(entry)) {
      const fault = outbox.isSignedOut ? t("signed-out") : entry.fault;
      line.role = "alert";
      line.append(element("span", "", fault ? t("not-sent", { reason: fault }) : t("send-still", { time: formatTime(entry.at) })));
      if (!outbox.isSignedOut) line.append(this.#actionButton(fault ? t("retry") : t("send"), () => outbox.retry(entry)));
      line.append(this.#actionButton(t("edit"), () => this.#onEdit(entry)));
    }
    line.append(this.#actionButton(t("discard"), () => outbox.discard(entry)));
    return line;
  }

  /** The button goes with its row, so the composer gets the focus. */
  #actionButton(text, act) {
    return button(text, "quiet", () => {
      act();
      this.#place.field.focus();
    });
  }
}

/** Returns the files of a message with their progress. The module that shows them is loaded when it is needed. */
function chipsOf(files) {
  const list = element("ul", "chips");
  loadModule("attachments").then((module) => module?.showFiles(list, files));
  return list;
}
