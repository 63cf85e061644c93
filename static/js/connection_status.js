// The connection status that the page shows: nothing for short losses, one line for longer ones, and a summary of what
// was missed when the connection is back.

import { pathHere } from "./base_path.js";
import { button, byId } from "./dom.js";
import { t } from "./locale.js";
import { idOf } from "./rows.js";
import { statusLine } from "./status_line.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./unread_line.js").UnreadLine} UnreadLine */

const SHOWN_AFTER = 5000; // ms of loss that are not shown
const TEXTS = {
  connecting: t("connecting"),
  "catching-up": t("catching-up"),
  reconnecting: t("reconnecting"),
  offline: t("waiting-for-network"),
  "signed-out": t("signed-out"),
};
const LOST = ["reconnecting", "offline"]; // where the next attempt can be made at once
const COUNTED = { message: "messages", "message-edited": "edits", "message-deleted": "deletes" };

export class ConnectionStatus {
  #unreadLine;
  #tryButton;
  #state = "live";
  #timer = null; // from a loss on
  #isLong = false;
  #isRoomLost = false;
  #missed = null; // what the page missed, counted while it comes
  #summarized = 0; // the last event that a summary has counted
  #wasLong = false;

  /**
   * @param {UnreadLine} unreadLine placed above what was missed
   * @param {() => void} onTry called when the reader does not want to wait for the next attempt
   */
  constructor(unreadLine, onTry) {
    this.#unreadLine = unreadLine;
    this.#tryButton = button(t("try-now"), "quiet link", onTry);
  }

  /** Whether the last loss was long enough to be shown. */
  get wasLong() {
    return this.#wasLong;
  }

  /**
   * Shows a state of the stream.
   *
   * @param {string} state
   * @param {{ lostFor: number, cursor: number }} detail as `SharedStream` reports it
   */
  show(state, { lostFor, cursor }) {
    this.#state = state;
    if (state === "catching-up" && lostFor >= SHOWN_AFTER) {
      this.#missed ??= { after: cursor, messages: 0, edits: 0, deletes: 0 };
    }
    if (state === "live") {
      this.#wasLong = lostFor >= SHOWN_AFTER;
      this.#endLoss(cursor);
    } else this.#timer ??= setTimeout(() => this.#showLoss(), SHOWN_AFTER);
    this.#showStanding();
  }

  /**
   * Shows whether the room was deleted, or the reader may no longer see it.
   *
   * @param {boolean} isLost
   */
  showRoomLost(isLost) {
    this.#isRoomLost = isLost;
    this.#showStanding();
  }

  /**
   * Counts an event of this room for the summary.
   *
   * @param {string} type
   */
  countMissed(type) {
    if (this.#missed && COUNTED[type]) this.#missed[COUNTED[type]] += 1;
  }

  /**
   * Whether no summary counts a row.
   *
   * @param {Row} row
   */
  isNews(row) {
    return !this.#missed && idOf(row) > this.#summarized;
  }

  #showLoss() {
    this.#isLong = true;
    this.#showStanding();
  }

  #endLoss(cursor) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#isLong = false;
    const missed = this.#missed;
    this.#missed = null;
    const summary = missed && summarize(missed);
    if (!summary) return;
    if (missed.messages) this.#unreadLine.mark(missed.after, t("new-since", { summary }));
    statusLine.notify(t("while-away", { summary }));
    this.#summarized = cursor;
  }

  #showStanding() {
    if (this.#state === "signed-out") statusLine.setStanding(TEXTS[this.#state], signInLink());
    else if (this.#isRoomLost || this.#state === "gone") statusLine.setStanding(t("room-lost"));
    else statusLine.setStanding(this.#isLong ? TEXTS[this.#state] : "");
    // Beside the line, which is read out whenever it changes.
    if (this.#isLong && LOST.includes(this.#state)) byId("status").after(this.#tryButton);
    else this.#tryButton.remove();
  }
}

/** Returns `12 messages, 1 edit`; an empty text if nothing came. */
function summarize({ messages, edits, deletes }) {
  const parts = [
    messages > 0 && t("message-count", { count: messages }),
    edits > 0 && t("edit-count", { count: edits }),
    deletes > 0 && t("deletion-count", { count: deletes }),
  ];
  return parts.filter(Boolean).join(t("list-separator"));
}

function signInLink() {
  const link = document.createElement("a");
  link.href = `join?next=${encodeURIComponent(pathHere())}`;
  link.textContent = t("sign-in-again");
  return link;
}
