// The line between the history and the composer: usually empty.

import { byId } from "./page.js";

const line = byId("status");
let said = "";
let waiting = "";
let timer = null;

/** Says something, for `duration` ms where one is given. */
export function say(text, duration) {
  clearTimeout(timer);
  said = text;
  show();
  if (duration) timer = setTimeout(() => say(""), duration);
}

/** Says beside it that something waits to be sent. */
export function sayWaiting(text) {
  waiting = text;
  show();
}

function show() {
  const text = [said, waiting].filter(Boolean).join(" ");
  if (line.textContent !== text) line.textContent = text;
}
