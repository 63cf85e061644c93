// The read mark, which moves only while the reader looks at the end of the history: the page is visible and has the focus.

import { noteRead } from "./activity.js";
import { json, request } from "./http.js";

const PAUSE = 1500; // ms between moves

/** Returns a function to be called whenever there may be more that was seen. */
export function openReadMark(main, history) {
  const { room, handle } = main.dataset;
  let told = Number(main.dataset.read);
  let seen = told;
  let timer = null;
  if (!handle) return () => {};

  function look() {
    if (document.hidden || !document.hasFocus() || history.isOpening || !history.isLive || !history.isAtEnd) return;
    seen = Math.max(seen, history.readUpTo);
    if (seen > told && main.dataset.joined === "true") timer ??= setTimeout(tell, PAUSE);
  }

  async function tell() {
    clearTimeout(timer);
    timer = null;
    const upTo = seen;
    if (upTo <= told || main.dataset.joined !== "true") return;
    const response = await request(`/api/v1/rooms/${room}/read`, { ...json("PUT", { up_to: upTo }), keepalive: true });
    if (!response?.ok) return;
    told = Math.max(told, upTo);
    noteRead(told);
  }

  addEventListener("focus", look);
  addEventListener("pagehide", tell);
  document.addEventListener("visibilitychange", () => (document.hidden ? tell() : look()));
  return look;
}
