// Who is typing, shown for some seconds after each signal.

import { byId } from "./dom.js";
import { t } from "./messages.js";

const SHOWN = 6000; // ms
const LATE = 50; // ms within which a message is on the page that overtook its author's signal

const line = byId("typing");
const writers = new Map(); // handle → name and timer

/** Takes a `typing` event in. */
export function showTyping({ by: { handle, name }, at }) {
  setTimeout(() => {
    const rows = document.querySelectorAll(`.message[data-author="${CSS.escape(handle)}"]`);
    if ([...rows].some((row) => row.dataset.at >= at)) return;
    clearTimeout(writers.get(handle)?.timer);
    writers.set(handle, { name, timer: setTimeout(endTyping, SHOWN, { handle }) });
    show();
  }, LATE);
}

/** Their message is here, or they were silent for long. */
export function endTyping({ handle }) {
  clearTimeout(writers.get(handle)?.timer);
  if (writers.delete(handle)) show();
}

function show() {
  const [first, second] = [...writers.values()].map(({ name }) => name);
  line.textContent = writers.size ? t("typing", { count: writers.size, first, second }) : "";
}
