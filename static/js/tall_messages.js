// Tall messages, which the style sheet cuts: a button shows them in full.

import { button } from "./dom.js";
import { t } from "./locale.js";

/** @typedef {import("./rows.js").Row} Row */

const LENGTH_MIN = 1000; // characters below which a text without blocks is never tall
const LINES_MIN = 20; // below which it is not, either

/** Rows that are new since the last frame. */
let waiting = [];

/**
 * Adds a button to a row if its text is cut. Rows are measured together, after they were laid out anyway.
 *
 * @param {Row} row
 */
export function showWhetherTall(row) {
  if (!mayBeTall(row.querySelector(".message-body"))) return;
  if (waiting.length === 0) requestAnimationFrame(measure);
  waiting.push(row);
}

function mayBeTall(body) {
  return body && (body.matches("div") || body.textContent.length > LENGTH_MIN || body.textContent.split("\n").length > LINES_MIN);
}

function measure() {
  const isCut = (row) => {
    const text = row.querySelector(".message-text");
    return text && text.scrollHeight > text.clientHeight + 1;
  };
  const tall = waiting.filter((row) => row.isConnected && isCut(row) && !row.querySelector(".show-all"));
  waiting = [];
  for (const row of tall) row.querySelector(".message-text").append(button(t("show-all"), "show-all"));
}

/**
 * Shows a row in full.
 *
 * @param {Row} row
 */
export function showWhole(row) {
  row.classList.add("whole");
  row.querySelector(".show-all")?.remove();
}
