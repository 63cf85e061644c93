// Changes of the member list: who joined the room, and who left it.

import { loadModule } from "./lazy_modules.js";
import { byId, element } from "./dom.js";
import { hue, itemOf, place, showCounts, viewer } from "./people.js";

/** Takes a `member` event in. Doing so twice changes nothing. */
export async function changeMember({ handle, state, by }) {
  if (typeof handle !== "string") return;
  const shown = itemOf(handle);
  const isListed = shown || !document.querySelector(".people-more");
  if (!isListed) (await loadModule("presence"))?.recheckPresence(); // one of many: they are counted anew
  else if (state === "joined" && !shown) {
    place(memberItem(handle, by?.handle === handle ? by.name : handle), handle === viewer);
    showCounts(1);
  } else if (state === "left" && shown) {
    shown.remove();
    showCounts(-1);
  }
  if (handle === viewer) showMembership(state === "joined");
}

function memberItem(handle, name) {
  const item = document.createElement("li");
  item.dataset.handle = handle;
  item.append(element("span", `name hue-${hue(handle)}`, name));
  return item;
}

function showMembership(isMember) {
  byId("room").dataset.joined = String(isMember);
  byId("join-room").hidden = isMember;
  byId("leave-room").hidden = byId("notify").hidden = !isMember;
}
