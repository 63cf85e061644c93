// What rows show beyond what is the same for everybody: local time, day lines, groups, what is one's own.

import { load } from "./later.js";
import { byId } from "./page.js";
import { LOCALE, words } from "./words.js";

const GROUP = 5 * 60_000; // ms between rows of one author that still read as one
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moment = format({ dateStyle: "full", timeStyle: "medium" });
const day = format({ weekday: "long", day: "numeric", month: "long" });
const dayOfYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

const known = new WeakMap(); // row → what was read from it

function line(className) {
  const item = document.createElement("li");
  item.className = className;
  return item;
}

const newLine = line("new");
let newAfter = Infinity;

/** Draws the line between what was seen, up to this id, and what is new. */
export function markNew(after, text) {
  newAfter = after;
  newLine.textContent = text;
}

export const newLineShown = () => (newLine.isConnected ? newLine : null);

export const idOf = (row) => Number(row.dataset.id);

/** Brings rows into the reader's terms. Cheap for rows that are dressed already. */
export function dress(list, handle) {
  let previous = null;
  let isNewLinePlaced = false;
  for (const row of list.querySelectorAll(":scope > .message")) {
    const now = known.get(row) ?? read(row, handle);
    const opensDay = now.day !== previous?.day;
    placeLine(row, now, opensDay);
    const opensNew = !isNewLinePlaced && idOf(row) > newAfter && previous !== null && !row.classList.contains("mine");
    if (opensNew) {
      const below = now.line ?? row;
      if (below.previousElementSibling !== newLine) below.before(newLine);
      isNewLinePlaced = true;
    }
    const follows = !opensDay && !opensNew && previous.author === now.author && now.at - previous.at < GROUP;
    row.classList.toggle("follows", follows);
    if (now.quote) fillQuote(now.quote);
    previous = now;
  }
  if (!isNewLinePlaced) newLine.remove();
}

/** Takes away what belongs to a row but stands beside it. */
export function undress(row) {
  known.get(row)?.line?.remove();
}

function read(row, handle) {
  const at = new Date(row.dataset.at);
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  const time = row.querySelector("time");
  time.textContent = clock.format(at);
  time.title = moment.format(at);
  row.classList.toggle("mine", handle !== "" && row.dataset.author === handle);
  markMention(row, handle);
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
  if (!now.line) {
    now.line = line("day");
    now.line.textContent = now.day;
  }
  if (row.previousElementSibling !== now.line) row.before(now.line);
}

/** Marks where the reader is named, as the server counts it (src/store/rooms.rs). */
function markMention(row, handle) {
  if (!handle) return;
  const name = `@${handle.toLowerCase()}`;
  for (const span of row.querySelectorAll(".mention")) {
    const after = span.nextSibling?.data ?? "";
    const said = (span.textContent + after).toLowerCase();
    if (!said.startsWith(name) || /[a-z0-9_-]/.test(said.charAt(name.length))) continue;
    if (name.length < span.textContent.length) span.after(span.firstChild.splitText(name.length)); // a sentence goes on
    span.classList.add("me");
  }
}

/** `bob: the first line of what was said` */
export function excerpt(row) {
  const author = row.querySelector(".message-author").textContent;
  const text = row.querySelector(".message-body")?.textContent ?? words.deleted;
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
