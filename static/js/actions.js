// The action bar: there is one, which moves to the row under the pointer or the focus.

import { excerpt } from "./decorate.js";
import { byId } from "./dom.js";
import { explain } from "./explain.js";
import { request } from "./http.js";
import { isTouch } from "./keys.js";
import { loadWithStyle } from "./lazy_modules.js";
import { t } from "./messages.js";
import { idOf } from "./rows.js";
import { say } from "./status.js";

const EMOJI = ["👍", "❤️", "😂"];
const SAID = 10_000; // ms for which an error is shown

const { room } = byId("room").dataset;
const onFault = (text) => say(text, SAID);
let actions = null;

/** `answer(id, text)` begins an answer. */
export function openActions(answer) {
  actions ??= makeActions(answer);
  return actions;
}

function makeActions(answer) {
  const list = byId("history");
  const bar = document.createElement("div");
  bar.className = "actions";
  const when = Object.assign(document.createElement("a"), { className: "quiet when" });
  const more = button("☺+", t("react-with-any"), pick);
  const edit = link(t("edit"), (row) => change(row, "openEdit"));
  const remove = link(t("delete"), (row) => change(row, "openDelete"));
  bar.append(
    when,
    ...EMOJI.map((emoji) => button(emoji, t("react-with", { emoji }), (row) => react(row, emoji))),
    more,
    button(t("reply"), t("reply"), (row) => answer(idOf(row), excerpt(row))),
    edit,
    remove,
  );

  function button(text, label, act) {
    const element = document.createElement("button");
    Object.assign(element, { type: "button", className: "quiet", textContent: text, ariaLabel: label, title: label });
    element.addEventListener("click", () => run(element, act));
    return element;
  }

  /** Leads to the page that works without scripts. */
  function link(text, act) {
    const element = Object.assign(document.createElement("a"), { className: "quiet", textContent: text });
    element.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      run(element, act);
    });
    return element;
  }

  /** On touch screens, the bar is closed by its use: it is over the composer. */
  function run(element, act) {
    const row = element.closest(".message");
    act(row);
    if (isTouch.matches) bar.remove();
  }

  function moveTo(row) {
    if (bar.parentElement === row || row.classList.contains("message-deleted")) return;
    const time = row.querySelector(".message-time");
    Object.assign(when, { href: time.href, textContent: time.querySelector("time").textContent });
    edit.href = remove.href = `/rooms/${room}/messages/${row.dataset.id}/edit`;
    row.append(bar);
  }

  const address = (row) => `/api/v1/rooms/${room}/messages/${row.dataset.id}`;

  async function react(row, emoji) {
    const shown = [...row.querySelectorAll(".reaction")].find((reaction) => reaction.value === emoji);
    const method = shown?.classList.contains("mine") ? "DELETE" : "PUT";
    const response = await request(`${address(row)}/reactions/${encodeURIComponent(emoji)}`, { method });
    if (!response?.ok) onFault(response ? await explain(response) : t("reaction-failed"));
  }

  async function pick(row) {
    const { id } = row;
    const picker = await loadWithStyle("picker");
    if (!picker) return onFault(t("reaction-failed"));
    picker.openPicker(more, (emoji) => react(byId(id) ?? row, emoji)).catch(() => onFault(t("reaction-failed")));
  }

  async function change(row, how, isAgain) {
    const editing = await loadWithStyle("edit");
    const fault = editing ? await editing[how](row, address(row), isAgain) : t("change-failed");
    if (fault) onFault(fault);
  }

  list.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse" && !bar.contains(document.activeElement)) bar.remove();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (isTouch.matches && !target.closest?.(".message")) bar.remove();
  });
  return { moveTo, react, edit: (row, isAgain) => change(row, "openEdit", isAgain) };
}
