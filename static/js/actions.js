// What one can do with a row: one small bar that moves to the row under the pointer or the focus.

import { excerpt, idOf } from "./dress.js";
import { byId } from "./page.js";
import { explain, words } from "./words.js";

const EMOJI = ["👍", "❤️", "😂"];

/** `answer(id, text)` begins an answer; `onFault(text)` says why a reaction did not go through. */
export function openActions(room, answer, onFault) {
  const list = byId("history");
  const bar = document.createElement("div");
  bar.className = "actions";
  const edit = document.createElement("a");
  edit.textContent = words.edit;
  bar.append(
    ...EMOJI.map((emoji) => button(emoji, words.reactWith(emoji), (row) => react(row, emoji))),
    button(words.reply, words.reply, (row) => answer(idOf(row), excerpt(row))),
    edit,
  );

  function button(text, label, act) {
    const element = document.createElement("button");
    Object.assign(element, { type: "button", className: "quiet", textContent: text, ariaLabel: label });
    element.addEventListener("click", () => act(element.closest(".message")));
    return element;
  }

  function moveTo(event) {
    const row = event.target.closest?.(".message");
    if (!row || bar.parentElement === row || row.classList.contains("message-deleted")) return;
    edit.href = `/rooms/${room}/messages/${row.dataset.id}/edit`;
    row.append(bar);
  }

  async function react(row, emoji) {
    const shown = [...row.querySelectorAll(".reaction")].find((reaction) => reaction.value === emoji);
    const method = shown?.classList.contains("mine") ? "DELETE" : "PUT";
    const address = `/api/v1/rooms/${room}/messages/${row.dataset.id}/reactions/${encodeURIComponent(emoji)}`;
    const response = await fetch(address, { method }).catch(() => null);
    if (!response) onFault(words.reactionLost);
    else if (!response.ok) onFault(await explain(response));
  }

  list.addEventListener("pointerover", moveTo);
  list.addEventListener("focusin", moveTo);
  list.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse" && !bar.contains(document.activeElement)) bar.remove();
  });
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    react(event.target.closest(".message"), event.submitter.value);
  });
}
