// Who is in the room, and who of them is here.

import { byId, element } from "./page.js";

const members = byId("members");
const { handle: viewer } = byId("room").dataset;

/** The same as `hue` in src/web/views/layout.rs: FNV-1a over the handle's bytes, folded. */
export function hue(handle) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(handle)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % 12;
}

const itemOf = (handle) => members.querySelector(`[data-handle="${CSS.escape(handle)}"]`);

/** How somebody in the room calls themselves. */
export const nameOf = (handle) => itemOf(handle)?.textContent ?? handle;

/** Takes a `member` event in. Doing so twice changes nothing. */
export function changeMember({ handle, state, by }) {
  if (typeof handle !== "string") return;
  const shown = itemOf(handle);
  if (state === "joined" && !shown) {
    place(memberItem(handle, by?.handle === handle ? by.name : handle), handle === viewer);
    showCounts(1);
  } else if (state === "left" && shown) {
    shown.remove();
    showCounts(-1);
  }
  if (handle === viewer) showMembership(state === "joined");
}

/** Takes a `presence` event in. */
export function changePresence({ here, away }) {
  for (const handle of [...here, ...away]) {
    const item = itemOf(handle);
    if (item && handle !== viewer) place(item, here.includes(handle));
  }
  showCounts(0);
}

function place(item, isHere) {
  const list = byId(isHere ? "here" : "away");
  if (item.parentElement === list) return;
  const key = ({ dataset }) => dataset.handle.toLowerCase();
  list.insertBefore(item, [...list.children].find((other) => key(other) > key(item)) ?? null);
}

function memberItem(handle, name) {
  const item = document.createElement("li");
  item.dataset.handle = handle;
  item.append(element("span", `name hue-${hue(handle)}`, name));
  return item;
}

/** Of whom only a part is listed, the rest counts as away. */
function showCounts(change) {
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

function showMembership(isMember) {
  byId("room").dataset.joined = String(isMember);
  byId("join-room").hidden = isMember;
  byId("leave-room").hidden = byId("notify").hidden = !isMember;
}
