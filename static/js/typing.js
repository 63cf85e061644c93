// Who is writing: said to the others while one types, and shown for a moment after they said so.

import { byId } from "./page.js";
import { words } from "./words.js";

const SAY_EVERY = 3500; // ms
const SHOWN = 6000; // ms

const line = byId("typing");
const writers = new Map(); // handle → name and timer
const posted = new Map(); // handle → when their last message was posted

/** Takes a `typing` event in. */
export function showTyping({ by, at }) {
  if (typeof by?.handle !== "string" || at < posted.get(by.handle)) return;
  const { handle, name } = by;
  clearTimeout(writers.get(handle)?.timer);
  writers.set(handle, { name, timer: setTimeout(forget, SHOWN, handle) });
  show();
}

/** Takes a `message` event in: what was being written is here. A signal that comes late says nothing any more. */
export function endTyping({ by, at }) {
  posted.set(by?.handle, at);
  forget(by?.handle);
}

function forget(handle) {
  clearTimeout(writers.get(handle)?.timer);
  if (writers.delete(handle)) show();
}

function show() {
  line.textContent = writers.size ? words.typing([...writers.values()].map(({ name }) => name)) : "";
}

/** Tells the room that one writes in this field. */
export function tellTyping(room, field) {
  let toldAt = -SAY_EVERY;
  let timer = null;
  function tell() {
    timer = null;
    if (!field.value.trim()) return;
    toldAt = performance.now();
    fetch(`/api/v1/rooms/${room}/typing`, { method: "POST" }).catch(() => {});
  }
  field.addEventListener("input", () => (timer ??= setTimeout(tell, toldAt + SAY_EVERY - performance.now())));
}
