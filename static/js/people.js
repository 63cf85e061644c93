// The people of the room: the list of members, who is online, and what everybody is called.

import { byId, element } from "./dom.js";
import { request } from "./http.js";
import { hue } from "./hue.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{ handle: string, name: string, imported?: boolean }} User */

const RETURN_WITHIN = 12_000; // ms after a loss in which others reconnect

class People {
  #list = byId("members");
  #count = byId("people-count");
  #viewer = byId("room").dataset.handle;
  #timer = null;
  /**
   * The names of users who were renamed since the page was loaded, by handle.
   * @type {Map<string, string>}
   */
  renamed = new Map();

  /** Whether the list shows only a part of the members. */
  get isPartial() {
    return document.querySelector(".people-more") !== null;
  }

  /**
   * Returns how a member calls themselves, or the handle.
   *
   * @param {string} handle
   */
  nameOf(handle) {
    return this.#itemOf(handle)?.querySelector(".name").textContent ?? handle;
  }

  /**
   * Returns the names of the listed members by handle.
   *
   * @returns {Map<string, string>}
   */
  listed() {
    const items = [...this.#list.querySelectorAll("[data-handle]")];
    return new Map(items.map((item) => [item.dataset.handle, item.querySelector(".name").textContent]));
  }

  /**
   * Applies a `presence` event.
   *
   * @param {{ here: string[], away: string[] }} event handles
   */
  changePresence({ here, away }) {
    for (const handle of [...here, ...away]) {
      const item = this.#itemOf(handle);
      if (item && handle !== this.#viewer) this.#place(item, here.includes(handle));
    }
    this.#addToCount(0);
  }

  /**
   * Applies a `member` event. Applying it twice changes nothing.
   *
   * @param {{ handle: string, state: string, by?: User }} event
   */
  changeMember({ handle, state, by }) {
    if (typeof handle !== "string") return;
    const item = this.#itemOf(handle);
    if (!item && this.isPartial) this.fetchPresenceSoon();
    else if (state === "joined" && !item) {
      this.#place(newItem(handle, by?.handle === handle ? by.name : handle), handle === this.#viewer);
      this.#addToCount(1);
    } else if (state === "left" && item) {
      item.remove();
      this.#addToCount(-1);
    }
    if (handle === this.#viewer) showMembership(state === "joined");
  }

  /**
   * Shows a user's new name everywhere on the page, and whether an import brought them. Returns their rows in the history whose name changed.
   *
   * @param {User} user
   * @returns {Row[]}
   */
  rename({ handle, name, imported }) {
    this.renamed.set(handle, name);
    if (!imported) this.#itemOf(handle)?.querySelector(".imported")?.remove();
    const rows = [];
    for (const shown of document.querySelectorAll(".name")) {
      const owner = shown.parentElement;
      if ((owner.dataset.author ?? owner.dataset.handle) !== handle) continue;
      if (!imported) shown.classList.remove("is-imported");
      if (shown.textContent === name) continue;
      shown.textContent = name;
      if (owner.parentElement.id !== "history") continue;
      shown.title = name === handle ? "" : `@${handle}`;
      rows.push(owner);
    }
    return rows;
  }

  /** Fetches presence when others had the time to reconnect after a loss, and not at the same time as all other pages. */
  fetchPresenceSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetchPresence(), RETURN_WITHIN * (1 + Math.random()));
  }

  /**
   * Replaces the list by that of another page.
   *
   * @param {Document} page
   */
  adopt(page) {
    this.#list.replaceChildren(...page.getElementById("members").children);
    this.#count.textContent = page.getElementById("people-count").textContent;
  }

  async #fetchPresence() {
    const response = await request(`api/v1/rooms/${byId("room").dataset.room}/members`);
    if (!response?.ok) return;
    const { members, count } = await response.json();
    const handles = (isHere) => members.filter(({ here }) => here === isHere).map(({ handle }) => handle);
    this.changePresence({ here: handles(true), away: handles(false) });
    if (this.isPartial) this.#addToCount(count - Number(this.#count.textContent));
  }

  #itemOf(handle) {
    return this.#list.querySelector(`[data-handle="${CSS.escape(handle)}"]`);
  }

  #place(item, isHere) {
    const list = byId(isHere ? "here" : "away");
    if (item.parentElement === list) return;
    const key = ({ dataset }) => dataset.handle.toLowerCase();
    list.insertBefore(item, [...list.children].find((other) => key(other) > key(item)) ?? null);
  }

  /** Members who are not listed count as away. */
  #addToCount(change) {
    const all = Number(this.#count.textContent) + change;
    const here = byId("here").children.length;
    for (const [id, count] of [["here", here], ["away", all - here]]) {
      const { parentElement: group } = byId(id);
      group.hidden = !count;
      group.querySelector(".count").textContent = String(count);
    }
    this.#count.textContent = String(all);
  }
}

function newItem(handle, name) {
  const item = document.createElement("li");
  item.dataset.handle = handle;
  const link = element("a", `name hue-${hue(handle)}`, name);
  link.href = `people/${encodeURIComponent(handle)}`;
  item.append(link);
  return item;
}

/** Shows whether the reader is a member of the room. */
function showMembership(isMember) {
  byId("room").dataset.joined = String(isMember);
  byId("join-room").hidden = isMember;
  byId("leave-room").hidden = byId("notify").hidden = !isMember;
  for (const part of document.querySelectorAll("[data-members-only]")) part.hidden = !isMember;
}

/** The people of the page's room. */
export const people = new People();
