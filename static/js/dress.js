// What rows show beyond what is the same for everybody: local time, day lines, groups, what is one's own.

import { load } from "./later.js";
import { mentionsOfReader } from "./mentions.js";
import { LOCALE, t } from "./messages.js";
import { byId, element } from "./page.js";
import { idOf, rowAfter, rowBefore, rowsOf } from "./rows.js";

const GROUP = 5 * 60_000; // ms between rows of one author that still read as one
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moment = format({ dateStyle: "full", timeStyle: "medium" });
const day = format({ weekday: "long", day: "numeric", month: "long" });
const dayOfYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

const known = new WeakMap(); // row → what was read from it

const newLine = element("li", "new");
let newAfter = Infinity;

/** Draws the line between what was seen, up to this id, and what is new. */
export function markNew(after, text) {
  newAfter = after;
  newLine.textContent = text;
}

export const newLineShown = () => (newLine.isConnected ? newLine : null);

/** Brings rows into the reader's terms, and those after them, which may follow somebody else now. */
export function dress(list, rows, handle) {
  const touched = new Set();
  for (const row of rows) {
    if (!known.has(row)) read(row, handle);
    quotesOf(row).forEach(fillQuote);
    touched.add(row).add(rowAfter(row));
  }
  placeNewLine(list, touched);
  for (const row of touched) if (row?.isConnected) join(row);
}

/** Above the first row of others that was not read, unless it is not known whether that is the first. */
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

/** Shows what somebody is called. Answers with their rows, where that is new. */
export function rename({ handle, name }) {
  const rows = [];
  for (const shown of document.querySelectorAll(".name")) {
    const row = shown.parentElement;
    if ((row.dataset.author ?? row.dataset.handle) !== handle || shown.textContent === name) continue;
    shown.textContent = name;
    if (!known.has(row)) continue;
    shown.title = name === handle ? "" : `@${handle}`;
    rows.push(row);
  }
  return rows;
}

/** Takes away what belongs to a row but stands beside it, and leaves what it quotes to its next state. */
export function undress(row, next) {
  known.get(row)?.line?.remove();
  const [former, quote] = [row, next].map((one) => one.querySelector(".message-quote"));
  if (former && quote) quote.textContent = former.textContent;
}

const quotesOf = ({ id }) => byId("history").querySelectorAll(`.message-quote[href$="#${id}"]`);

/** A row that is not on the page has changed, or has no text any more; one that is may know of something later. */
export function quoteAnew(row) {
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
  if (row.querySelector("pre")) load("code").then((code) => code?.dressCode(row));
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

/** `bob: the first line of what was said` */
export function excerpt(row) {
  const author = row.querySelector(".message-author").textContent;
  const text = row.querySelector(".message-body")?.textContent ?? t("deleted");
  return `${author}: ${text.trim().split("\n")[0]}`;
}

/** Quotes what is answered. */
function fillQuote(link) {
  const row = byId(link.hash.slice(1));
  const text = row && excerpt(row);
  if (text && link.textContent !== text) link.textContent = text;
  else if (!row && !link.textContent) load("quote").then((quote) => quote?.observe(link));
}

/** A quote leads to its row; where that is on the page, without leaving it. */
byId("history").addEventListener("click", (event) => {
  const link = event.target.closest(".message-quote");
  const row = link && byId(link.hash.slice(1));
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.hash = link.hash;
  row.scrollIntoView({ block: "center" });
  row.querySelector(".message-time").focus({ preventScroll: true });
});
