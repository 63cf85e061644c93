// Keeps the frame of a page live that is no room: the list of rooms, the title, and who is online. Rooms have js/app.js.

import { Activity } from "./activity.js";
import { blocks } from "./blocks.js";
import { byId } from "./dom.js";
import { markDrafts } from "./drafts.js";
import { loadModule } from "./lazy_modules.js";
import { openCards } from "./name_links.js";
import { SharedStream } from "./shared_stream.js";
import { openSidebar, showConnection, showName, showPresence } from "./sidebar.js";
import { storage } from "./storage.js";
import { viewer } from "./viewer.js";

const activity = new Activity(null, viewer.handle);

const inbox = byId("inbox") && loadModule("inbox").then((module) => module && new module.Inbox());

function onEvent(type, data) {
  inbox?.then((list) => list?.apply(type, data));
  activity.apply(type, data);
  if (type === "hello" && data.outcome !== "live" && data.outcome !== "replay") activity.apply("room", {});
  if (type === "me" && data.changed?.includes("blocks")) blocks.refresh();
  if (type === "user" && data.user) showName(data.user);
  if (type === "presence") showPresence(data);
}

function onState(state, { lostFor } = {}) {
  showConnection(state);
  if (state !== "live") return;
  if (lostFor) inbox?.then((list) => list?.refreshSoon());
  storage.resume();
  activity.catchUp();
}

openSidebar();
openCards();
if (document.querySelector("[data-time-zone]")) loadModule("local_time").then((times) => times?.showLocalTimes());
if (viewer.handle) {
  markDrafts(`${viewer.log}/${viewer.handle}`, null);
  blocks.refresh();
}
new SharedStream(viewer.cursor, { log: viewer.log, handle: viewer.handle, onEvent, onState }).follow();
