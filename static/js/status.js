// The status line between the history and the composer, which is usually empty.

import { byId } from "./dom.js";

const line = byId("status");
let said = "";
let standing = "";
let waiting = "";
let door = null;
let timer = null;

/** Shows a text, for `duration` ms if given. */
export function say(text, duration) {
  clearTimeout(timer);
  said = text;
  show();
  if (duration) timer = setTimeout(() => say(""), duration);
}

/** Sets the text that is shown while there is no other, with a link if there is something to do. */
export function sayStanding(text, link = null) {
  standing = text;
  door = link;
  show();
}

/** Sets the text about pending messages, which is shown beside the other one. */
export function sayWaiting(text) {
  waiting = text;
  show();
}

function show() {
  const text = [said || standing, waiting].filter(Boolean).join(" ");
  if (door && !said) line.replaceChildren(text, " ", door);
  else if (line.textContent !== text) line.textContent = text;
}
