// The menu of a message: what is done less often than what the action bar offers. Each entry is a page or a form without
// scripts, too.

import { byId, button, element } from "./dom.js";
import { explain, jsonOptions, request } from "./http.js";
import { t } from "./locale.js";
import { openMenu } from "./menu_keys.js";
import { statusLine } from "./status_line.js";

const GAP = 4; // px between the menu and its button
const MARGIN = 8; // px between the menu and the edges of the window
const NAMED_MAX = 5; // people who have read a message, by name

export class MessageMenu {
  #main = byId("room");
  #menu = element("div", "menu message-menu");
  #anchor = null;
  #turn = 0; // counts openings, so that an outdated answer is dropped

  constructor() {
    Object.assign(this.#menu, { popover: "auto", ariaLabel: t("more-actions") });
    this.#menu.setAttribute("role", "menu");
    this.#menu.addEventListener("toggle", ({ newState }) => {
      const isLeft = document.activeElement === document.body || this.#menu.contains(document.activeElement);
      if (newState === "closed" && isLeft) this.#anchor?.focus({ preventScroll: true });
    });
    document.body.append(this.#menu);
  }

  /**
   * Opens the menu at a button of the action bar.
   *
   * @param {HTMLElement} anchor
   * @param {import("./rows.js").Row} row
   */
  open(anchor, row) {
    const turn = ++this.#turn;
    this.#anchor = anchor;
    const address = `rooms/${this.#main.dataset.room}/messages/${row.dataset.id}`;
    const isMember = this.#main.dataset.joined === "true";
    const isPinned = (this.#main.dataset.pins ?? "").split(",").includes(row.dataset.id);
    const save = this.#button(t("save-message"), () => this.#send("PUT", `${address}/saved`, t("message-saved")));
    const seen = element("p", "menu-title", "");
    seen.hidden = true;
    this.#menu.replaceChildren(
      ...(isMember ? [this.#button(t("mark-unread"), () => this.#markUnread(row.dataset.id))] : []),
      ...(isMember ? [this.#pinButton(address, isPinned)] : []),
      save,
      this.#forwardLink(address),
      seen,
    );
    this.#menu.showPopover();
    this.#place();
    openMenu(this.#menu);
    this.#findSaved(row.dataset.id, save, address, turn);
    if (isMember) this.#findReaders(address, seen, turn);
  }

  #pinButton(address, isPinned) {
    const [text, method] = isPinned ? [t("unpin"), "DELETE"] : [t("pin-message"), "PUT"];
    return this.#button(text, () => this.#send(method, `${address}/pin`, isPinned ? t("message-unpinned") : t("message-pinned")));
  }

  #forwardLink(address) {
    const link = Object.assign(document.createElement("a"), { href: `${address}/forward`, textContent: t("forward-message") });
    link.setAttribute("role", "menuitem");
    return link;
  }

  #button(text, act) {
    const made = button(text, "", () => {
      this.#menu.hidePopover();
      act();
    });
    made.setAttribute("role", "menuitem");
    return made;
  }

  async #send(method, address, done, body) {
    const response = await request(`api/v1/${address}`, body ? jsonOptions(method, body) : { method });
    statusLine.notify(response?.ok ? done : response ? await explain(response) : t("change-failed"));
  }

  #markUnread(id) {
    const address = `rooms/${this.#main.dataset.room}/read`;
    this.#send("PUT", address, t("marked-unread"), { down_to: Number(id) });
  }

  /** Offers to remove the message from the saved ones, if it is one of them. */
  async #findSaved(id, save, address, turn) {
    const response = await request(`api/v1/me/saved?before=${Number(id) + 1}&limit=1`, { cache: "no-store" });
    const saved = response?.ok && (await response.json().catch(() => null));
    if (turn !== this.#turn || saved?.messages?.[0]?.id !== Number(id)) return;
    const remove = this.#button(t("unsave"), () => this.#send("DELETE", `${address}/saved`, t("message-unsaved")));
    const hadFocus = document.activeElement === save;
    save.replaceWith(remove);
    if (hadFocus) remove.focus({ preventScroll: true });
  }

  async #findReaders(address, seen, turn) {
    const response = await request(`api/v1/${address}/readers`, { cache: "no-store" });
    const found = response?.ok && (await response.json().catch(() => null));
    if (turn !== this.#turn || !found || found.hidden) return;
    const names = found.readers.map(({ name }) => name);
    const rest = names.length - NAMED_MAX;
    const shown = rest > 0 || found.has_more ? [...names.slice(0, NAMED_MAX), "…"] : names;
    seen.textContent = names.length > 0 ? t("read-by", { names: shown.join(", ") }) : t("read-by-nobody");
    seen.hidden = false;
    this.#place();
  }

  /** Puts the menu below its button, or above it; on narrow screens, the style sheet puts it at the bottom. */
  #place() {
    const { top, bottom, right } = this.#anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#menu;
    const fitsBelow = bottom + GAP + height + MARGIN <= innerHeight;
    const wanted = fitsBelow ? bottom + GAP : top - height - GAP;
    const within = (value, size, all) => `${Math.max(MARGIN, Math.min(value, all - size - MARGIN))}px`;
    this.#menu.style.setProperty("--top", within(wanted, height, innerHeight));
    this.#menu.style.setProperty("--left", within(right - width, width, innerWidth));
  }
}
