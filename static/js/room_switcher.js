// The room switcher (Ctrl/Cmd K): rooms, conversations and people by name; what waits for the reader comes first.

import { element, isComposing } from "./dom.js";
import { request } from "./http.js";
import { hue } from "./hue.js";
import { t } from "./locale.js";
import { viewer } from "./viewer.js";

const PEOPLE_MAX = 8;
const SEARCH_AFTER = 150; // ms after the last key

export class RoomSwitcher {
  #dialog = document.createElement("dialog");
  #input = document.createElement("input");
  #list = document.createElement("div");
  #others = []; // rooms that the reader is no member of
  #people = [];
  #timer = null;
  #isChosen = false; // whether the reader has moved to an option
  #turn = 0; // counts searches, so that an outdated answer is dropped

  constructor() {
    const [dialog, input, list] = [this.#dialog, this.#input, this.#list];
    Object.assign(dialog, { className: "switcher", ariaLabel: t("jump-to") });
    Object.assign(input, { type: "text", role: "combobox", placeholder: t("jump-to"), ariaLabel: t("jump-to") });
    Object.assign(input, { autocomplete: "off", ariaAutoComplete: "list", ariaExpanded: "true" });
    Object.assign(list, { id: "found-rooms", role: "listbox", ariaLabel: t("rooms") });
    input.setAttribute("aria-controls", list.id);
    input.addEventListener("input", () => this.#search());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // the backdrop
    });
    dialog.append(input, list);
    document.body.append(dialog);
  }

  /** Opens the switcher or, if it is open, closes it. */
  toggle() {
    if (this.#dialog.open) return this.#dialog.close();
    if (document.querySelector("dialog[open]")) return;
    this.#input.value = "";
    this.#people = [];
    this.#isChosen = false;
    this.#show();
    this.#dialog.showModal();
    this.#fetchOthers();
  }

  #search() {
    this.#isChosen = false;
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetchPeople(), SEARCH_AFTER);
  }

  async #fetchOthers() {
    const response = await request("api/v1/rooms");
    const rooms = response?.ok && (await response.json().catch(() => null))?.rooms;
    if (!rooms) return;
    this.#others = rooms.filter(({ joined }) => !joined);
    this.#show();
  }

  async #fetchPeople() {
    const turn = ++this.#turn;
    const wanted = this.#input.value.trim();
    const response = viewer.handle && wanted ? await request(`api/v1/users?limit=${PEOPLE_MAX}&q=${encodeURIComponent(wanted)}`) : null;
    const users = response?.ok && (await response.json().catch(() => null))?.users;
    if (turn !== this.#turn) return;
    this.#people = (users || []).filter(({ handle }) => handle !== viewer.handle);
    this.#show();
  }

  #show() {
    const wanted = this.#input.value.trim().toLowerCase();
    const before = this.#isChosen && this.#active?.dataset.goal;
    const [rooms, direct] = this.#rooms(wanted);
    const people = this.#people.map(personOption);
    const groups = [
      [t("rooms"), rooms],
      [t("people-and-direct"), [...direct, ...people]],
      [t("elsewhere"), wanted && viewer.handle ? [createOption(this.#input.value.trim())] : []],
    ];
    this.#list.replaceChildren(...groups.filter(([, options]) => options.length > 0).map(groupOf));
    const options = this.#options;
    options.forEach((option, n) => Object.assign(option, { id: `found-room-${n}`, role: "option", tabIndex: -1 }));
    const elsewhere = options.find((option) => !option.hasAttribute("aria-current"));
    const former = options.find(({ dataset }) => dataset.goal === before);
    this.#activate(former ?? ((!wanted && elsewhere) || options[0]));
  }

  /** Returns the rooms and the conversations whose name fits, those that wait first, then those that begin with the text. */
  #rooms(wanted) {
    const links = [...document.querySelectorAll("#sidebar .room-link")].map((link) => link.cloneNode(true));
    const shown = new Set(links.map(({ dataset }) => dataset.room));
    links.push(...this.#others.filter(({ slug }) => !shown.has(slug)).map(roomOption));
    const found = links.filter((link) => nameOf(link).includes(wanted));
    const rank = (link) => {
      if (wanted) return nameOf(link).startsWith(wanted) ? 0 : 1;
      if (link.querySelector(".badge-mention")) return 0;
      return link.classList.contains("unread") ? 1 : 2;
    };
    found.sort((one, other) => rank(one) - rank(other));
    for (const link of found) link.dataset.goal = link.dataset.room;
    const isDirect = (link) => link.dataset.direct !== undefined;
    return [found.filter((link) => !isDirect(link)), found.filter(isDirect)];
  }

  get #options() {
    return [...this.#list.querySelectorAll("a")];
  }

  get #active() {
    return this.#list.querySelector("[aria-selected=true]");
  }

  #activate(option) {
    for (const other of this.#options) other.ariaSelected = String(other === option);
    this.#input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  #onKey(event) {
    if (isComposing(event)) return;
    const options = this.#options;
    const at = options.indexOf(this.#active);
    if (event.key === "ArrowDown") this.#activate(options[at + 1] ?? options[0]);
    else if (event.key === "ArrowUp") this.#activate(options[at - 1] ?? options.at(-1));
    else if (event.key === "Enter") options[at]?.click();
    else return;
    event.preventDefault();
    this.#isChosen = true;
  }
}

const nameOf = (link) => link.querySelector(".room-name").textContent.toLowerCase();

function groupOf([title, options]) {
  const group = element("div", "");
  Object.assign(group, { role: "group", ariaLabel: title });
  const head = element("p", "switcher-head", title);
  head.ariaHidden = "true";
  group.append(head, ...options);
  return group;
}

function option(goal, href, sign, name) {
  const made = Object.assign(element("a", "room-link"), { href });
  made.dataset.goal = goal;
  made.append(sign, element("span", "room-name", name));
  return made;
}

function roomOption({ slug, name }) {
  const made = option(slug, `rooms/${slug}`, element("span", "room-sign", "#"), name);
  made.dataset.room = slug;
  return made;
}

function personOption({ handle, name }) {
  const made = option(`@${handle}`, `direct/new?to=${encodeURIComponent(handle)}`, element("span", `tile hue-${hue(handle)}`, [...name][0] ?? ""), name);
  made.querySelector(".tile").ariaHidden = "true";
  made.append(element("span", "badge", `@${handle}`));
  return made;
}

const createOption = (name) => option("+", `rooms/new?name=${encodeURIComponent(name)}`, element("span", "room-sign", "+"), t("create-room-called", { name }));
