// Desktop notifications, for whoever has asked for them: one for each message, however many tabs are open, and none
// while one of them is looked at.

import { explain } from "./explain.js";
import { keep } from "./kept.js";
import { fetchModule } from "./later.js";
import { t } from "./messages.js";
import { SWITCH, isOn } from "./news.js";
import { byId, json, request } from "./page.js";
import { say } from "./status.js";

const DOUBT = 300; // ms within which a tab that is looked at says so
const EACH_MAX = 3; // messages at once that are told of one by one
const TEXT_MAX = 200; // characters
const SAID = 10_000; // ms for which a fault is shown

const { levelOf, nameOf, setLevel } = await fetchModule("rooms");
const others = window.BroadcastChannel && new BroadcastChannel("backscroll notices");
const seen = new Set();
let waiting = [];

/** Tells of a message, unless somebody is looking or it is gone already. */
export function notify(data) {
  if (data.message.deleted_at) return;
  if (!document.hidden) return others?.postMessage(data.id);
  if (waiting.push(data) === 1) setTimeout(tell, DOUBT);
}

/** Of much at once, as after a night, with one notification. */
function tell() {
  const due = waiting.filter(({ id }) => !seen.has(id));
  waiting = [];
  if (due.length > EACH_MAX) return void show("sum", "Backscroll", t("new-messages", { count: due.length }));
  for (const { id, room, by, message } of due) {
    const notice = show(id, `${by.name} · ${nameOf(room)}`, message.body.slice(0, TEXT_MAX));
    notice?.addEventListener("click", () => goTo(room, id));
  }
}

/** Of several with the same tag the browser shows one. */
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

/** The reader has changed what they are told of: in this room, or beside the page in this browser. */
export async function choose(field) {
  if (field.type !== "checkbox") return chooseLevel(field);
  const isGranted = field.checked && (await window.Notification?.requestPermission()) === "granted";
  field.checked = isGranted;
  keep(SWITCH, isGranted || null);
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
