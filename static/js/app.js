// Keeps a room's page live: applies the events of the stream to the page that the server rendered.

import { catchUp, noteActivity } from "./activity.js";
import { countMissed, showRoomLost, showState } from "./connection_status.js";
import "./current_room.js";
import { markNew } from "./decorate.js";
import { byId } from "./dom.js";
import { openFeed } from "./feed.js";
import { History } from "./history.js";
import { loadModule, openRowActions } from "./lazy_modules.js";
import { t } from "./messages.js";
import { changePresence } from "./people.js";
import { openReadMark } from "./read_mark.js";
import { openSending } from "./sending.js";
import { follow } from "./stream.js";

const main = byId("room");
const { room, handle } = main.dataset;
let isLost = false; // the room was deleted, or the reader may no longer see it

// Rows

const feed = openFeed((events) => {
  history.apply(events);
  for (const { nonce } of events) if (nonce) sending?.settle(nonce);
  look();
});

// The stream

function onEvent(type, data) {
  noteActivity(type, data, !document.hidden && history.isLive && history.isAtEnd);
  if (type === "hello" && data.outcome !== "live" && data.outcome !== "replay") {
    noteActivity("room", {});
    feed.forget();
    history.refetch();
  }
  if (type === "user" && data.user) feed.take({ id: data.id, by: data.user });
  if (data.room !== room) return;
  if (data.by?.handle !== handle) countMissed(type);
  const html = data.message?.html ?? data.html;
  if (typeof html === "string") feed.take({ id: data.id, html, nonce: data.by?.handle === handle && data.message?.nonce });
  else if (type === "member") {
    if (data.handle === handle) regainRoom();
    loadModule("members").then((it) => (it ? it.changeMember(data) : history.refetch())).then(look); // a member reads
    feed.take(data); // after the rows that wait in the feed: they carry the former name
  } else if (type === "presence") changePresence(data);
  else if (type === "room" && data.room_info) {
    regainRoom();
    history.showRoom(data.room_info);
  } else if (type === "room-deleted") loseRoom();
}

/** The reader may no longer see the room. What is on the page stays. */
function loseRoom() {
  isLost = true;
  main.dataset.joined = "false";
  if (handle) for (const id of ["join-room", "leave-room", "notify"]) byId(id).hidden = true;
  showRoomLost(true);
}

/** A room that was lost is there again: its stream begins anew, and what came before has to be fetched. */
function regainRoom() {
  if (!isLost) return;
  isLost = false;
  showRoomLost(false);
  feed.forget();
  history.refetch();
}

function onState(name, detail) {
  showState(name, detail);
  sending?.enter(name);
  if (name !== "live") return;
  if (detail.lostFor) loadModule("presence").then((it) => it?.recheckPresence());
  catchUp();
  feed.take(null); // a line may have moved
}

// The page

const announce = (rows) => rows[0] && loadModule("announcer").then((it) => it?.announce(rows));
if (handle && main.dataset.read > 0 && main.dataset.joined === "true") markNew(Number(main.dataset.read), t("new-divider"));
const history = new History({ end: () => look(), news: announce });
const look = openReadMark(main, history);
const sending = handle ? openSending(main.dataset, history) : null;
if (sending) openRowActions(sending.answer);
follow(Number(main.dataset.cursor), { log: main.dataset.log, handle, onEvent, onState });
look();
addEventListener("keydown", async (event) => /^(Tab|Page|Home|End)/.test(event.key) && (await loadModule("keyboard_navigation"))?.openKeyboardNavigation(event));
byId("utc").remove();
byId("jump-to-date").addEventListener("submit", (event) => history.toDate(event));
