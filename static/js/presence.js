// Fetches presence after a loss of the connection, or if only a part of the members is listed.

import { byId } from "./dom.js";
import { request } from "./http.js";
import { changePresence, showCounts } from "./people.js";

const RETURN = 12_000; // ms after a loss in which whoever comes back comes back
let timer = null;

/** Asks for it when everybody has had the time to come back, and not with all the others at once. */
export function recheckPresence() {
  clearTimeout(timer);
  timer = setTimeout(recheck, RETURN * (1 + Math.random()));
}

async function recheck() {
  const response = await request(`/api/v1/rooms/${byId("room").dataset.room}/members`);
  if (!response?.ok) return;
  const { members, count } = await response.json();
  const handles = (isHere) => members.filter(({ here }) => here === isHere).map(({ handle }) => handle);
  changePresence({ here: handles(true), away: handles(false) });
  if (document.querySelector(".people-more")) showCounts(count - byId("people-count").textContent);
}
