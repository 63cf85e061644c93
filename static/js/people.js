// Who is in the room.

import { byId } from "./page.js";

const list = byId("members");

/** The same as `hue` in src/web/views/layout.rs: FNV-1a over the handle's bytes, folded. */
function hue(handle) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(handle)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % 12;
}

/** Takes a `member` event in. Doing so twice changes nothing. */
export function changeMember({ handle, state, by }, viewer) {
  if (typeof handle !== "string") return;
  const shown = [...list.children].find((item) => item.dataset.handle === handle);
  if (state === "joined" && !shown) {
    list.append(memberItem(handle, by?.handle === handle ? by.name : handle));
    addToCount(1);
  } else if (state === "left" && shown) {
    shown.remove();
    addToCount(-1);
  }
  if (handle === viewer) showMembership(state === "joined");
}

/** Takes over what a page fetched anew says. */
export function adoptPeople(page) {
  list.replaceChildren(...page.getElementById("members").children);
  const count = page.querySelector("[data-count=people]").textContent;
  for (const place of document.querySelectorAll("[data-count=people]")) place.textContent = count;
}

function memberItem(handle, name) {
  const item = document.createElement("li");
  item.dataset.handle = handle;
  const text = document.createElement("span");
  text.className = `name hue-${hue(handle)}`;
  text.dir = "auto";
  text.textContent = name;
  item.append(text);
  return item;
}

function addToCount(change) {
  for (const place of document.querySelectorAll("[data-count=people]")) {
    place.textContent = String(Math.max(0, Number(place.textContent) + change));
  }
}

function showMembership(isMember) {
  byId("room").dataset.joined = String(isMember);
  const join = byId("join-room");
  const leave = byId("leave-room");
  if (join) join.hidden = isMember;
  if (leave) leave.hidden = !isMember;
}
