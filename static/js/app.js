// A room's page while it is open: what the stream brings goes into the page that the server rendered.

import { noteEvent, showState } from "./away.js";
import { markNew } from "./dress.js";
import { openFeed } from "./feed.js";
import { History } from "./history.js";
import { fetchModule, openLater } from "./later.js";
import { t } from "./messages.js";
import { catchUp, takeNews } from "./news.js";
import { byId } from "./page.js";
import { changePresence } from "./people.js";
import { openReadMark } from "./read_mark.js";
import { openSending } from "./sending.js";
import "./sidebar.js";
import { say } from "./status.js";
import { follow } from "./stream.js";

const main = byId("room");
const { room, handle } = main.dataset;

// Rows

const feed = openFeed((events) => {
  history.apply(events);
  for (const { nonce } of events) if (nonce) sending?.settle(nonce);
  look();
});

// The stream

function onEvent(type, data) {
  takeNews(type, data, !document.hidden && history.isLive && history.isAtEnd);
  if (type === "hello" && data.outcome !== "live" && data.outcome !== "replay") {
    takeNews("room", {});
    feed.forget();
    history.refetch();
  }
  if (data.room !== room) return;
  if (data.by?.handle !== handle) noteEvent(type);
  const html = data.message?.html ?? data.html;
  if (typeof html === "string") feed.take({ id: data.id, html, nonce: data.by?.handle === handle && data.message?.nonce });
  else if (type === "member") {
    fetchModule("members").then((it) => (it ? it.changeMember(data) : history.refetch())).then(look); // a member reads
    feed.take(data); // behind the rows that wait: they have the former name
  } else if (type === "presence") changePresence(data);
  else if (type === "room" && data.room_info) history.showRoom(data.room_info);
  else if (type === "room-deleted") say(t("room-deleted"));
}

function onState(name, detail) {
  showState(name, detail);
  sending?.enter(name);
  if (name !== "live") return;
  if (detail.lostFor) fetchModule("presence").then((it) => it?.recheckPresence());
  catchUp();
  feed.take(null); // a line may have moved
}

// The page

const announce = (rows) => rows[0] && fetchModule("announcer").then((it) => it?.announce(rows));
if (handle && main.dataset.read > 0 && main.dataset.joined === "true") markNew(Number(main.dataset.read), t("new-divider"));
const history = new History({ end: () => look(), news: announce });
const look = openReadMark(main, history);
const sending = handle ? openSending(main.dataset, history) : null;
if (sending) openLater(sending.answer);
follow(Number(main.dataset.cursor), { log: main.dataset.log, handle, onEvent, onState });
look();
addEventListener("keydown", async (event) => /^(Tab|Page|Home|End)/.test(event.key) && (await fetchModule("walk"))?.openWalk(event));
byId("utc").remove();
byId("jump-to-date").addEventListener("submit", (event) => history.toDate(event));
