// Completion while typing: of people after @, of emoji after a colon.

import { byId, isComposing } from "./dom.js";
import { findEmoji } from "./emoji.js";
import { request } from "./http.js";
import { t } from "./locale.js";
import { people } from "./people.js";

const SHOWN_MAX = 8;
const WANTED = /(^|[\s(（【「])(?:([@＠])([^\s@]*)|:([a-z0-9_+-]{2,}))$/i;

export class Completion {
  #list = document.createElement("ul");
  #people = new PeopleFinder();
  #field = null; // in which the list completes something
  #from = 0; // where in it the name begins
  #to = 0; // where the name ends
  #text = ""; // that the field had when the list was opened
  #turn = 0; // counts searches, so that an outdated result is dropped

  constructor() {
    Object.assign(this.#list, { id: "names", className: "names", role: "listbox", ariaLabel: t("suggestions") });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.#list.addEventListener("click", ({ target }) => this.#choose(target.closest("li")));
    document.addEventListener("selectionchange", () => {
      if (this.#field && this.#isLeft) this.#close();
    });
  }

  /**
   * Shows what the word before the caret may become, if anything.
   *
   * @param {HTMLTextAreaElement} field
   */
  async complete(field) {
    const caret = field.selectionStart;
    const match = WANTED.exec(field.value.slice(0, caret));
    const turn = ++this.#turn;
    if (!match) return this.#close();
    const [, , sign, person, emoji] = match;
    const options = sign ? this.#peopleOptions(person) : (await findEmoji(emoji)).map(emojiOption);
    const isOutdated = turn !== this.#turn || field.selectionStart !== caret || document.activeElement !== field;
    if (isOutdated) return;
    if (options.length === 0) return this.#close();
    const length = (sign ? person.length : emoji.length) + 1;
    this.#open(field, caret - length, caret, options.slice(0, SHOWN_MAX));
  }

  /** A handle that is complete needs no completion. */
  #peopleOptions(wanted) {
    const found = this.#people.find(wanted);
    if (found.some(([handle]) => handle.toLowerCase() === wanted.toLowerCase())) return [];
    return found.map(([handle, name]) => option(`@${handle} `, `@${handle}`, name === handle ? "" : name));
  }

  #open(field, from, to, options) {
    if (this.#field !== field) {
      this.#close();
      this.#attach(field);
    }
    [this.#from, this.#to, this.#text] = [from, to, field.value];
    options.forEach((item, n) => (item.id = `name-${n}`));
    this.#list.replaceChildren(...options);
    if (this.#list.parentElement !== field.form) field.form.append(this.#list);
    this.#activate(options[0]);
  }

  #attach(field) {
    this.#field = field;
    field.form.addEventListener("keydown", this.#onKey, true);
    field.addEventListener("blur", this.#close);
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("aria-autocomplete", "list");
  }

  #close = () => {
    const field = this.#field;
    this.#turn += 1;
    this.#list.remove();
    this.#field = null;
    if (!field) return;
    field.form?.removeEventListener("keydown", this.#onKey, true);
    field.removeEventListener("blur", this.#close);
    for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete"]) field.removeAttribute(name);
  };

  #activate(item) {
    for (const other of this.#list.children) other.ariaSelected = String(other === item);
    this.#field.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  #choose(item) {
    if (!item || !this.#field) return;
    const field = this.#field;
    this.#close();
    replaceText(field, this.#from, this.#to, item.dataset.text);
  }

  /** Whether the caret has left the name. */
  get #isLeft() {
    return this.#field.value === this.#text && this.#field.selectionStart !== this.#to;
  }

  #onKey = (event) => {
    if (isComposing(event)) return;
    if (this.#isLeft) return this.#close();
    const active = this.#list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") this.#activate(active.nextElementSibling ?? this.#list.firstElementChild);
    else if (event.key === "ArrowUp") this.#activate(active.previousElementSibling ?? this.#list.lastElementChild);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#choose(active);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Enter must not send, and Escape must not close the form
  };
}

/** Finds people by handle or name: the members of the room, and others who wrote on this page. */
class PeopleFinder {
  /** Names of members whom the page does not list, by handle. */
  #unlisted = new Map();

  constructor() {
    if (people.isPartial) this.#fetchUnlisted();
  }

  async #fetchUnlisted() {
    const response = await request(`api/v1/rooms/${byId("room").dataset.room}/members`);
    if (!response?.ok) return;
    for (const { handle, name } of (await response.json()).members) this.#unlisted.set(handle, name);
  }

  /** Returns `[handle, name]` of people whose handle or name begins with a text, then of those that contain it. */
  find(text) {
    const wanted = text.toLowerCase();
    const begins = (person) => person.some((word) => word.toLowerCase().startsWith(wanted));
    const contains = (person) => person.join(" ").toLowerCase().includes(wanted);
    const all = [...this.#everybody()];
    return [...all.filter(begins), ...all.filter((person) => !begins(person) && contains(person))];
  }

  /** Returns names by handle: of listed members, then of the others, then of authors. */
  #everybody() {
    const names = people.listed();
    if ("mayMentionRoom" in byId("room").dataset) names.set("room", t("everybody-in-room"));
    for (const [handle, name] of this.#unlisted) if (!names.has(handle)) names.set(handle, people.renamed.get(handle) ?? name);
    for (const row of document.querySelectorAll("#history [data-author]")) {
      const { author } = row.dataset;
      if (!names.has(author)) names.set(author, row.querySelector(".message-author")?.textContent ?? author);
    }
    return names;
  }
}

const emojiOption = ([emoji, names]) => option(`${emoji} `, emoji, names.split(" ")[0]);

/** Makes an option that shows a sign and a name, and inserts a text. */
function option(text, sign, name) {
  const item = document.createElement("li");
  item.role = "option";
  item.dataset.text = text;
  const note = document.createElement("span");
  note.textContent = name;
  item.append(sign, " ", note);
  return item;
}

/** Replaces a part of the field's text such that it can be undone. */
function replaceText(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
