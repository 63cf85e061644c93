// Decorates the rows that the server rendered, which are the same for everybody: local times, day lines, groups of one
// author, the reader's own messages and mentions, quotes.

import { blocks } from "./blocks.js";
import { element } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";
import { LOCALE } from "./locale.js";
import { mentionsOfReader, rowAfter, rowBefore } from "./rows.js";
import { showWhetherTall } from "./tall_messages.js";

/** @typedef {import("./rows.js").Row} Row */

const GROUP_WITHIN = 5 * 60_000; // ms between rows of one author that are shown as a group
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const timeFormat = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const fullFormat = format({ dateStyle: "full", timeStyle: "medium" });
const dayOfReplyFormat = format({ day: "numeric", month: "short" });
const dayFormat = format({ weekday: "long", day: "numeric", month: "long" });
const dayOfYearFormat = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const shortDayFormat = format({ weekday: "short", day: "numeric", month: "long", year: "numeric" });

/**
 * Returns a day with its year.
 *
 * @param {Date} date
 * @param {boolean} isShort
 */
export const formatDay = (date, isShort) => (isShort ? shortDayFormat : dayOfYearFormat).format(date);

/**
 * What the neighbours of a row need to know of it.
 * @typedef {object} Decoration
 * @property {number} at ms since 1970
 * @property {string} day in the reader's time zone
 * @property {string} author handle
 * @property {?HTMLAnchorElement} quote
 * @property {?HTMLElement} dayLine above the row
 */

export class RowDecorator {
  #list;
  #handle;
  #quotes;
  #unreadLine;
  /** @type {WeakMap<Row, Decoration>} */
  #decorations = new WeakMap();

  /**
   * @param {Element} list the history
   * @param {string} handle the reader; empty without an account
   * @param {import("./quotes.js").Quotes} quotes
   * @param {import("./unread_line.js").UnreadLine} unreadLine
   */
  constructor(list, handle, quotes, unreadLine) {
    this.#list = list;
    this.#handle = handle;
    this.#quotes = quotes;
    this.#unreadLine = unreadLine;
  }

  /**
   * Decorates rows, and the rows after them, whose group may have changed.
   *
   * @param {Iterable<Row>} rows
   */
  decorate(rows) {
    const touched = new Set();
    for (const row of rows) {
      if (!this.#decorations.has(row)) this.#decorations.set(row, this.#decorateAlone(row));
      this.#quotes.fillAllOf(row);
      touched.add(row).add(rowAfter(row));
    }
    for (const row of this.#unreadLine.place(this.#list, (row) => this.#decorations.get(row).dayLine ?? row)) touched.add(row);
    for (const row of touched) if (row?.isConnected) this.#decorateAmongOthers(row);
  }

  /**
   * Removes the day line of a row that is about to be replaced by `next`, which takes over its quote.
   *
   * @param {Row} row
   * @param {Row} next
   */
  discard(row, next) {
    this.#decorations.get(row)?.dayLine?.remove();
    this.#quotes.copy(row, next);
  }

  /** @returns {Decoration} */
  #decorateAlone(row) {
    const at = new Date(row.dataset.at);
    const isThisYear = at.getFullYear() === new Date().getFullYear();
    const time = row.querySelector("time");
    time.textContent = timeFormat.format(at);
    time.title = fullFormat.format(at);
    decorateThreadLine(row);
    foldIfBlocked(row);
    row.classList.toggle("mine", this.#handle !== "" && row.dataset.author === this.#handle);
    for (const mention of mentionsOfReader(row)) mention.classList.add("me");
    if (row.querySelector("pre")) loadWithStyle("copy_code").then((code) => code?.addCopyButtons(row));
    showWhetherTall(row);
    for (const reaction of row.querySelectorAll(".reaction")) {
      reaction.classList.toggle("mine", reaction.title.split(", ").includes(this.#handle));
    }
    return {
      at: at.getTime(),
      day: (isThisYear ? dayFormat : dayOfYearFormat).format(at),
      author: row.dataset.author,
      quote: row.querySelector(".message-quote"),
      dayLine: null,
    };
  }

  #decorateAmongOthers(row) {
    const decoration = this.#decorations.get(row);
    const previous = this.#decorations.get(rowBefore(row));
    const opensDay = decoration.day !== previous?.day;
    if (opensDay) placeDayLine(row, decoration);
    else removeDayLine(decoration);
    const isGrouped = !opensDay && previous.author === decoration.author && decoration.at - previous.at < GROUP_WITHIN;
    const opensReplies = Boolean(row.previousElementSibling?.matches(".thread-total")); // the root is above
    const isFollower = isGrouped && !opensReplies && !this.#unreadLine.isAbove(row);
    row.classList.toggle("follows", isFollower);
    row.querySelector(".message-author").tabIndex = isFollower ? -1 : 0; // it is hidden
    if (decoration.quote) this.#quotes.fill(decoration.quote);
  }
}

/**
 * Shows the time of the last reply in the line below a root in the reader's time zone, with the date if that is not today.
 *
 * @param {Row} row
 */
export function decorateThreadLine(row) {
  const time = row.querySelector(":scope > .thread-line time");
  if (!time) return;
  const at = new Date(time.dateTime);
  const clock = timeFormat.format(at);
  const isToday = at.toDateString() === new Date().toDateString();
  time.textContent = isToday ? clock : `${dayOfReplyFormat.format(at)}, ${clock}`;
  time.title = fullFormat.format(at);
}

/**
 * Folds the message of a person whom the reader has blocked, as templates/messages/_message.html does, or shows it.
 *
 * @param {Row} row
 */
export function foldIfBlocked(row) {
  const isBlocked = blocks.has(row.dataset.author);
  row.classList.toggle("message-blocked", isBlocked);
  const fold = row.querySelector(":scope > .message-fold");
  if (!isBlocked) fold?.remove();
  else if (!fold) {
    const time = row.querySelector(".message-time");
    time.after(Object.assign(element("a", "message-fold"), { href: time.href }));
  }
}

function placeDayLine(row, decoration) {
  decoration.dayLine ??= element("li", "day", decoration.day);
  if (row.previousElementSibling !== decoration.dayLine) row.before(decoration.dayLine);
}

function removeDayLine(decoration) {
  decoration.dayLine?.remove();
  decoration.dayLine = null;
}
