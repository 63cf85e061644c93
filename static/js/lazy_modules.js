// Loads modules that are not needed at the start when they are first used.

import { byId } from "./dom.js";
import { isComposing } from "./keys.js";
import { t } from "./messages.js";
import { getAllStored } from "./storage.js";

const PATIENCE = 10_000; // ms to wait for a module
const FIELDS = "#body, .edit textarea";
const NAME_BEGINS = /(^|[\s(（【「])([@＠][^\s@]*|:[a-z0-9_+-]{2,})$/i;

const { room, handle, log } = byId("room").dataset;
export const EDITS = `edit/${log}/${handle}/${room}/`; // prefix of stored edits that were not sent yet
const list = byId("history");
const modules = {};
let failures = 0;
let style = null;
let completion = null;

/**
 * Loads a module; null while the server cannot be reached. The caller then asks again, under another address, since some
 * browsers remember a failure. `import` has no deadline of its own: over a dead connection it would wait for ever.
 */
export async function loadModule(name) {
  modules[name] ??= soon(import(`./${name}.js`)).catch(() => soon(import(`./${name}.js?${++failures}`)));
  return modules[name].catch(() => (modules[name] = null));
}

const soon = (loading) => Promise.race([loading, new Promise((_, fail) => setTimeout(fail, PATIENCE))]);

/** Loads a module and the style sheet of overlays and actions. */
export async function loadWithStyle(name) {
  style ??= loadStyle();
  const [module] = await Promise.all([loadModule(name), style]);
  return module;
}

async function loadStyle() {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: new URL("../css/writing.css", import.meta.url) });
  document.head.append(link);
  const { type } = await new Promise((done) => (link.onload = link.onerror = done));
  if (type === "error") style = null;
}

/** Loads the action bar when the pointer or the focus enters a row. `answer(id, text)` begins a reply in the composer. */
export function openRowActions(answer) {
  const actions = async () => (await loadWithStyle("actions"))?.openActions(answer);

  async function point({ target }) {
    const row = target.closest?.(".message");
    if (row) (await actions())?.moveTo(row);
  }

  async function submit(event) {
    const { target, submitter } = event;
    if (!target.matches(".reactions")) return;
    event.preventDefault();
    (await actions())?.react(target.closest(".message"), submitter.value);
  }

  async function editAgain() {
    for (const key of getAllStored(EDITS).keys()) {
      const row = byId(`m${key.slice(EDITS.length)}`);
      if (row?.matches(".mine:not(.message-deleted)")) (await actions())?.edit(row, true);
    }
  }

  async function editLast(event) {
    const last = [...list.querySelectorAll(".message.mine:not(.message-deleted)")].at(-1);
    if (event.key !== "ArrowUp" || event.target.value || isComposing(event) || !last) return;
    event.preventDefault();
    (await actions())?.edit(last);
  }

  list.addEventListener("pointerover", point);
  list.addEventListener("focusin", point);
  list.addEventListener("submit", submit);
  byId("body").addEventListener("keydown", editLast);
  editAgain();
}

async function complete({ target, isComposing }) {
  if (isComposing || !target.matches?.(FIELDS)) return;
  if (NAME_BEGINS.test(target.value.slice(0, target.selectionStart))) completion ??= await loadWithStyle("completion");
  completion?.complete(target); // synchronously if it is loaded: the next key may be Enter
}

async function switchRoom() {
  (await loadWithStyle("room_switcher"))?.openSwitcher();
}

function switchButton() {
  const button = document.createElement("button");
  const key = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K";
  Object.assign(button, { type: "button", className: "quiet switch", textContent: key, title: t("jump-to") });
  Object.assign(button, { ariaLabel: `${key}: ${t("jump-to")}`, ariaHasPopup: "dialog", onclick: switchRoom });
  return button;
}

document.addEventListener("input", complete);
document.addEventListener("compositionend", complete);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (isComposing(event)) return;
  event.preventDefault();
  switchRoom();
});
document.querySelector(".sidebar-foot")?.append(switchButton());
