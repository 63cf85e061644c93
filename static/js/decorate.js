// Decorates the rows that the server rendered, which are the same for everybody: local times, day lines, groups of one
// author, the reader's own messages and mentions, quotes.

import { byId, element } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";
import { mentionsOfReader } from "./mentions.js";
import { LOCALE, t } from "./messages.js";
import { idOf, rowAfter, rowBefore, rowsOf } from "./rows.js";

const GROUP = 5 * 60_000; // ms between rows of one author that still read as one
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moment = format({ dateStyle: "full", timeStyle: "medium" });
const day = format({ weekday: "long", day: "numeric", month: "long" });
const dayOfYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

const known = new WeakMap(); // row → its decoration

const newLine = element("li", "new");
let newAfter = Infinity;

/** Shows the "new" line after the message or event with this id. */
export function markNew(after, text) {
  newAfter = after;
  newLine.textContent = text;
}

export const newLineShown = () => (newLine.isConnected ? newLine : null);

/** Decorates rows, and the rows after them, whose group may have changed. */
export function decorate(list, rows, handle) {
  const touched = new Set();
  for (const row of rows) {
    if (!known.has(row)) read(row, handle);
    quotesOf(row).forEach(fillQuote);
    touched.add(row).add(rowAfter(row));
  }
  placeNewLine(list, touched);
  for (const row of touched) if (row?.isConnected) join(row);
}

/** Places the "new" line above the first unread row of others. It is hidden if that row may not be the first one. */
function placeNewLine(list, touched) {
  if (newAfter === Infinity) return;
  const before = newLine.isConnected ? rowAfter(newLine) : null;
  const fresh = [...rowsOf(list)].find((row) => idOf(row) > newAfter && !row.classList.contains("mine"));
  const isFirst = fresh && !rowBefore(fresh) && byId("older");
  const below = fresh && (known.get(fresh).line ?? fresh);
  if (!fresh || isFirst) newLine.remove();
  else if (below.previousElementSibling !== newLine) below.before(newLine);
  touched.add(before).add(fresh);
}

function join(row) {
  const now = known.get(row);
  const above = rowBefore(row);
  const previous = above && known.get(above);
  const opensDay = now.day !== previous?.day;
  placeLine(row, now, opensDay);
  const isFresh = newLine.isConnected && rowAfter(newLine) === row;
  row.classList.toggle("follows", !opensDay && !isFresh && previous.author === now.author && now.at - previous.at < GROUP);
  if (now.quote) fillQuote(now.quote);
}

/** The names of users who were renamed since the page was loaded, by handle. */
export const renamed = new Map();

/** Shows a user's new name everywhere on the page. Returns their rows whose name changed. */
export function rename({ handle, name }) {
  const rows = [];
  renamed.set(handle, name);
  for (const shown of document.querySelectorAll(".name")) {
    const row = shown.parentElement;
    if ((row.dataset.author ?? row.dataset.handle) !== handle || shown.textContent === name) continue;
    shown.textContent = name;
    if (!known.has(row)) continue;
    shown.title = name === handle ? "" : `@${handle}`;
    rows.push(row);
  }
  for (const quote of byId("history").querySelectorAll(`.message-quote[data-author="${CSS.escape(handle)}"]`)) {
    if (byId(quote.hash.slice(1)) || quote.textContent.startsWith(`${name}: `)) continue;
    quote.textContent = "";
    fillQuote(quote);
  }
  return rows;
}

/** Removes the day line of a row that is about to be replaced by `next`, which takes over its quote. */
export function discardDecoration(row, next) {
  known.get(row)?.line?.remove();
  const [former, quote] = [row, next].map((one) => one.querySelector(".message-quote"));
  if (!former || !quote) return;
  quote.textContent = former.textContent;
  Object.assign(quote.dataset, former.dataset);
}

const quotesOf = ({ id }) => byId("history").querySelectorAll(`.message-quote[href$="#${id}"]`);

/** Updates the quotes of a message that changed. If its row is on the page, that row is at least as new. */
export function refreshQuotes(row) {
  for (const quote of quotesOf(row)) quote.textContent = excerpt(byId(row.id) ?? row);
}

function read(row, handle) {
  const at = new Date(row.dataset.at);
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  const time = row.querySelector("time");
  time.textContent = clock.format(at);
  time.title = moment.format(at);
  row.classList.toggle("mine", handle !== "" && row.dataset.author === handle);
  for (const mention of mentionsOfReader(row)) mention.classList.add("me");
  if (row.querySelector("pre")) loadWithStyle("copy_code").then((code) => code?.addCopyButtons(row));
  for (const button of row.querySelectorAll(".reaction")) {
    button.classList.toggle("mine", button.title.split(", ").includes(handle));
  }
  const now = {
    at: at.getTime(),
    day: (isThisYear ? day : dayOfYear).format(at),
    author: row.dataset.author,
    quote: row.querySelector(".message-quote"),
  };
  known.set(row, now);
  return now;
}

function placeLine(row, now, opensDay) {
  if (!opensDay) {
    now.line?.remove();
    now.line = null;
    return;
  }
  now.line ??= element("li", "day", now.day);
  if (row.previousElementSibling !== now.line) row.before(now.line);
}

/** Returns `bob: the first line of the message`. */
export function excerpt(row) {
  const author = row.querySelector(".message-author").textContent;
  const text = row.querySelector(".message-body")?.textContent ?? t("deleted");
  return `${author}: ${text.trim().split("\n")[0]}`;
}

/** Fills the quote of a reply, from its row or, if that is not on the page, from the server. */
function fillQuote(link) {
  const row = byId(link.hash.slice(1));
  const text = row && excerpt(row);
  if (row) link.dataset.author = row.dataset.author;
  if (text && link.textContent !== text) link.textContent = text;
  else if (!row && !link.textContent) loadWithStyle("quoted_message").then((quote) => quote?.observe(link));
}

/** A click on a quote scrolls to the quoted row if that is on the page; otherwise the link is followed. */
byId("history").addEventListener("click", (event) => {
  const link = event.target.closest(".message-quote");
  const row = link && byId(link.hash.slice(1));
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.hash = link.hash;
  row.scrollIntoView({ block: "center" });
  row.querySelector(".message-time").focus({ preventScroll: true });
});
