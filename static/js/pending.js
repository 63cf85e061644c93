// The rows of messages that have no id yet: below the history, in the order in which they go out.

import { byId } from "./page.js";
import { hue } from "./people.js";
import { isOld } from "./outbox.js";
import { words } from "./words.js";

/** Returns a function that shows what is on its way. `onEdit(entry)` puts its text back where it can be changed. */
export function openPending(outbox, { room, handle }, onEdit) {
  const list = document.createElement("ol");
  list.className = "history";
  list.id = "outbox";
  list.ariaLabel = words.onTheirWay;
  byId("past").append(list);
  const rows = new Map(); // nonce → row and the state that it shows

  function show() {
    const entries = outbox.list(room);
    const shown = entries.map((entry) => {
      const state = entry.fault ?? String(isOld(entry));
      const former = rows.get(entry.nonce);
      if (former?.state !== state) rows.set(entry.nonce, { state, row: rowOf(entry) });
      return rows.get(entry.nonce).row;
    });
    for (const nonce of rows.keys()) if (!entries.some((entry) => entry.nonce === nonce)) rows.delete(nonce);
    if (shown.length !== list.children.length || shown.some((row, n) => row !== list.children[n])) {
      list.replaceChildren(...shown);
    }
  }

  function rowOf(entry) {
    const needsWord = entry.fault || isOld(entry);
    const row = element("li", "message pending");
    row.ariaBusy = String(!needsWord);
    row.classList.toggle("refused", Boolean(needsWord));
    const name = document.querySelector(".sidebar-foot .name")?.textContent ?? handle;
    row.append(element("span", `message-author name hue-${hue(handle)}`, name));
    if (entry.answered) row.append(element("span", "message-quote", entry.answered.text));
    const text = element("p", "message-text");
    text.append(element("span", "message-body", entry.body));
    row.append(text);
    if (needsWord) row.append(question(entry));
    return row;
  }

  function question(entry) {
    const line = element("p", "pending-question");
    line.role = "alert";
    line.append(element("span", "", entry.fault ? words.notSent(entry.fault) : words.stillMeant(entry.at)));
    const act = (text, onClick) => {
      const button = element("button", "quiet", text);
      button.type = "button";
      button.addEventListener("click", () => {
        onClick(entry);
        byId("body").focus();
      });
      line.append(button);
    };
    act(entry.fault ? words.retry : words.send, () => outbox.retry(entry));
    act(words.edit, onEdit);
    act(words.discard, () => outbox.discard(entry));
    return line;
  }

  return show;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) Object.assign(made, { textContent: text, dir: "auto" });
  return made;
}
