// The line between the history and the composer: usually empty.

import { byId } from "./page.js";

const line = byId("status");
let said = "";
let standing = "";
let waiting = "";
let door = null;
let timer = null;

/** Says something, for `duration` ms where one is given. */
export function say(text, duration) {
  clearTimeout(timer);
  said = text;
  show();
  if (duration) timer = setTimeout(() => say(""), duration);
}

/** Says what holds while nothing else is said, with a link where there is a way on. */
export function sayStanding(text, link = null) {
  standing = text;
  door = link;
  show();
}

/** Says beside it that something waits to be sent. */
export function sayWaiting(text) {
  waiting = text;
  show();
}

function show() {
  const text = [said || standing, waiting].filter(Boolean).join(" ");
  if (door && !said) line.replaceChildren(text, " ", door);
  else if (line.textContent !== text) line.textContent = text;
}
