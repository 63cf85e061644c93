// The list of rooms at the side: the current room is kept in sight.

import { byId } from "./dom.js";

const list = byId("sidebar").querySelector(".sidebar-rooms");

/** Scrolls the list, and nothing else, until the current room is in sight. */
export function showCurrentRoom() {
  const link = list.querySelector(".room-link[aria-current]");
  if (!link) return;
  const edges = list.getBoundingClientRect();
  const { top, bottom } = link.getBoundingClientRect();
  const isInSight = top >= edges.top && bottom <= edges.bottom;
  if (!isInSight) list.scrollTop += (top + bottom) / 2 - (edges.top + edges.bottom) / 2;
}

// At load, when the window becomes smaller, and when the list is opened as a sheet: it has no size before.
new ResizeObserver(showCurrentRoom).observe(list);
