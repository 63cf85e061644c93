// What happens where the reader does not look: in other rooms, in a hidden page; and who is writing. The code for it is
// fetched when it happens for the first time.

import { keptAt } from "./kept.js";
import { fetchModule } from "./later.js";
import { byId, request } from "./page.js";

export const SWITCH = "notices/on"; // kept where notifications are wanted
const WRITING = 3500; // ms between tellings that one writes

const { room, handle } = byId("room").dataset;
const notices = () => fetchModule("notices");
let turn = Promise.resolve();
let typing = null;
let isBehind = false; // something of other rooms could not be taken in

export const tabs = window.BroadcastChannel && new BroadcastChannel("backscroll rooms");
export const isOn = () => keptAt(SWITCH) && window.Notification?.permission === "granted";

/** Takes an event of any room in; `isRead`: it is under the reader's eyes. One after the other, also while code is fetched. */
export function takeNews(...news) {
  const taken = turn.then(() => take(...news));
  turn = taken.catch(() => {});
  return taken;
}

async function take(type, data, isRead) {
  const isHere = data.room === room;
  if (type === "message") {
    if (isHere) typing?.endTyping(data.by);
    if (!isHere || !isRead) await (await rooms())?.noteMessage(data);
    else if (isOn()) (await notices())?.notify(data); // says that it was looked at
  } else if (type === "typing") {
    if (isHere) (typing ??= await fetchModule("typing"))?.showTyping(data);
  } else if (type.startsWith("message")) {
    if (!isHere) (await rooms())?.noteChange(data);
  } else if (type.startsWith("room") || (type === "member" && data.handle === handle && !isHere)) (await rooms())?.refreshSoon();
}

async function rooms() {
  const module = await fetchModule("rooms");
  if (isBehind) module?.refreshSoon();
  isBehind = !module;
  return module;
}

/** The server can be reached again. */
export const catchUp = () => isBehind && rooms();

/** The reader has read this room up to here. */
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
