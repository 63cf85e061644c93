// The card of a person, which opens at their name: who they are, and what the reader can do about them. At the name above
// a message, also the form that reports the message.

import { button, byId, element } from "./dom.js";
import { explain, jsonOptions, request } from "./http.js";
import { hue } from "./hue.js";
import { localTime } from "./local_time.js";
import { t } from "./locale.js";
import { viewer } from "./viewer.js";

/**
 * The profile of a person, as the API sends it.
 * @typedef {object} Profile
 * @property {string} handle
 * @property {string} name
 * @property {string} role
 * @property {string} about
 * @property {string} time_zone
 * @property {boolean} blocked
 * @property {boolean} [imported]
 */

const MARGIN = 8; // px between the card and the edges of the window
const GAP = 4; // px between the card and the name
const REASON_MAX = 500; // the same as in src/model/report.rs

class ProfileCard {
  #card = document.createElement("div");
  #anchor = null;
  #turn = 0; // counts openings, so that an outdated answer is dropped

  constructor() {
    Object.assign(this.#card, { className: "card", popover: "auto", role: "dialog" });
    document.body.append(this.#card);
    this.#card.addEventListener("toggle", ({ newState }) => {
      if (newState === "closed" && isLeft(this.#card)) this.#anchor.focus({ preventScroll: true });
    });
  }

  /**
   * Opens the card of the person whose name is clicked. Without an answer, the page of the person tells why.
   *
   * @param {HTMLAnchorElement} name
   */
  async open(name) {
    const turn = ++this.#turn;
    const handle = decodeURIComponent(name.pathname.split("/").pop());
    const response = await request(`api/v1/users/${encodeURIComponent(handle)}`);
    const person = response?.ok && (await response.json().catch(() => null));
    if (turn !== this.#turn) return;
    if (!person) return location.assign(name.href);
    this.#anchor = name;
    this.#show(person);
  }

  /**
   * Opens the form that reports a message.
   *
   * @param {HTMLElement} anchor
   * @param {string} address of the message in the API
   */
  report(anchor, address) {
    this.#turn += 1;
    this.#anchor = anchor;
    this.#showReport(address);
  }

  /** @param {Profile} person */
  #show(person) {
    const { handle, name, about, imported, blocked } = person;
    const tile = person.picture ? element("img", "tile") : element("span", `tile name hue-${hue(handle)}`, [...name][0] ?? "");
    if (person.picture) Object.assign(tile, { src: person.picture.slice(1), alt: "" });
    tile.ariaHidden = "true";
    const head = element("div", "card-head");
    const names = element("div", "");
    names.append(element("strong", `name hue-${hue(handle)}`, name), element("span", "card-handle", `@${handle}`));
    head.append(tile, names);
    const lines = [];
    const tags = [roleOf(person), imported && t("imported"), blocked && t("blocked")].filter(Boolean);
    if (tags.length > 0) lines.push(element("p", "card-tags", tags.join(" · ")));
    if (about) lines.push(element("p", "", about));
    const facts = [presenceOf(handle), localTime(person.time_zone)].filter(Boolean);
    if (facts.length > 0) lines.push(element("p", "card-facts", facts.join(" · ")));
    this.#open(name, [head, ...lines, this.#actionsFor(person)]);
  }

  /** @param {Profile} person */
  #actionsFor(person) {
    const { handle, blocked, imported } = person;
    const actions = element("div", "card-actions");
    const isOther = handle !== viewer.handle;
    if (isOther && !blocked && !imported) actions.append(button(t("message-person"), "primary", () => this.#message(handle)));
    if (isOther) actions.append(button(blocked ? t("unblock") : t("block"), "plain", () => this.#setBlocked(person)));
    const address = isOther && reportAddressOf(this.#anchor);
    if (address) actions.append(button(t("report-message"), "plain", () => this.#showReport(address)));
    const profile = Object.assign(element("a", "quiet", t("profile")), { href: this.#anchor.href });
    actions.append(profile);
    return actions;
  }

  async #message(handle) {
    const response = await request("api/v1/direct", jsonOptions("POST", { handles: [handle] }));
    if (!response?.ok) return this.#fail(response ? await explain(response) : t("block-failed"));
    const { slug } = await response.json();
    location.assign(`rooms/${slug}`);
  }

  /** The other tabs and devices of the reader learn of it by their streams. */
  async #setBlocked(person) {
    const method = person.blocked ? "DELETE" : "PUT";
    const response = await request(`api/v1/me/blocks/${encodeURIComponent(person.handle)}`, { method });
    if (!response?.ok) return this.#fail(response ? await explain(response) : t("block-failed"));
    this.#show({ ...person, blocked: !person.blocked });
  }

  #showReport(address) {
    const form = element("form", "card-form");
    const reason = document.createElement("textarea");
    Object.assign(reason, { id: "report-reason", rows: 3, maxLength: REASON_MAX, dir: "auto" });
    const label = Object.assign(element("label", "", t("reason")), { htmlFor: reason.id });
    const actions = element("div", "card-actions");
    const send = Object.assign(button(t("report"), "primary"), { type: "submit" });
    actions.append(send, button(t("cancel"), "plain", () => this.#card.hidePopover()));
    form.append(element("strong", "", t("report-message")), label, reason, actions);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#report(address, reason.value);
    });
    this.#open(t("report-message"), [form]);
    reason.focus();
  }

  async #report(address, reason) {
    const response = await request(`${address}/report`, jsonOptions("POST", { reason }));
    if (!response?.ok) return this.#fail(response ? await explain(response) : t("report-failed"));
    const done = element("p", "", t("reported"));
    done.role = "status";
    this.#open(t("report-message"), [done]);
  }

  #fail(text) {
    this.#card.querySelector(".error")?.remove();
    const line = element("p", "error", text);
    line.role = "alert";
    this.#card.append(line);
  }

  #open(label, content) {
    this.#card.ariaLabel = label;
    this.#card.replaceChildren(...content);
    if (!this.#card.matches(":popover-open")) this.#card.showPopover();
    this.#place();
    this.#card.querySelector("button, a")?.focus({ preventScroll: true });
  }

  /** Puts the card below the name, or above it; on narrow screens, the style sheet puts it at the bottom. */
  #place() {
    const { top, bottom, left } = this.#anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#card;
    const fitsBelow = bottom + GAP + height + MARGIN <= innerHeight;
    const wanted = fitsBelow ? bottom + GAP : top - height - GAP;
    const within = (value, size, all) => `${Math.max(MARGIN, Math.min(value, all - size - MARGIN))}px`;
    this.#card.style.setProperty("--top", within(wanted, height, innerHeight));
    this.#card.style.setProperty("--left", within(left, width, innerWidth));
  }
}

/** Whether the focus was in an element that closes, or is nowhere. */
const isLeft = (closed) => document.activeElement === document.body || closed.contains(document.activeElement);

/** Members have no role to be named. */
const roleOf = ({ role }) => ({ admin: t("role-admin"), guest: t("role-guest"), bot: t("role-bot") })[role];

/** Returns whether a member of the page's room is online; null if the page does not know. */
function presenceOf(handle) {
  const item = document.querySelector(`#members [data-handle="${CSS.escape(handle)}"]`);
  if (!item) return null;
  return item.parentElement === byId("here") ? t("online") : t("offline");
}

/** Returns the address in the API of the message that a name stands above; null for other names, and deleted messages. */
function reportAddressOf(name) {
  const row = name.closest("#history > .message:not(.message-deleted)");
  return row && `api/v1/rooms/${byId("room").dataset.room}/messages/${row.dataset.id}`;
}

export const profileCard = new ProfileCard();
