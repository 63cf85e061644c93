// Pending messages: rows below the history, in the order in which they are sent.

import { byId, element } from "./dom.js";
import { t } from "./messages.js";
import { isLate } from "./outbox.js";
import { question } from "./pending_actions.js"; // at once: it is needed when nothing can be fetched
import { hue, nameOf } from "./people.js";

/** Returns a function that shows the outbox. `onEdit(entry)` puts a text back into the composer. */
export function openPending(outbox, { room, handle }, onEdit) {
  const list = element("ol", "history");
  list.id = "outbox";
  list.ariaLabel = t("outbox");
  byId("past").append(list);
  let rows = new Map(); // nonce and state → row

  function show() {
    const former = rows;
    rows = new Map();
    for (const entry of outbox.list(room)) {
      const isWaiting = outbox.sends(entry);
      const isMoving = isWaiting && !isLate(entry);
      const state = `${entry.nonce} ${isWaiting} ${isMoving} ${outbox.isSignedOut}`;
      rows.set(state, former.get(state) ?? rowOf(entry, isMoving));
    }
    if (`${[...rows.keys()]}` !== `${[...former.keys()]}`) list.replaceChildren(...rows.values());
  }

  function rowOf(entry, isMoving) {
    const row = element("li", "message pending");
    row.dataset.author = handle;
    row.ariaBusy = outbox.sends(entry);
    row.append(element("span", `message-author name hue-${hue(handle)}`, nameOf(handle)));
    if (entry.answered) row.append(element("span", "message-quote", entry.answered.text));
    const text = element("p", "message-text");
    text.append(element("span", "message-body", entry.body));
    row.append(text);
    if (!isMoving) row.append(question(entry, outbox, onEdit));
    return row;
  }

  return show;
}
