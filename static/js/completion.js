// Completion while typing: of people after @, of emoji after a colon.

import { isComposing } from "./keys.js";
import { t } from "./messages.js";
import { findEmoji, findPeople } from "./names.js";

const SHOWN_MAX = 8;
const WANTED = /(^|[\s(（【「])(?:([@＠])([^\s@]*)|:([a-z0-9_+-]{2,}))$/i;

const list = document.createElement("ul");
Object.assign(list, { id: "names", className: "names", role: "listbox", ariaLabel: t("suggestions") });
list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", ({ target }) => choose(target.closest("li")));

let field = null; // in which the list completes something
let from = 0; // where in it the name begins
let to = 0; // and ends
let text = ""; // that the field had then
let asked = 0;

/** Shows what the word before the caret may become, if anything. */
export async function complete(target) {
  const end = target.selectionStart;
  const match = WANTED.exec(target.value.slice(0, end));
  const turn = ++asked;
  if (!match) return close();
  const [, , sign, person, emoji] = match;
  const options = sign ? peopleOptions(person) : (await findEmoji(emoji)).map(emojiOption);
  const isStale = turn !== asked || target.selectionStart !== end || document.activeElement !== target;
  if (isStale) return;
  if (options.length === 0) return close();
  open(target, end - (sign ? person.length : emoji.length) - 1, end, options.slice(0, SHOWN_MAX));
}

/** A handle that is complete needs no completion. */
function peopleOptions(wanted) {
  const people = findPeople(wanted);
  if (people.some(([handle]) => handle.toLowerCase() === wanted.toLowerCase())) return [];
  return people.map(([handle, name]) => option(`@${handle} `, `@${handle}`, name === handle ? "" : name));
}

const emojiOption = ([emoji, names]) => option(`${emoji} `, emoji, names.split(" ")[0]);

function option(text, sign, name) {
  const item = document.createElement("li");
  item.role = "option";
  item.dataset.text = text;
  const note = document.createElement("span");
  note.textContent = name;
  item.append(sign, " ", note);
  return item;
}

function open(target, start, end, options) {
  if (field !== target) {
    close();
    field = target;
    field.form.addEventListener("keydown", onKey, true);
    field.addEventListener("blur", close);
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");
  }
  [from, to, text] = [start, end, target.value];
  options.forEach((item, n) => (item.id = `name-${n}`));
  list.replaceChildren(...options);
  if (list.parentElement !== field.form) field.form.append(list);
  activate(options[0]);
}

function close() {
  asked += 1;
  list.remove();
  if (!field) return;
  field.form?.removeEventListener("keydown", onKey, true);
  field.removeEventListener("blur", close);
  for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete"]) field.removeAttribute(name);
  field = null;
}

function activate(item) {
  for (const other of list.children) other.ariaSelected = String(other === item);
  field.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

function choose(item) {
  if (!item || !field) return;
  const target = field;
  close();
  replaceText(target, from, to, item.dataset.text);
}

/** Puts a text in the place of another, such that it can be undone. */
function replaceText(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** The caret has left the name. */
const isLeft = () => field.value === text && field.selectionStart !== to;

document.addEventListener("selectionchange", () => field && isLeft() && close());

function onKey(event) {
  if (isComposing(event)) return;
  if (isLeft()) return close();
  const active = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") activate(active.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") activate(active.previousElementSibling ?? list.lastElementChild);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(active);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation(); // Enter sends nothing, Escape leaves nothing
}
