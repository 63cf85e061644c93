// A room's page while it is open: what the stream brings goes into the page that the server rendered.

import { noteEvent, showState } from "./away.js";
import { markNew } from "./dress.js";
import { History } from "./history.js";
import { openLater } from "./later.js";
import { byId, fetchPage } from "./page.js";
import { adoptPeople, changeMember, changePresence, recheckPresence } from "./people.js";
import { openSending } from "./sending.js";
import { say } from "./status.js";
import { follow } from "./stream.js";
import { endTyping, showTyping, tellTyping } from "./typing.js";
import { words } from "./words.js";

const FRAME = 16; // ms in which events are gathered before the page is touched
const READ_PAUSE = 1500; // ms between moves of the read mark

const main = byId("room");
const { room, handle } = main.dataset;
const address = `/rooms/${room}`;

// Rows

let pending = []; // HTML of rows, in the order in which events came
let own = []; // nonces of one's own messages among them
let flushTimer = null;
let isRefetching = false;
let isStale = false; // what is being fetched may miss what came meanwhile
let hiddenNews = 0;

function take(html) {
  pending.push(html);
  flushTimer ??= setTimeout(flush, FRAME);
}

function flush() {
  flushTimer = null;
  if (isRefetching) return;
  const rows = pending;
  pending = [];
  const news = history.apply(rows, handle);
  own.splice(0).forEach((nonce) => sending?.settle(nonce));
  if (document.hidden) hiddenNews += news;
  showTitle();
  markRead();
}

/** After a gap or a reset: the rows are fetched anew, around what is being read, and replace what came before. */
async function refetch() {
  pending = [];
  isStale = true;
  if (isRefetching) return;
  isRefetching = true;
  for (let wait = 500; isStale; wait = Math.min(30_000, wait * 2)) {
    isStale = false;
    try {
      const { anchor } = history;
      const around = anchor && (await fetchPage(`${address}/messages/${anchor.dataset.id}`));
      const page = around ?? (await fetchPage(address));
      if (page && !isStale) adopt(page);
    } catch {
      isStale = true;
      await new Promise((done) => setTimeout(done, 250 + Math.random() * wait));
    }
  }
  isRefetching = false;
  flush();
}

function adopt(page) {
  history.adopt(page);
  adoptPeople(page);
  showRoom({ name: page.getElementById("room").dataset.name, topic: page.getElementById("room-topic").textContent });
}

// The stream

function onEvent(type, data) {
  if (type === "hello" && data.outcome !== "live" && data.outcome !== "replay") refetch();
  if (data.room !== room) return;
  if (type === "message") endTyping(data);
  if (data.message?.nonce && data.message.author?.handle === handle) own.push(data.message.nonce);
  noteEvent(type);
  if (typeof data.message?.html === "string") take(data.message.html);
  else if (typeof data.html === "string") take(data.html);
  else if (type === "member") changeMember(data);
  else if (type === "presence") changePresence(data);
  else if (type === "typing") showTyping(data);
  else if (type === "room" && data.room_info) showRoom(data.room_info);
  else if (type === "room-deleted") say(words.roomDeleted);
}

function onState(name, detail) {
  showState(name, detail);
  if (name !== "live") return;
  if (detail.lostFor) recheckPresence();
  sending?.hurry();
  take(""); // a line may have moved
}

// What the page says

function showRoom({ name, topic }) {
  if (typeof name !== "string" || typeof topic !== "string") return;
  main.dataset.name = name;
  byId("room-name").textContent = name;
  Object.assign(byId("room-topic"), { textContent: topic, title: topic });
  const link = document.querySelector(`.room-link[data-room="${room}"] .room-name`);
  if (link) link.textContent = name;
  byId("body")?.setAttribute("placeholder", words.messageTo(name));
  showTitle();
}

function showTitle() {
  if (!document.hidden) hiddenNews = 0;
  document.title = `${hiddenNews ? `(${hiddenNews}) ` : ""}${main.dataset.name} · Backscroll`;
}

// The read mark: what stood at the end of a page that somebody looked at

let readUpTo = Number(main.dataset.read);
let readTimer = null;

function markRead() {
  if (handle && main.dataset.joined === "true") readTimer ??= setTimeout(sendRead, READ_PAUSE);
}

async function sendRead() {
  readTimer = null;
  const { lastId } = history;
  if (document.hidden || !history.isLive || !history.isAtEnd || lastId <= readUpTo) return;
  const response = await fetch(`/api/v1/rooms/${room}/read`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ up_to: lastId }),
  }).catch(() => null);
  if (response?.ok) readUpTo = lastId;
}

/** A row out of an answer may be older than what the stream has brought meanwhile: it never replaces anything. */
function onSent(message) {
  if (typeof message.html === "string" && !byId(`m${message.id}`)) history.apply([message.html], handle);
}

function onWrite() {
  if (history.isLive) history.goToEnd();
  else location.assign(address);
}

if (handle && readUpTo > 0 && main.dataset.joined === "true") markNew(readUpTo, words.fresh);
const history = new History(markRead);
const keepPlace = (change) => history.keepPlace(change);
const sending = handle ? openSending(main.dataset, { onSent, onWrite, keepPlace }) : null;
if (handle) tellTyping(room, byId("body"));
const show = (html) => history.apply([html], handle);
if (sending) openLater(sending.answer, show);
follow(Number(main.dataset.cursor), { log: main.dataset.log, handle, onEvent, onState });
markRead();
document.addEventListener("visibilitychange", () => {
  showTitle();
  markRead();
});
