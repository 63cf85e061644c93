// Activity that is not in the visible history: messages in other rooms or while the page is hidden, and who is typing.
// The modules that show it are loaded when it happens for the first time.

import { getStored } from "./storage.js";
import { loadModule } from "./lazy_modules.js";
import { byId } from "./dom.js";
import { request } from "./http.js";

export const SWITCH = "notices/on"; // stored in browsers in which notifications are switched on
const WRITING = 3500; // ms between `typing` requests

const { room, handle } = byId("room").dataset;
const notices = () => loadModule("notifications");
let turn = Promise.resolve();
let typing = null;
let isBehind = false; // the room list missed an event, since its module could not be loaded

export const tabs = window.BroadcastChannel && new BroadcastChannel("backscroll rooms");
export const isOn = () => getStored(SWITCH) && window.Notification?.permission === "granted";

/**
 * Takes an event of any room; `isRead`: the reader sees it. Events are handled one after the other, also while modules
 * are being loaded.
 */
export function noteActivity(...news) {
  const taken = turn.then(() => take(...news));
  turn = taken.catch(() => {});
  return taken;
}

async function take(type, data, isRead) {
  const isHere = data.room === room;
  if (type === "message") {
    if (isHere) typing?.endTyping(data.by);
    if (!isHere || !isRead) await (await rooms())?.noteMessage(data);
    else if (isOn()) (await notices())?.notify(data); // tells the other tabs that it was seen
  } else if (type === "typing") {
    if (isHere) (typing ??= await loadModule("typing"))?.showTyping(data);
  } else if (type.startsWith("message")) {
    if (!isHere) (await rooms())?.noteChange(data);
  } else if (type === "room-deleted") (await rooms())?.remove(data.room);
  else if (type === "room" || (type === "member" && data.handle === handle)) (await rooms())?.refreshSoon();
}

async function rooms() {
  const module = await loadModule("room_list");
  if (isBehind) module?.refreshSoon();
  isBehind = !module;
  return module;
}

/** Called when the server can be reached again. */
export const catchUp = () => isBehind && rooms();

/** Called when the reader has read this room up to an event. */
export async function noteRead(upTo) {
  tabs?.postMessage({ room, upTo });
  if (document.querySelector(".room-link[aria-current] .badge")) (await rooms())?.clear({ room, upTo });
}

if (handle) {
  let toldAt = -WRITING;
  byId("body").addEventListener("input", ({ target, timeStamp }) => {
    if (!target.value.trim() || timeStamp - toldAt < WRITING) return;
    toldAt = timeStamp;
    request(`/api/v1/rooms/${room}/typing`, { method: "POST" });
  });
  byId("notify").addEventListener("change", async ({ target }) => (await notices())?.choose(target) ?? target.form.reset());
  if (isOn()) notices();
  if (document.querySelector(".badge")) rooms();
}
