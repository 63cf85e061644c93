// Rows of the history: list items that the server rendered, one for each message, in the order of their ids.

import { byId } from "./dom.js";
import { t } from "./locale.js";
import { viewer } from "./viewer.js";

/**
 * A message as an element: `data-id` is its id, `data-author` the handle of its author, `data-at` its time.
 * @typedef {HTMLLIElement} Row
 */

/** The reader's handle as mentions have it: the same as `mention_key` in src/model/user.rs. */
const mentionKey = viewer.handle.toLowerCase().normalize();

const ROOM_MENTION = "room"; // the same as in src/model/user.rs

/** @param {Row} row */
export const idOf = (row) => Number(row.dataset.id);

/**
 * Returns the row of a message, or null if it is not on the page.
 *
 * @param {string | number} id
 * @returns {?Row}
 */
export const rowOf = (id) => byId(`m${id}`);

/** @param {Element} element */
export const isRow = (element) => element.classList.contains("message");

const nextRow = (sibling) => (element) => {
  let next = element[sibling];
  while (next && !isRow(next)) next = next[sibling];
  return next;
};

/** Returns the row before an element of the list, or null. */
export const rowBefore = nextRow("previousElementSibling");
/** Returns the row after an element of the list, or null. */
export const rowAfter = nextRow("nextElementSibling");

/**
 * @param {Element} list
 * @returns {NodeListOf<Row>}
 */
export const rowsOf = (list) => list.querySelectorAll(":scope > .message");

/**
 * Returns the row in a piece of HTML from our own server, which escapes what people write; null if there is none.
 *
 * @param {string} html
 * @returns {?Row}
 */
export function parseRow(html) {
  const row = parse(html).firstElementChild;
  return row && isRow(row) && row.id === `m${row.dataset.id}` ? row : null;
}

/**
 * Returns the row of a thread in a piece of HTML from our own server; null if it belongs to another thread. The root of a
 * thread, and replies that the room shows, too, have rows of their own in it.
 *
 * @param {string} html
 * @param {number} root
 * @returns {?Row}
 */
export function parseThreadRow(html, root) {
  const row = parse(html).firstElementChild;
  if (!row || !isRow(row) || Number(row.dataset.thread ?? row.dataset.id) !== root) return null;
  row.id = `t${row.dataset.id}`;
  row.querySelector(".message-time").hash = row.id;
  row.querySelector(":scope > .thread-line")?.remove();
  return row;
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/**
 * Returns the index of the first row whose lower edge is below `y`; the number of rows if there is none.
 *
 * @param {ArrayLike<Row>} rows from top to bottom
 * @param {number} y in px from the top of the window
 */
export function firstBelow(rows, y) {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > y) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * Returns `bob: the first line of the message`.
 *
 * @param {Row} row
 */
export function excerpt(row) {
  const author = row.querySelector(".message-author").textContent;
  const text = row.querySelector(".message-body")?.textContent ?? t("deleted");
  return `${author}: ${text.trim().split("\n")[0]}`;
}

/**
 * Returns the parts of a row by which its author means the reader: mentions, and the quote of a message of the reader. The
 * server decides what they are: a row has `<span class="mention" data-handle="…">` for each mention, `data-mentions-room`
 * if `@room` is one of everybody, and `data-answers` with the handle whose message it replies to.
 *
 * @param {ParentNode} row
 * @returns {HTMLElement[]}
 */
export function mentionsOfReader(row) {
  const isOfReader = (part) => part.dataset.handle === mentionKey || isOfRoom(part) || isAnswer(part);
  return mentionKey ? [...row.querySelectorAll(".mention, [data-answers]")].filter(isOfReader) : [];
}

/** Whether a mention is `@room` by somebody who may mention everybody in the room, other than the reader. */
function isOfRoom(mention) {
  const row = mention.dataset.handle === ROOM_MENTION && mention.closest("[data-mentions-room]");
  return Boolean(row) && row.dataset.author !== viewer.handle;
}

/** Whether a quote is of a message of the reader, by somebody else. */
const isAnswer = (quote) => quote.dataset.answers === viewer.handle && quote.closest(".message").dataset.author !== viewer.handle;

/**
 * Whether a row mentions the reader, or replies to the reader.
 *
 * @param {?string} html the row
 */
export const mentionsReader = (html) => Boolean(html) && mentionsOfReader(parse(html)).length > 0;
