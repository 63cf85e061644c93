// The member list, and which members are online.

import { byId } from "./dom.js";

const members = byId("members");
export const { handle: viewer } = byId("room").dataset;

/** The same as `hue` in src/web/views/layout.rs: FNV-1a over the handle's bytes, folded. */
export function hue(handle) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(handle)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % 12;
}

export const itemOf = (handle) => members.querySelector(`[data-handle="${CSS.escape(handle)}"]`);

/** How somebody in the room calls themselves. */
export const nameOf = (handle) => itemOf(handle)?.textContent ?? handle;

/** Takes a `presence` event in. */
export function changePresence({ here, away }) {
  for (const handle of [...here, ...away]) {
    const item = itemOf(handle);
    if (item && handle !== viewer) place(item, here.includes(handle));
  }
  showCounts(0);
}

export function place(item, isHere) {
  const list = byId(isHere ? "here" : "away");
  if (item.parentElement === list) return;
  const key = ({ dataset }) => dataset.handle.toLowerCase();
  list.insertBefore(item, [...list.children].find((other) => key(other) > key(item)) ?? null);
}

/** Of whom only a part is listed, the rest counts as away. */
export function showCounts(change) {
  const count = byId("people-count");
  const all = +count.textContent + change;
  const here = byId("here").children.length;
  for (const [id, shown] of [["here", here], ["away", all - here]]) {
    const { parentElement: group } = byId(id);
    group.hidden = !shown;
    group.querySelector(".count").textContent = shown;
  }
  count.textContent = all;
}
