// Threads: opens one in the panel, and marks unread replies in the lines below their roots.

import { blocks } from "./blocks.js";
import { byId, element } from "./dom.js";
import { fetchPage, request } from "./http.js";
import { t } from "./locale.js";
import { Panel } from "./panel.js";
import { statusLine } from "./status_line.js";
import { ThreadPanel } from "./thread_panel.js";

/** @typedef {import("./history.js").RowEvent} RowEvent */

/**
 * What threads need of the page of the room.
 * @typedef {object} Surroundings
 * @property {string} room slug
 * @property {string} handle the reader; empty without an account
 * @property {string} owner names the log and the person
 * @property {?import("./outbox.js").Outbox} outbox
 * @property {import("./history.js").History} history
 * @property {(rows: import("./rows.js").Row[]) => void} announce
 * @property {() => void} onRead called when a thread was read
 */

export class Threads {
  #page;
  #panel = new Panel();
  /** @type {?ThreadPanel} */
  #thread = null;
  /** Number of unread replies in each followed thread, by the id of the root. */
  #unread = new Map();
  #opening = null; // identifies the latest thread that was asked for

  /** @param {Surroundings} page */
  constructor(page) {
    this.#page = page;
    const shown = byId("panel");
    if (shown?.dataset.thread) this.#show(shown);
    addEventListener("popstate", () => this.#onPopState());
    new MutationObserver(() => this.#markLines()).observe(page.history.list, { childList: true });
    this.refresh();
  }

  /**
   * Opens the thread of a message.
   *
   * @param {number | string} id of the root
   * @param {{ isBack?: boolean }} [options] `isBack`: the address is that of the thread already
   */
  async open(id, { isBack = false } = {}) {
    const root = Number(id);
    if (this.#thread?.root === root) return this.#thread.focus();
    const opening = (this.#opening = {});
    const address = `rooms/${this.#page.room}?thread=${root}`;
    const page = await fetchPage(address).catch(() => null);
    if (opening !== this.#opening) return;
    const panel = page?.getElementById("panel");
    if (!panel) return statusLine.notify(t("page-failed"));
    await loadStyle();
    if (!isBack) history.pushState(null, "", address);
    this.#show(document.adoptNode(panel));
    this.#thread.focus();
  }

  /** Fetches the thread in the panel, and what is unread, anew. Called when events may have been missed. */
  async refresh() {
    this.#thread?.refetch();
    if (!this.#page.handle) return;
    const response = await request(`api/v1/rooms/${this.#page.room}/threads`, { cache: "no-store" });
    const threads = response?.ok && (await response.json().catch(() => null))?.threads;
    if (!threads) return;
    this.#unread = new Map(threads.map(({ root, unread }) => [root, unread]));
    this.#markLines();
  }

  /**
   * Whether the reader sees new replies in the thread of this root.
   *
   * @param {number} root
   */
  isReading(root) {
    return this.#thread?.root === root && this.#thread.isSeen;
  }

  /**
   * Applies events of the stream that are about messages of the room.
   *
   * @param {RowEvent[]} events
   */
  apply(events) {
    const rows = this.#thread?.apply(events) ?? [];
    if (rows.length > 0) this.#page.announce(rows);
    for (const event of events) if (event.isReply) this.#count(event);
    this.#markLines();
  }

  /** Shows what is in the outbox. */
  updatePending() {
    this.#thread?.updatePending();
  }

  /** Empties the form, since somebody has signed out. */
  clear() {
    this.#thread?.clear();
  }

  /** Counts a new reply of somebody else, unless the reader sees it. A reply of the reader's own follows the thread. */
  #count({ root, author, mentions }) {
    if (author === this.#page.handle) this.#unread.set(root, this.#unread.get(root) ?? 0);
    else if (blocks.has(author) || this.isReading(root)) return;
    else if (this.#unread.has(root)) this.#unread.set(root, this.#unread.get(root) + 1);
    else if (mentions || this.#page.history.list.querySelector(`#m${root}.mine`)) this.refresh();
  }

  #markLines() {
    for (const line of this.#page.history.list.querySelectorAll(".thread-line")) {
      const unread = this.#unread.get(Number(line.dataset.root)) ?? 0;
      const label = line.querySelector(".thread-unread");
      line.classList.toggle("unread", unread > 0);
      if (unread === 0) label?.remove();
      else if (label) label.textContent = t("unread-replies", { count: unread });
      else line.querySelector("time").before(element("span", "thread-unread", t("unread-replies", { count: unread })), " ");
    }
  }

  #show(element) {
    let thread = null; // it finds its parts in the document
    this.#panel.open(element, () => {
      thread.close();
      if (this.#thread === thread) this.#thread = null;
      if (threadInAddress() === thread.root) history.replaceState(null, "", `rooms/${this.#page.room}`);
    });
    thread = new ThreadPanel(element, this.#page, {
      onRead: () => {
        if (this.#unread.has(thread.root)) this.#unread.set(thread.root, 0);
        this.#markLines();
        this.#page.onRead();
      },
      onFollow: (follows) => {
        if (follows) this.#unread.set(thread.root, 0);
        else this.#unread.delete(thread.root);
        this.#markLines();
      },
    });
    this.#thread = thread;
  }

  #onPopState() {
    const root = threadInAddress();
    if (root) this.open(root, { isBack: true });
    else this.#panel.close();
  }
}

const threadInAddress = () => Number(new URL(location.href).searchParams.get("thread"));

/** Loads the style sheet of the panel, which a page with a thread has already. */
function loadStyle() {
  if (document.querySelector('link[href$="css/panel.css"]')) return null;
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: new URL("../css/panel.css", import.meta.url) });
  const loaded = new Promise((done) => (link.onload = link.onerror = done));
  document.head.append(link);
  return loaded;
}
