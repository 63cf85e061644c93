// The sidebar: keeps the current room in view, counts what is unread beyond its edges, opens the room switcher and the
// list of keys, and says whether the page is live.

import { button, byId, isComposing } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";
import { t } from "./locale.js";

const sidebar = byId("sidebar");
const list = sidebar.querySelector(".sidebar-rooms");
const UNREAD = ".room-link.unread, .room-link:has(> .badge-mention)";
const edge = document.createElement("div");
const pill = button("", "edge-pill", () => scrollToUnread());

/** What the sidebar says of a connection that is not live. */
const STATES = {
  reconnecting: t("reconnecting-now"),
  offline: t("offline"),
  "signed-out": t("signed-out-short"),
  gone: t("signed-out-short"),
};

/** Scrolls the list of rooms, and nothing else, until the current room is in view. */
export function showCurrentRoom() {
  const link = list.querySelector(".room-link[aria-current]");
  if (!link) return;
  const edges = list.getBoundingClientRect();
  const { top, bottom } = link.getBoundingClientRect();
  const isInView = top >= edges.top && bottom <= edges.bottom;
  if (!isInView) list.scrollTop += (top + bottom) / 2 - (edges.top + edges.bottom) / 2;
}

/** Returns the unread rooms above and below what is visible of the list. */
function unreadBeyond() {
  const edges = list.getBoundingClientRect();
  const boxes = [...list.querySelectorAll(UNREAD)].map((link) => ({ link, box: link.getBoundingClientRect() }));
  const above = boxes.filter(({ box }) => box.bottom <= edges.top + 1).map(({ link }) => link);
  const below = boxes.filter(({ box }) => box.top >= edges.bottom - 1).map(({ link }) => link);
  return { above, below };
}

/** Counts the unread rooms beyond an edge of the list, in a strip below it, and shows on narrow screens that something waits. */
export function showUnreadBeyond() {
  byId("rooms-button")?.classList.toggle("waiting", list.querySelector(UNREAD) !== null);
  const { above, below } = unreadBeyond();
  const [sign, count] = below.length > 0 ? ["↓", below.length] : ["↑", above.length];
  edge.hidden = count === 0;
  if (count > 0) pill.textContent = `${sign} ${t("unread-rooms", { count })}`;
}

function scrollToUnread() {
  const { above, below } = unreadBeyond();
  (below[0] ?? above.at(-1))?.scrollIntoView({ block: "center" });
}

/**
 * Shows the reader's new name.
 *
 * @param {{ handle: string, name: string }} user
 */
export function showName({ handle, name }) {
  const shown = sidebar.querySelector(".sidebar-who .name");
  if (shown && handle === sidebar.dataset.handle) shown.textContent = name;
}

/**
 * Shows the state of the stream beside the reader's name.
 *
 * @param {string} state
 */
export function showConnection(state) {
  const shown = byId("sidebar-state");
  if (shown) shown.textContent = STATES[state] ?? t("online");
  sidebar.toggleAttribute("data-lost", state in STATES);
}

/** Starts to keep the current room in view, and to open the room switcher by Ctrl/Cmd K and a button. */
export function openSidebar() {
  // At load, when the window becomes smaller, and when the list is opened as a sheet: it has no size before.
  new ResizeObserver(showCurrentRoom).observe(sidebar);
  new ResizeObserver(showUnreadBeyond).observe(list); // also when the strip comes and goes
  list.addEventListener("scroll", showUnreadBeyond, { passive: true });
  Object.assign(edge, { className: "edge", hidden: true });
  edge.append(pill);
  list.after(edge);
  document.addEventListener("keydown", (event) => {
    if (isSwitchKey(event)) switchRoom();
    else if (isHelpKey(event)) showKeys();
    else return;
    event.preventDefault();
  });
  document.querySelector(".sidebar-foot").append(switchButton());
  document.querySelector(".sidebar-top").after(button(t("find-room-or-person"), "find", switchRoom));
}

/** `?` outside of text fields. */
function isHelpKey(event) {
  const isTyped = event.target.matches("input, textarea, select, [contenteditable]");
  return event.key === "?" && !isTyped && !event.ctrlKey && !event.metaKey && !event.altKey && !isComposing(event);
}

async function showKeys() {
  const module = await loadWithStyle("key_list");
  module?.showKeys();
}

function isSwitchKey(event) {
  const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
  return isK && !event.shiftKey && !event.altKey && !isComposing(event);
}

let switcher = null;

async function switchRoom() {
  const module = await loadWithStyle("room_switcher");
  if (module) switcher ??= new module.RoomSwitcher();
  switcher?.toggle();
}

function switchButton() {
  const key = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K";
  const made = button(key, "quiet switch", switchRoom);
  Object.assign(made, { title: t("jump-to"), ariaLabel: `${key}: ${t("jump-to")}`, ariaHasPopup: "dialog" });
  return made;
}

/**
 * Shows who of the people of direct rooms is online: a `presence` event.
 *
 * @param {{ here: string[], away: string[] }} event handles
 */
export function showPresence({ here, away }) {
  for (const link of list.querySelectorAll("[data-direct]")) {
    const others = link.dataset.direct.trim().split(" ");
    const dot = link.querySelector(".presence");
    if (!dot || others.length !== 1) continue;
    if (here.includes(others[0])) dot.hidden = false;
    else if (away.includes(others[0])) dot.hidden = true;
  }
}
