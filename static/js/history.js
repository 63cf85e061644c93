// The rows of the history: one per id, in the order of ids, and never moving under the reader's eyes.
//
// The scroller is reversed (css/room.css): scrollTop is 0 at the end and negative above it, so that a page opens
// at its end and rows that come in above move nothing. Everything else is compensated by keepPlace.

import { dress, idOf, newLineShown, undress } from "./dress.js";
import { byId, fetchPage } from "./page.js";
import { words } from "./words.js";

const NEAR_END = 100; // px within which the page sticks to the end
const NEAR_EDGE = 600; // px before the oldest row at which older ones are loaded
const ROWS_MAX = 400; // rows after which the oldest go, while reading at the end
const ROWS_KEPT = 250;

export class History {
  #main = byId("room");
  #scroller = byId("scroller");
  #list = byId("history");
  #latest = byId("latest");
  #unseen = 0;
  #loading = false;
  #onEnd;

  /** `onEnd` is called when the reader has reached the end, or the page has been led to it. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
    this.#latest.addEventListener("click", () => this.goToEnd());
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#scroller.addEventListener("click", (event) => this.#clicked(event));
    this.#list.querySelector(".here")?.remove();
    this.#dress();
    this.#openAt();
  }

  get isLive() {
    return this.#main.dataset.live === "true";
  }

  get isAtEnd() {
    return this.#scroller.scrollTop > -NEAR_END;
  }

  get lastId() {
    const row = this.#lastRow();
    return row ? idOf(row) : 0;
  }

  /** The row at the top of what is read, unless that is the end. */
  get anchor() {
    return this.isLive && this.isAtEnd ? null : this.#firstVisible();
  }

  /** Puts rows, given as HTML, where they belong, each in the place of its former state. */
  apply(rows, handle) {
    let news = 0;
    let isOwn = false;
    this.keepPlace(() => {
      for (const html of rows) {
        const row = parseRow(html);
        if (!row || !(this.isLive || byId(row.id)) || this.#place(row) !== "new") continue;
        if (row.dataset.author === handle) isOwn = true;
        else news += 1;
      }
      if (this.isAtEnd) this.#trim();
      this.#dress();
    });
    if (isOwn) this.goToEnd();
    else if (!this.isAtEnd) this.#unseen += news;
    this.#showLatest();
    return news;
  }

  /** Shows what a page fetched anew holds, in the place of everything. */
  adopt(page) {
    const list = page.getElementById("history");
    list.querySelector(".here")?.remove();
    this.keepPlace(() => {
      this.#list.replaceChildren(...list.children);
      this.#swapLink("older", page);
      this.#swapLink("newer", page);
      this.#main.dataset.live = page.getElementById("room").dataset.live;
      this.#dress();
    });
    this.#showLatest();
  }

  goToEnd() {
    this.#scroller.scrollTop = 0;
    this.#scrolled();
  }

  #dress() {
    dress(this.#list, this.#main.dataset.handle);
    const { marked } = this.#main.dataset;
    if (marked) byId(`m${marked}`)?.classList.add("marked");
  }

  #openAt() {
    const { marked } = this.#main.dataset;
    const row = marked ? byId(`m${marked}`) : null;
    const line = newLineShown();
    if (row) row.scrollIntoView({ block: "center" });
    else if (line && line.getBoundingClientRect().top < this.#top()) line.scrollIntoView({ block: "start" });
  }

  #place(row) {
    const former = byId(row.id);
    if (former) {
      const hadFocus = former.contains(document.activeElement);
      undress(former);
      former.replaceWith(row);
      if (hadFocus) row.querySelector("a").focus({ preventScroll: true });
      return "known";
    }
    let before = this.#lastRow();
    while (before && idOf(before) > idOf(row)) before = rowBefore(before);
    if (!before && byId("older")) return "not shown";
    if (before) before.after(row);
    else this.#list.prepend(row);
    return "new";
  }

  /** Changes the list so that what is read stays where it is: the end, or the first visible row. */
  keepPlace(change) {
    const isAtEnd = this.isLive && this.isAtEnd;
    const anchor = isAtEnd ? null : this.#firstVisible();
    const top = anchor?.getBoundingClientRect().top;
    change();
    const now = anchor && byId(anchor.id);
    if (isAtEnd) this.#scroller.scrollTop = 0;
    else if (now) this.#scroller.scrollTop += now.getBoundingClientRect().top - top;
  }

  #trim() {
    const rows = this.#list.querySelectorAll(":scope > .message");
    if (rows.length <= ROWS_MAX) return;
    const kept = rows[rows.length - ROWS_KEPT];
    while (this.#list.firstElementChild !== kept) this.#list.firstElementChild.remove();
    this.#setOlder(`/rooms/${this.#main.dataset.room}?before=${idOf(kept)}`);
  }

  #setOlder(href) {
    const link = document.createElement("a");
    Object.assign(link, { id: "older", className: "page-link", rel: "prev", href, textContent: words.older });
    (byId("older") ?? byId("beginning")).replaceWith(link);
  }

  async #loadOlder() {
    const link = byId("older");
    if (!link || this.#loading) return;
    this.#loading = true;
    link.textContent = words.olderLoading;
    const page = await fetchPage(link.href).catch(() => null);
    this.#loading = false;
    link.textContent = words.olderFailed;
    if (!page) return;
    this.keepPlace(() => {
      link.remove();
      page.querySelectorAll("#history > .message").forEach((row) => byId(row.id) ?? this.#place(row));
      this.#swapLink("older", page);
      this.#dress();
    });
    this.#showLatest();
  }

  #swapLink(which, page) {
    for (const id of which === "older" ? ["older", "beginning"] : [which]) {
      byId(id)?.remove();
      const link = page.getElementById(id);
      if (link) this.#list[which === "older" ? "before" : "after"](link);
    }
  }

  #clicked(event) {
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);
    if (event.target.id !== "older" || !isPlain) return;
    event.preventDefault();
    this.#loadOlder();
  }

  #scrolled() {
    const older = byId("older");
    if (older && older.getBoundingClientRect().bottom > this.#top() - NEAR_EDGE) this.#loadOlder();
    this.#showLatest();
    if (this.isLive && this.isAtEnd) this.#onEnd();
  }

  #showLatest() {
    if (this.isAtEnd) this.#unseen = 0;
    const isFar = this.#scroller.scrollTop < -this.#scroller.clientHeight;
    this.#latest.hidden = !this.isLive || !(this.#unseen || isFar);
    this.#latest.textContent = `${this.#unseen ? words.unseen(this.#unseen) : words.latest} ↓`;
    const jump = byId("jump");
    if (jump) jump.hidden = this.isLive;
  }

  #top() {
    return this.#scroller.getBoundingClientRect().top;
  }

  #firstVisible() {
    const top = this.#top();
    const rows = this.#list.querySelectorAll(":scope > .message");
    return [...rows].find((row) => row.getBoundingClientRect().bottom > top) ?? null;
  }

  #lastRow() {
    const last = this.#list.lastElementChild;
    return last && (isRow(last) ? last : rowBefore(last));
  }
}

const isRow = (element) => element.classList.contains("message");

function rowBefore(element) {
  let before = element.previousElementSibling;
  while (before && !isRow(before)) before = before.previousElementSibling;
  return before;
}

/** Rows come rendered from our own server, escaped there. */
function parseRow(html) {
  if (typeof html !== "string") return null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  return row && isRow(row) && row.id === `m${row.dataset.id}` ? row : null;
}
