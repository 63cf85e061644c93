// Desktop notifications, if they are switched on: one for each message, however many tabs are open, and none while one
// of the tabs is visible.

import { SWITCH, isOn } from "./activity.js";
import { byId } from "./dom.js";
import { explain } from "./explain.js";
import { json, request } from "./http.js";
import { loadModule } from "./lazy_modules.js";
import { t } from "./messages.js";
import { say } from "./status.js";
import { store } from "./storage.js";

const DOUBT = 300; // ms within which a visible tab tells the others that it shows the message
const EACH_MAX = 3; // notifications at once; more become one
const TEXT_MAX = 200; // characters
const SAID = 10_000; // ms for which a fault is shown

const { levelOf, nameOf, setLevel } = await loadModule("room_list");
const others = window.BroadcastChannel && new BroadcastChannel("backscroll notices");
const seen = new Set();
let waiting = [];

/** Notifies of a message, unless a tab is visible or the message was deleted. */
export function notify(data) {
  if (data.message.deleted_at) return;
  if (!document.hidden) return others?.postMessage(data.id);
  if (waiting.push(data) === 1) setTimeout(tell, DOUBT);
}

/** Shows the notifications that are due; many at once become one. */
function tell() {
  const due = waiting.filter(({ id }) => !seen.has(id));
  waiting = [];
  if (due.length > EACH_MAX) return void show("sum", "Backscroll", t("new-messages", { count: due.length }));
  for (const { id, room, by, message } of due) {
    const notice = show(id, `${by.name} · ${nameOf(room)}`, message.body.slice(0, TEXT_MAX));
    notice?.addEventListener("click", () => goTo(room, id));
  }
}

/** The browser shows one of several notifications with the same tag. */
function show(tag, title, body) {
  try {
    const notice = new Notification(title, { body, tag: `backscroll ${tag}`, icon: document.querySelector("link[rel=icon]").href });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
    return notice;
  } catch {
    return null; // Chromium on Android has them for service workers only
  }
}

function goTo(room, id) {
  const row = byId("room").dataset.room === room && byId(`m${id}`);
  if (row) row.scrollIntoView({ block: "center" });
  else location.assign(`/rooms/${room}/messages/${id}`);
}

/** The reader changed the notification level of this room, or switched notifications of this browser on or off. */
export async function choose(field) {
  if (field.type !== "checkbox") return chooseLevel(field);
  const isGranted = field.checked && (await window.Notification?.requestPermission()) === "granted";
  field.checked = isGranted;
  store(SWITCH, isGranted || null);
}

async function chooseLevel(field) {
  const level = field.value;
  const response = await request(`/api/v1/rooms/${byId("room").dataset.room}/notify`, json("PUT", { level }));
  if (response?.ok) return setLevel(level);
  field.value = levelOf();
  say(response ? await explain(response) : t("reconnecting"), SAID);
}

byId("notices").firstElementChild.checked ||= isOn();
others?.addEventListener("message", ({ data }) => seen.add(data));
