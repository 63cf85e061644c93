// The sidebar: keeps the current room in view, and opens the room switcher.

import { button, byId, isComposing } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";
import { t } from "./locale.js";

const list = byId("sidebar").querySelector(".sidebar-rooms");

/** Scrolls the list of rooms, and nothing else, until the current room is in view. */
export function showCurrentRoom() {
  const link = list.querySelector(".room-link[aria-current]");
  if (!link) return;
  const edges = list.getBoundingClientRect();
  const { top, bottom } = link.getBoundingClientRect();
  const isInView = top >= edges.top && bottom <= edges.bottom;
  if (!isInView) list.scrollTop += (top + bottom) / 2 - (edges.top + edges.bottom) / 2;
}

/** Starts to keep the current room in view, and to open the room switcher by Ctrl/Cmd K and a button. */
export function openSidebar() {
  // At load, when the window becomes smaller, and when the list is opened as a sheet: it has no size before.
  new ResizeObserver(showCurrentRoom).observe(list);
  document.addEventListener("keydown", (event) => {
    if (!isSwitchKey(event)) return;
    event.preventDefault();
    switchRoom();
  });
  document.querySelector(".sidebar-foot")?.append(switchButton());
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
