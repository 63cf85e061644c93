// Fetches other pages of the history, and shows them in place of the rows that are shown, or before or after them.

import { wasLong } from "./connection_status.js";
import { markNew } from "./decorate.js";
import { byId } from "./dom.js";
import { fetchPage } from "./http.js";
import { t } from "./messages.js";
import { firstBelow, idOf, rowsOf } from "./rows.js";
import { say } from "./status.js";

const ROWS_KEPT = 240; // rows that stay when there are too many
const RETRY_MAX = 30_000; // ms
const SAID = 10_000; // ms for which an error is shown

export class Pagination {
  #shown; // the History
  #list;
  #main;
  #loading = null; // a promise, while a page is on its way
  #wish = null; // the latest request of the reader to go somewhere
  #isStale = false; // everything has to be fetched again
  #isRefetching = false;

  constructor(shown) {
    this.#shown = shown;
    this.#list = shown.list;
    this.#main = shown.main;
  }

  /**
 * Fetches everything again, around the row that is being read. A reader at the end who missed much stays at the last row
 * that they had seen.
 */
  async refetch() {
    this.#isStale = true;
    if (this.#loading || this.#isRefetching) return;
    this.#isRefetching = true;
    for (let wait = 500; this.#isStale; wait = Math.min(RETRY_MAX, wait * 2)) {
      while (this.#loading) await this.#loading;
      this.#isStale = false;
      const isDone = await this.#load(() => this.#fetchAnew());
      if (isDone) continue;
      this.#isStale = true;
      await new Promise((done) => setTimeout(done, 250 + Math.random() * wait));
    }
    this.#isRefetching = false;
  }

  async #fetchAnew() {
    const shown = this.#shown;
    const rows = rowsOf(this.#list);
    const isAtEnd = shown.isLive && shown.isAtEnd;
    const last = rows[rows.length - 1];
    const anchor = isAtEnd ? (wasLong ? last : null) : rows[firstBelow(rows, shown.top)];
    const around = anchor && (await fetchPage(`${shown.address}/messages/${anchor.dataset.id}`));
    const page = around ?? (await fetchPage(shown.address));
    if (!page || this.#isStale) return;
    if (isAtEnd && last) markNew(idOf(last), t("new-divider"));
    shown.keepPlace(() => this.#adopt(page));
    if (isAtEnd && anchor) shown.toNewLine();
    shown.scrolled();
    adoptPeople(page);
    this.showRoom({ name: page.getElementById("room").dataset.name, topic: page.getElementById("room-topic").textContent });
  }

  /** Shows the room's new name and topic. */
  showRoom({ name, topic }) {
    if (typeof name !== "string" || typeof topic !== "string") return;
    const { room } = this.#main.dataset;
    this.#main.dataset.name = name;
    byId("room-name").textContent = name;
    Object.assign(byId("room-topic"), { textContent: topic, title: topic });
    const link = document.querySelector(`.room-link[data-room="${room}"] .room-name`);
    if (link) link.textContent = name;
    byId("body")?.setAttribute("placeholder", t("message-to", { room: name }));
  }

  /** Shows the page at an address in place of the rows. Returns whether it could be loaded; if not, the status line says so. */
  async goTo(address, place) {
    const wish = (this.#wish = {});
    while (this.#loading) await this.#loading;
    if (wish !== this.#wish) return false; // somewhere else by now
    const isThere = await this.#load(async () => {
      const page = await fetchPage(address);
      if (!page) throw new Error("it is gone");
      const { marked } = page.getElementById("room").dataset;
      if (marked) this.#main.dataset.marked = marked;
      else delete this.#main.dataset.marked;
      this.#shown.unseen = 0;
      this.#adopt(page);
      place();
      this.#shown.scrolled();
    });
    if (!isThere) say(t("page-failed"), SAID);
    return isThere;
  }

  /** Goes to the beginning of a day in the reader's time zone. */
  async toDate(form) {
    form.hidePopover();
    const begin = new Date(`${form.elements.at.value}T00:00`);
    const address = `${this.#shown.address}?at=${begin.toISOString()}`;
    if (await this.goTo(address, () => this.#shown.openAt())) showAddress(address);
  }

  async toLatest() {
    const { address, scroller } = this.#shown;
    const isThere = await this.goTo(address, () => (scroller.scrollTop = 0));
    if (isThere) showAddress(address);
  }

  /** Runs `work` while events of the stream are held back: the page that is fetched may be older or newer than they are. */
  async #load(work) {
    if (this.#loading) return false;
    let end;
    this.#loading = new Promise((resolve) => (end = resolve));
    this.#shown.held ??= [];
    let isDone = false;
    try {
      await work();
      isDone = true;
    } catch {
      // the network failed: the caller reports it or tries again
    }
    this.#loading = null;
    end();
    if (this.#isStale && !this.#isRefetching) this.refetch();
    else if (!this.#isStale && (isDone || !this.#isRefetching)) this.#release();
    return isDone;
  }

  #release() {
    const { held } = this.#shown;
    this.#shown.held = null;
    this.#shown.apply(held);
  }

  /** Replaces all rows by those of a page. */
  #adopt(page) {
    const list = page.getElementById("history");
    list.querySelector(".here")?.remove();
    this.#list.replaceChildren();
    this.#swapLink("older", page);
    this.#extend(page);
    this.#shown.head = Number(page.getElementById("room").dataset.cursor);
    this.#shown.reach = this.#shown.head;
  }

  /** Adds the rows of a page after those that are shown. */
  #extend(page) {
    const { live, cursor } = page.getElementById("room").dataset;
    const rows = [...page.querySelectorAll("#history > .message")].filter((row) => !byId(row.id));
    for (const row of rows) this.#shown.asOf.set(row, Number(cursor));
    this.#list.append(...rows);
    this.#swapLink("newer", page);
    this.#main.dataset.live = live;
    if (this.#shown.isLive) this.#shown.head = Number(cursor);
    this.#shown.decorate(rows);
  }

  #prepend(page) {
    const rows = [...page.querySelectorAll("#history > .message")].filter((row) => !byId(row.id));
    const cursor = Number(page.getElementById("room").dataset.cursor);
    for (const row of rows) this.#shown.asOf.set(row, cursor);
    const first = this.#list.querySelector(".message");
    this.#swapLink("older", page);
    this.#list.prepend(...rows);
    this.#shown.decorate(first ? [...rows, first] : rows);
  }

  async loadMore(which) {
    const link = byId(which);
    if (!link || this.#loading) return;
    link.textContent = t("loading");
    const isDone = await this.#load(async () => {
      const page = await fetchPage(link.href);
      if (!page || this.#isStale) throw new Error("it is gone");
      this.#shown.keepPlace(() => {
        if (which === "older") this.#prepend(page);
        else this.#extend(page);
        this.#trim();
      });
      if (which === "newer" && this.#shown.isLive) showAddress(this.#shown.address);
    });
    if (isDone) this.#shown.scrolled();
    else link.textContent = t("load-failed");
  }

  /** Removes the rows farthest from the one that is read, if there are too many. */
  trim() {
    this.#shown.keepPlace(() => this.#trim());
  }

  #trim() {
    const { isLive, isAtEnd, top } = this.#shown;
    const rows = rowsOf(this.#list);
    if (rows.length <= ROWS_KEPT) return;
    const inChange = [...rows].map((row) => Boolean(row.querySelector(".edit")));
    if ((isLive && isAtEnd) || firstBelow(rows, top) > rows.length / 2) {
      const first = rows[Math.min(rows.length - ROWS_KEPT, inChange.indexOf(true) >>> 0)];
      while (this.#list.firstElementChild !== first) this.#list.firstElementChild.remove();
      this.#setLink("older", `before=${idOf(first)}`);
      this.#shown.decorate([first]);
    } else {
      const last = rows[Math.max(ROWS_KEPT - 1, inChange.lastIndexOf(true))];
      while (this.#list.lastElementChild !== last) this.#list.lastElementChild.remove();
      this.#setLink("newer", `after=${idOf(last)}`);
      this.#main.dataset.live = "false";
    }
  }

  #setLink(which, query) {
    for (const id of which === "older" ? ["older", "beginning"] : ["newer"]) byId(id)?.remove();
    const link = document.createElement("a");
    const kept = new URLSearchParams(location.search);
    for (const name of ["before", "after", "around", "at"]) kept.delete(name);
    const href = `${this.#shown.address}?${[query, `${kept}`].filter(Boolean).join("&")}`;
    Object.assign(link, { id: which, className: "page-link", href, textContent: which === "older" ? t("older-messages") : t("newer-messages") });
    this.#list[which === "older" ? "before" : "after"](link);
  }

  #swapLink(which, page) {
    for (const id of which === "older" ? ["older", "beginning"] : ["newer"]) {
      byId(id)?.remove();
      const link = page.getElementById(id);
      if (link) this.#list[which === "older" ? "before" : "after"](link);
    }
  }
}

/** Shows an address in the browser, for reloads and bookmarks. */
const showAddress = (address) => history.replaceState(null, "", address);

function adoptPeople(page) {
  byId("members").replaceChildren(...page.getElementById("members").children);
  byId("people-count").textContent = page.getElementById("people-count").textContent;
}
