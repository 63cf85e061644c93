// Fetches other pages of the history, and shows them in place of the rows that are shown, or before or after them.

import { byId } from "./dom.js";
import { fetchPage } from "./http.js";
import { t } from "./locale.js";
import { people } from "./people.js";
import { firstBelow, idOf, isRow, rowsOf } from "./rows.js";
import { statusLine } from "./status_line.js";

/** @typedef {"older" | "newer"} Direction the id of a link to more rows */

/** Ids of what is at the edges of the rows: a link to more of them, or the beginning of the room. */
const EDGES = { older: ["older", "beginning"], newer: ["newer"] };
const ROWS_KEPT = 240; // rows that stay when there are too many
const RETRY_MIN = 250; // ms
const RETRY_FIRST_MAX = 500; // ms that are added at random, at most; each failure doubles it
const RETRY_MAX = 30_000; // ms

export class Pagination {
  #history;
  #list;
  #main;
  #loading = null; // a promise, while a page is being fetched
  #lastVisit = null; // identifies the latest call of `goTo`
  #isStale = false; // everything has to be fetched again
  #isRefetching = false;

  /** @param {import("./history.js").History} history */
  constructor(history) {
    this.#history = history;
    this.#list = history.list;
    this.#main = history.main;
  }

  /**
   * Fetches everything again, around the row that is being read. A reader at the end who missed much stays at the last row
   * that they had seen.
   */
  async refetch() {
    this.#isStale = true;
    if (this.#loading || this.#isRefetching) return;
    this.#isRefetching = true;
    for (let wait = RETRY_FIRST_MAX; this.#isStale; wait = Math.min(RETRY_MAX, wait * 2)) {
      while (this.#loading) await this.#loading;
      this.#isStale = false;
      const isDone = await this.#load(() => this.#fetchAnew());
      if (isDone) continue;
      this.#isStale = true;
      await new Promise((done) => setTimeout(done, RETRY_MIN + Math.random() * wait));
    }
    this.#isRefetching = false;
  }

  async #fetchAnew() {
    const history = this.#history;
    const rows = rowsOf(this.#list);
    const isAtEnd = history.isLive && history.isAtEnd;
    const last = rows[rows.length - 1];
    const anchor = isAtEnd ? (history.connectionStatus.wasLong ? last : null) : rows[firstBelow(rows, history.top)];
    const around = anchor && (await fetchPage(`${history.address}/messages/${anchor.dataset.id}`));
    const page = around ?? (await fetchPage(history.address));
    if (!page || this.#isStale) return;
    if (isAtEnd && last) history.unreadLine.mark(idOf(last), t("new-divider"));
    history.keepPlace(() => this.#adopt(page));
    if (isAtEnd && anchor) history.scrollToUnreadLine();
    history.onScroll();
    people.adopt(page);
    this.showRoom({ name: page.getElementById("room").dataset.name, topic: page.getElementById("room-topic").textContent });
  }

  /**
   * Shows the room's new name and topic.
   *
   * @param {{ name: string, topic: string }} info
   */
  showRoom({ name, topic }) {
    if (typeof name !== "string" || typeof topic !== "string") return;
    const { room } = this.#main.dataset;
    this.#main.dataset.name = name;
    byId("room-name").textContent = name;
    Object.assign(byId("room-topic"), { textContent: topic, title: topic });
    Object.assign(byId("menu-topic"), { textContent: topic, hidden: !topic });
    const link = document.querySelector(`.room-link[data-room="${room}"] .room-name`);
    if (link) link.textContent = name;
    byId("body")?.setAttribute("placeholder", t("message-to", { room: name }));
  }

  /**
   * Shows the page at an address in place of the rows. Returns whether it could be loaded; if not, the status line says so.
   *
   * @param {string} address
   * @param {() => void} scroll called when the rows are there
   */
  async goTo(address, scroll) {
    const visit = (this.#lastVisit = {});
    while (this.#loading) await this.#loading;
    if (visit !== this.#lastVisit) return false; // the reader went somewhere else meanwhile
    const isThere = await this.#load(async () => {
      const page = await fetchPage(address);
      if (!page) throw new Error("no such page");
      const { marked } = page.getElementById("room").dataset;
      if (marked) this.#main.dataset.marked = marked;
      else delete this.#main.dataset.marked;
      this.#history.unseenCount = 0;
      this.#adopt(page);
      scroll();
      this.#history.onScroll();
    });
    if (!isThere) statusLine.notify(t("page-failed"));
    return isThere;
  }

  /**
   * Goes to the beginning of a day in the reader's time zone.
   *
   * @param {HTMLFormElement} form with the date
   */
  async goToDate(form) {
    form.hidePopover();
    const begin = new Date(`${form.elements.at.value}T00:00`);
    const address = `${this.#history.address}?at=${begin.toISOString()}`;
    if (await this.goTo(address, () => this.#history.scrollToStart())) showAddress(address);
  }

  /**
   * Goes to a message, or to the one after it if it is gone, and puts it at the top.
   *
   * @param {number} id
   */
  async goToMessage(id) {
    const address = `${this.#history.address}?around=${id}`;
    const toTop = () => {
      const row = [...rowsOf(this.#list)].find((other) => idOf(other) >= id);
      const day = row?.previousElementSibling;
      (day && !isRow(day) ? day : row)?.scrollIntoView({ block: "start" });
    };
    if (await this.goTo(address, toTop)) showAddress(address);
  }

  async goToLatest() {
    const { address, scroller } = this.#history;
    const isThere = await this.goTo(address, () => (scroller.scrollTop = 0));
    if (isThere) showAddress(address);
  }

  /** Runs `work` while events of the stream are held back: the page that is fetched may be older or newer than they are. */
  async #load(work) {
    if (this.#loading) return false;
    let end;
    this.#loading = new Promise((resolve) => (end = resolve));
    this.#history.heldEvents ??= [];
    let isDone = false;
    try {
      await work();
      isDone = true;
    } catch {
      // The network failed: the caller reports it or tries again.
    }
    this.#loading = null;
    end();
    if (this.#isStale && !this.#isRefetching) this.refetch();
    else if (!this.#isStale && (isDone || !this.#isRefetching)) this.#release();
    return isDone;
  }

  #release() {
    const { heldEvents } = this.#history;
    this.#history.heldEvents = null;
    this.#history.apply(heldEvents);
  }

  /** Replaces all rows by those of a page. */
  #adopt(page) {
    const list = page.getElementById("history");
    list.querySelector(".here")?.remove();
    this.#list.replaceChildren();
    this.#swapLink("older", page);
    this.#append(page);
    this.#history.pageCursor = Number(page.getElementById("room").dataset.cursor);
    this.#history.streamCursor = this.#history.pageCursor;
  }

  /** Adds the rows of a page after those that are shown. */
  #append(page) {
    const { live, cursor } = page.getElementById("room").dataset;
    const rows = this.#newRowsOf(page);
    this.#list.append(...rows);
    this.#swapLink("newer", page);
    this.#main.dataset.live = live;
    if (this.#history.isLive) this.#history.pageCursor = Number(cursor);
    this.#history.decorate(rows);
  }

  /** Adds the rows of a page before those that are shown. */
  #prepend(page) {
    const rows = this.#newRowsOf(page);
    const first = this.#list.querySelector(".message");
    this.#swapLink("older", page);
    this.#list.prepend(...rows);
    this.#history.decorate(first ? [...rows, first] : rows);
  }

  /** Returns the rows of a page that are not shown yet. */
  #newRowsOf(page) {
    const rows = [...rowsOf(page.getElementById("history"))].filter((row) => !byId(row.id));
    const cursor = Number(page.getElementById("room").dataset.cursor);
    for (const row of rows) this.#history.versions.set(row, cursor);
    return rows;
  }

  /**
   * Loads the page before or after the rows.
   *
   * @param {Direction} which
   */
  async loadMore(which) {
    const link = byId(which);
    if (!link || this.#loading) return;
    link.textContent = t("loading");
    const isDone = await this.#load(async () => {
      const page = await fetchPage(link.href);
      if (!page || this.#isStale) throw new Error("no such page");
      this.#history.keepPlace(() => {
        if (which === "older") this.#prepend(page);
        else this.#append(page);
        this.#trim();
      });
      if (which === "newer" && this.#history.isLive) showAddress(this.#history.address);
    });
    if (isDone) this.#history.onScroll();
    else link.textContent = t("load-failed");
  }

  /** Removes the rows farthest from the one that is read, if there are too many. */
  trim() {
    this.#history.keepPlace(() => this.#trim());
  }

  #trim() {
    const { isLive, isAtEnd, top } = this.#history;
    const rows = rowsOf(this.#list);
    if (rows.length <= ROWS_KEPT) return;
    const inChange = [...rows].map((row) => Boolean(row.querySelector(".edit")));
    if ((isLive && isAtEnd) || firstBelow(rows, top) > rows.length / 2) {
      const first = rows[Math.min(rows.length - ROWS_KEPT, inChange.indexOf(true) >>> 0)];
      while (this.#list.firstElementChild !== first) this.#list.firstElementChild.remove();
      this.#setLink("older", `before=${idOf(first)}`);
      this.#history.decorate([first]);
    } else {
      const last = rows[Math.max(ROWS_KEPT - 1, inChange.lastIndexOf(true))];
      while (this.#list.lastElementChild !== last) this.#list.lastElementChild.remove();
      this.#setLink("newer", `after=${idOf(last)}`);
      this.#main.dataset.live = "false";
    }
  }

  #setLink(which, query) {
    const link = document.createElement("a");
    const kept = new URLSearchParams(location.search);
    for (const name of ["before", "after", "around", "at"]) kept.delete(name);
    const href = `${this.#history.address}?${[query, `${kept}`].filter(Boolean).join("&")}`;
    Object.assign(link, { id: which, className: "page-link", href, textContent: which === "older" ? t("older-messages") : t("newer-messages") });
    this.#replaceLink(which, [link]);
  }

  #swapLink(which, page) {
    this.#replaceLink(which, EDGES[which].map((id) => page.getElementById(id)).filter(Boolean));
  }

  #replaceLink(which, elements) {
    for (const id of EDGES[which]) byId(id)?.remove();
    this.#list[which === "older" ? "before" : "after"](...elements);
  }
}

/** Shows an address in the browser, for reloads and bookmarks. */
const showAddress = (address) => window.history.replaceState(null, "", address);
