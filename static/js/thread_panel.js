// A thread in the panel: its rows, its form, and how far the reader has read it.

import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { EditDrafts, ThreadDrafts } from "./drafts.js";
import { explain, fetchPage, jsonOptions, request } from "./http.js";
import { t } from "./locale.js";
import { PendingMessages } from "./pending_messages.js";
import { Quotes } from "./quotes.js";
import { RowActions } from "./row_actions.js";
import { RowDecorator } from "./row_decorator.js";
import { idOf, parseThreadRow, rowBefore, rowsOf } from "./rows.js";
import { statusLine } from "./status_line.js";
import { UnreadLine } from "./unread_line.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./history.js").RowEvent} RowEvent */

const NEAR_END = 60; // px from the end within which the panel stays at the end
const PAUSE = 1000; // ms between moves of the read mark

export class ThreadPanel {
  /** Id of the root. */
  root;
  #element;
  #page;
  #list;
  #scroller;
  #callbacks;
  #decorator;
  #versions = new WeakMap(); // the id of the event up to which each row is current
  #cursor; // of the page that was fetched
  #read; // the mark as the server has it
  #seen = 0; // up to which event the reader has seen the thread
  #timer = null;
  #composer = null;
  #pending = null;
  #isOpen = true;
  #onVisible = () => this.#markRead();
  #onHidden = () => this.#storeMark();

