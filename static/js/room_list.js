// The list of rooms at the side: unread counts and mentions of each, and the sum in the title, on the icon and on the
// badge of an installed app.

import { isOn, tabs } from "./activity.js";
import { moment, since } from "./clock.js";
import { showCurrentRoom } from "./current_room.js";
import { byId } from "./dom.js";
import { request } from "./http.js";
import { loadModule } from "./lazy_modules.js";
import { mentionsReader } from "./mentions.js";
import { number, t } from "./messages.js";

const COUNTED_MAX = 1000; // as the server has it: src/model/room.rs
const LONG_HIDDEN = 60_000; // ms after which the reader may have read elsewhere
const RETRY = 5000; // ms
const SPREAD = 2000; // ms over which the requests of all pages for a changed list are spread

const main = byId("room");
const { room: current, handle } = main.dataset;
const list = document.querySelector(".sidebar-rooms");
const icon = document.querySelector("link[rel=icon]");
const calm = icon.href;
const linkOf = (room) => list.querySelector(`[data-room="${room}"]`);
let timer = null; // set until the new list is there
let isStale = false; // something has changed since it was asked for
let meanwhile = null; // messages that came since then
let hiddenAt = document.hidden ? moment() : null;
let hiddenNews = 0; // what others wrote in this room while nobody looked

/** Counts a message that the reader does not see, and notifies of it if wanted. */
export async function noteMessage(data) {
  const { id, room, by, message } = data;
  if (by.handle === handle || message.deleted_at) return;
  meanwhile?.push(data);
  if (room === current && document.hidden) hiddenNews += 1;
  showTitle();
  const { notify, head, unread } = linkOf(room)?.dataset ?? {};
  if (!notify || (id <= head && unread === "0")) return; // not a member, or it was read elsewhere
  count(data);
  const isWanted = notify === "everything" || (notify === "mentions" && mentionsReader(message.html));
  if (isWanted && isOn()) (await loadModule("notifications"))?.notify(data);
}

/** Counts a message, unless the list knows of it already. */
function count({ id, room, message }) {
  const link = linkOf(room);
  if (!link?.dataset.notify || id <= link.dataset.head) return;
  link.dataset.head = id;
  link.dataset.unread++;
  if (mentionsReader(message.html)) link.dataset.mentions++;
  showCount(link);
}

/** A message in another room was changed or deleted: its mentions and the unread count may have changed. */
export function noteChange({ room, message }) {
  const { unread, mentions } = linkOf(room)?.dataset ?? {};
  if (unread > 0 && (message.deleted_at || mentions > 0 || mentionsReader(message.html))) refreshSoon();
}

/** The name of a room as the list shows it. */
export const nameOf = (room) => linkOf(room)?.querySelector(".room-name").textContent ?? room;

/** A room was read up to here. */
export function clear({ room, upTo }) {
  const link = linkOf(room);
  if (link?.dataset.head > upTo && room !== current) return refreshSoon();
  if (!link?.dataset.notify) return;
  Object.assign(link.dataset, { unread: 0, mentions: 0 });
  showCount(link);
}

/** The notification level of this room. */
export const levelOf = () => linkOf(current).dataset.notify;

/** Shows a new notification level of this room. */
export function setLevel(level) {
  const link = linkOf(current);
  link.dataset.notify = level;
  showCount(link);
}

/** The same as templates/layout/_room_link.html. */
function showCount(link) {
  const { unread, mentions, notify } = link.dataset;
  const isMuted = notify === "nothing";
  const [kind, text, meaning] =
    mentions > 0 && !isMuted
      ? ["badge badge-mention", `@ ${number(+mentions)}`, t("mentions", { count: +mentions })]
      : ["badge", unread < COUNTED_MAX ? unread : "999+", t("unread")];
  link.classList.toggle("muted", isMuted);
  link.classList.toggle("unread", unread > 0 && !isMuted);
  link.querySelector(".badge")?.remove();
  if (unread > 0) link.insertAdjacentHTML("beforeend", `<span class="${kind}">${text}<span class="visually-hidden"> ${meaning}</span></span>`);
  showTitle();
}

function showTitle() {
  let count = hiddenNews;
  for (const link of list.querySelectorAll("[data-notify]")) {
    const { room, notify, unread, mentions } = link.dataset;
    if (room !== current) count += Number({ everything: unread, mentions }[notify] ?? 0);
    else if (notify === "nothing") count -= hiddenNews;
  }
  document.title = `${count ? `(${count}) ` : ""}${main.dataset.name} · Backscroll`;
  icon.href = count ? icon.dataset.news : calm;
  navigator.setAppBadge?.(count).catch(() => {});
}

/** A room is no longer there for the reader. */
export function remove(room) {
  linkOf(room)?.closest("li").remove();
  showTitle();
  refreshSoon(); // a heading may go with it, and a list that is on its way may still have it
}

/** Rooms have come, gone or been renamed, or were read elsewhere. */
export function refreshSoon() {
  isStale = true;
  timer ??= setTimeout(refresh, Math.random() * SPREAD);
}

/** Puts the server's list in the place of the one shown, with what came while it was on its way. */
async function refresh() {
  isStale = false;
  meanwhile = [];
  const fresh = await fetchList();
  const noted = meanwhile;
  meanwhile = null;
  timer = fresh ? null : setTimeout(refresh, RETRY * (1 + Math.random()));
  if (!fresh) return;
  adopt(fresh);
  noted.forEach(count);
  showTitle();
  if (isStale) refreshSoon();
}

async function fetchList() {
  const response = await request("/rooms", { headers: { accept: "text/html" }, cache: "no-store" });
  const text = (await response?.text().catch(() => "")) ?? "";
  return new DOMParser().parseFromString(text, "text/html").querySelector(".sidebar-rooms");
}

/** Replaces the list. Drafts, which only this browser knows, and the focus stay. */
function adopt(fresh) {
  // A room beyond those that the sidebar shows stays first.
  if (!fresh.querySelector(`[data-room="${current}"]`)) fresh.querySelector("ul").prepend(linkOf(current)?.closest("li") ?? "");
  const focused = list.contains(document.activeElement) && document.activeElement.dataset.room;
  for (const link of fresh.querySelectorAll(".room-link")) {
    const former = linkOf(link.dataset.room)?.dataset ?? {};
    if (former.draft) link.dataset.draft = former.draft;
    if (link.dataset.room !== current) continue;
    link.ariaCurrent = "page";
    link.dataset.unread = former.unread ?? 0;
    link.dataset.mentions = former.mentions ?? 0;
    link.dataset.head = Math.max(link.dataset.head, former.head ?? 0); // up to there it counted by itself
  }
  list.replaceChildren(...fresh.children);
  showCurrentRoom();
  if (linkOf(current)) showCount(linkOf(current));
  if (focused) linkOf(focused)?.focus();
}

tabs?.addEventListener("message", ({ data }) => clear(data));
document.addEventListener("visibilitychange", () => {
  if (hiddenAt && since(hiddenAt) > LONG_HIDDEN) refreshSoon();
  hiddenAt = document.hidden ? moment() : null;
  hiddenNews = 0;
  showTitle();
});
if (list.querySelector(".room-link:not([data-notify])")) refreshSoon(); // one may have joined it meanwhile
showTitle();