  /**
   * @param {HTMLElement} element the panel as the server rendered it
   * @param {import("./threads.js").Surroundings} page
   * @param {{ onRead: () => void, onFollow: (follows: boolean) => void }} callbacks
   */
  constructor(element, page, callbacks) {
    this.#element = element;
    this.#page = page;
    this.#callbacks = callbacks;
    this.root = Number(element.dataset.thread);
    this.#list = element.querySelector(".thread");
    this.#scroller = element.querySelector(".panel-scroller");
    this.#cursor = Number(element.dataset.cursor);
    this.#read = Number(element.dataset.read);
    const unreadLine = new UnreadLine();
    if (page.handle && this.#read > 0) unreadLine.mark(this.#read, t("new-divider"));
    this.#decorator = new RowDecorator(this.#list, page.handle, new Quotes(this.#list), unreadLine);
    for (const row of rowsOf(this.#list)) this.#versions.set(row, this.#cursor);
    this.#decorator.decorate(rowsOf(this.#list));
    this.#list.addEventListener("click", (event) => this.#unfold(event));
    this.#scroller.addEventListener("scroll", () => this.#markRead(), { passive: true });
    addEventListener("focus", this.#onVisible);
    addEventListener("pagehide", this.#onHidden);
    document.addEventListener("visibilitychange", this.#onVisible);
    element.querySelector(".panel-follow")?.addEventListener("submit", (event) => this.#follow(event));
    if (page.outbox && byId("thread-composer")) this.#openWriting();
    if (page.handle) new RowActions(this.#list, new EditDrafts(page.owner, page.room), (id, text) => this.#composer?.replyTo(id, text));
    this.#markRead();
  }

  /** Whether the reader sees the end of the thread. */
  get isSeen() {
    return this.#isOpen && !document.hidden && document.hasFocus() && this.#isLive && this.#isAtEnd;
  }

  get #isLive() {
    return this.#element.dataset.live === "true";
  }

  get #isAtEnd() {
    return this.#scroller.scrollTop > -NEAR_END;
  }

  focus() {
    const target = this.#composer ? byId("thread-body") : this.#element.querySelector("h2");
    target.focus({ preventScroll: true });
  }

  /** Stops: the panel is closed, or shows something else. */
  close() {
    this.#isOpen = false;
    this.#storeMark();
    removeEventListener("focus", this.#onVisible);
    removeEventListener("pagehide", this.#onHidden);
    document.removeEventListener("visibilitychange", this.#onVisible);
  }

  clear() {
    this.#composer?.clear();
  }

  updatePending() {
    this.#pending?.update();
  }

  /**
   * Applies events. Returns the rows of new replies of others.
   *
   * @param {RowEvent[]} events
   * @returns {Row[]}
   */
  apply(events) {
    const added = [];
    this.#keepPlace(() => {
      const changed = [];
      for (const { id, html, root, count } of events) {
        const row = html === undefined ? null : parseThreadRow(html, this.root);
        if (root === this.root && count !== undefined) this.#showCount(count);
        if (!row) continue;
        const isNew = this.#place(row, id);
        if (row.isConnected) changed.push(row);
        if (isNew && row.isConnected && row.dataset.author !== this.#page.handle) added.push(row);
      }
      this.#decorator.decorate(changed);
    });
    this.#markRead();
    return added;
  }

  /** Fetches the thread again. What is being written stays. */
  async refetch() {
    const page = await fetchPage(`rooms/${this.#page.room}?thread=${this.root}`).catch(() => null);
    const fresh = page?.getElementById("panel");
    if (!fresh || !this.#isOpen) return;
    this.#cursor = Number(fresh.dataset.cursor);
    const list = document.adoptNode(fresh.querySelector(".thread"));
    this.#list.replaceChildren(...list.children);
    for (const row of rowsOf(this.#list)) this.#versions.set(row, this.#cursor);
    this.#decorator.decorate(rowsOf(this.#list));
    this.#element.dataset.live = fresh.dataset.live;
    this.#markRead();
  }

  #openWriting() {
    const { owner, room, outbox } = this.#page;
    const form = byId("thread-composer");
    const drafts = new ThreadDrafts(owner, room, this.root);
    const also = form.elements.also_in_room;
    this.#composer = new Composer(form, drafts, (body, answered) => {
      if (outbox.isSignedOut) return t("not-sent", { reason: t("signed-out") });
      outbox.add(room, body, answered, { thread: this.root, alsoInRoom: also?.checked });
      if (also) also.checked = false;
      this.#scroller.scrollTop = 0;
      return null;
    });
    const place = { list: this.#list, keepPlace: (change) => this.#keepPlace(change), thread: this.root, field: byId("thread-body") };
    this.#pending = new PendingMessages(room, this.#page.handle, outbox, place, (entry) => {
      this.#composer.insert(entry.body, entry.answered);
      outbox.discard(entry);
    });
    this.#pending.update();
  }

  #place(row, id) {
    const former = byId(row.id);
    if (former && id <= this.#versions.get(former)) return false;
    const isNew = !former && idOf(row) === id && id > this.#cursor;
    if (former) {
      this.#decorator.discard(former, row);
      row.classList.toggle("unfolded", former.classList.contains("unfolded"));
      former.replaceWith(row);
    } else if (isNew && this.#isLive) this.#insert(row);
    this.#versions.set(row, id);
    return isNew;
  }

  #insert(row) {
    let before = [...rowsOf(this.#list)].at(-1);
    while (before && idOf(before) > idOf(row)) before = rowBefore(before);
    const total = this.#list.querySelector(".thread-total");
    (before && idOf(before) !== this.root ? before : total).after(row);
  }

  #showCount(count) {
    this.#list.querySelector(".thread-total").textContent = t("reply-count", { count });
  }

  /** Changes the list so that what is read stays where it is: the end, or what is above it. */
  #keepPlace(change) {
    const { scrollTop, scrollHeight } = this.#scroller;
    const isAtEnd = this.#isAtEnd;
    change();
    this.#scroller.scrollTop = isAtEnd ? 0 : scrollTop - (this.#scroller.scrollHeight - scrollHeight);
  }

  #unfold(event) {
    const fold = event.target.closest(".message-fold");
    if (!fold) return;
    event.preventDefault();
    fold.closest(".message").classList.add("unfolded");
  }

  /** Moves the read mark soon, if the reader has seen more. */
  #markRead() {
    const last = [...rowsOf(this.#list)].at(-1);
    if (!this.#page.handle || !this.isSeen || !last || idOf(last) <= this.#read) return;
    this.#seen = idOf(last);
    this.#timer ??= setTimeout(() => this.#storeMark(), PAUSE);
  }

  async #storeMark() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const upTo = this.#seen;
    if (upTo <= this.#read) return;
    const options = { ...jsonOptions("PUT", { up_to: upTo }), keepalive: true };
    const response = await request(`api/v1/rooms/${this.#page.room}/messages/${this.root}/read`, options);
    if (!response?.ok) return;
    this.#read = Math.max(this.#read, upTo);
    this.#callbacks.onRead();
    this.#markRead();
  }

  async #follow(event) {
    event.preventDefault();
    const button = event.target.querySelector("button");
    const follows = button.ariaPressed !== "true";
    const method = follows ? "PUT" : "DELETE";
    const response = await request(`api/v1/rooms/${this.#page.room}/messages/${this.root}/follow`, { method });
    if (!response?.ok) return statusLine.notify(response ? await explain(response) : t("change-failed"));
    button.ariaPressed = String(follows);
    button.textContent = follows ? t("following-thread") : t("follow-thread");
    this.#callbacks.onFollow(follows);
  }
}
