// The rows of the history, in the order of ids, which never move while they are read. pagination.js, which is loaded when
// the reader moves, fetches other parts of the history.
//
// The scroller is reversed (css/room.css): scrollTop is 0 at the end and negative above it, so that a page opens
// at its end and rows that come in above move nothing. Everything else is compensated by keepPlace.

import { decorate, discardDecoration, newLineShown, refreshQuotes, rename } from "./decorate.js";
import { byId } from "./dom.js";
import { loadModule } from "./lazy_modules.js";
import { t } from "./messages.js";
import { firstBelow, idOf, isRow, parseRow, rowBefore, rowsOf } from "./rows.js";

const NEAR_END = 100; // px within which the page sticks to the end
const NEAR_EDGE = 800; // px before the first and the last row at which more are loaded
const ROWS_MAX = 300; // rows after which those farthest from what is read go
const RETRY = 3000; // ms

export class History {
  main = byId("room");
  list = byId("history");
  scroller = byId("scroller");
  address = `/rooms/${this.main.dataset.room}`;
  head = Number(this.main.dataset.cursor); // cursor of the newest page that was fetched
  reach = this.head; // the newest event that the stream has brought
  asOf = new WeakMap(); // row → the event up to which it is current
  held = null; // events that came while a page was being fetched
  isOpening = false; // the page is not yet where the reader left off
  unseen = 0;
  #handle = this.main.dataset.handle;
  #latest = byId("latest");
  #past = null;

  /**
   * `on.end()` is called when the reader has reached the end, `on.news(rows)` for what others wrote.
   */
  constructor(on) {
    this.on = on;
    this.#latest.addEventListener("click", () => this.toLatest());
    byId("jump").remove();
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("click", (event) => this.#clicked(event));
    this.list.querySelector(".here")?.addEventListener("blur", ({ target }) => target.remove());
    for (const row of rowsOf(this.list)) this.asOf.set(row, this.head);
    this.decorate(rowsOf(this.list));
    this.openAt();
    this.#openAtUnread();
    this.#showLatest();
  }

  get isLive() {
    return this.main.dataset.live === "true";
  }

  get isAtEnd() {
    return this.scroller.scrollTop > -NEAR_END;
  }

  get top() {
    return this.scroller.getBoundingClientRect().top;
  }

  /** The event up to which a reader at the end has seen everything. */
  get readUpTo() {
    const row = this.#lastRow();
    return row ? Math.min(idOf(row), this.reach) : 0;
  }

  /** Applies events: `{ id, html }` is a row as of the event `id`; `{ id, by }` carries a user's name. */
  apply(events) {
    if (this.held) return void this.held.push(...events);
    this.reach = Math.max(this.reach, ...events.map(({ id }) => id));
    this.#apply(events);
  }

  /** The answer to a post: the stream may have brought it, or not yet what was posted before it. */
  show({ id, html }) {
    if (typeof html === "string") this.#apply([{ id, html }]);
  }

  #apply(events) {
    const changed = [];
    const news = [];
    this.keepPlace(() => {
      for (const { id, html, by } of events) {
        if (by) changed.push(...rename(by));
        const row = parseRow(html);
        const isNew = row && this.#place(row, id);
        if (row?.isConnected) changed.push(row);
        else if (row) refreshQuotes(row);
        if (isNew && row.dataset.author !== this.#handle) news.push(row);
      }
      this.decorate(changed);
    });
    if (rowsOf(this.list).length > ROWS_MAX) this.#go((past) => past.trim());
    if (!this.isLive || !this.isAtEnd) this.unseen += news.length;
    this.#showLatest();
    this.on.news(news);
  }

  /** After a gap: fetches everything again, around the row that is read. */
  async refetch() {
    this.held = []; // what comes now would stand below a hole
    const isDone = await this.#go((past) => past.refetch().then(() => true));
    if (!isDone) setTimeout(() => this.refetch(), RETRY);
  }

  showRoom(info) {
    this.#go((past) => past.showRoom(info));
  }

  toLatest() {
    if (this.isLive) this.#toEnd();
    else this.#go((past) => past.toLatest());
  }

  toDate(event) {
    event.preventDefault();
    this.#go((past) => past.toDate(event.target));
  }

  /** Goes to the first unread message if that is before the page. */
  #openAtUnread() {
    const { marked, read, joined } = this.main.dataset;
    const first = this.list.querySelector(".message");
    if (!this.isLive || marked || joined !== "true" || !Number(read) || !byId("older") || idOf(first) <= read) return;
    this.isOpening = true;
    this.#go((past) => past.goTo(`${this.address}?around=${read}`, () => this.openAt())).finally(() => (this.isOpening = false));
  }

  async #go(somewhere) {
    const module = await loadModule("pagination");
    if (module) return somewhere((this.#past ??= new module.Pagination(this)));
  }

  openAt() {
    const { marked } = this.main.dataset;
    const row = marked ? byId(`m${marked}`) : null;
    if (row) row.scrollIntoView({ block: "center" });
    else this.toNewLine();
  }

  toNewLine() {
    const line = newLineShown();
    if (line?.getBoundingClientRect().top < this.top) line.scrollIntoView({ block: "start" });
  }

  #toEnd() {
    this.scroller.scrollTop = 0;
    this.scrolled();
  }

  /** Changes the list so that what is read stays where it is: the end, or the first visible row. */
  keepPlace(change) {
    const isAtEnd = this.isLive && this.isAtEnd;
    const isExactly = this.scroller.scrollTop === 0;
    const rows = isAtEnd ? [] : rowsOf(this.list);
    const anchor = rows[firstBelow(rows, this.top)];
    const top = anchor?.getBoundingClientRect().top;
    change();
    const now = anchor && byId(anchor.id);
    if (isAtEnd && !isExactly) this.scroller.scrollTop = 0;
    else if (now) this.scroller.scrollTop += now.getBoundingClientRect().top - top;
  }

  decorate(rows) {
    decorate(this.list, rows, this.#handle);
    const { marked } = this.main.dataset;
    if (marked) byId(`m${marked}`)?.classList.add("marked");
  }

  /** Inserts or replaces a row as of an event, if its place is loaded. Returns whether it is a new message. */
  #place(row, id) {
    const former = byId(row.id);
    if (former && id <= this.asOf.get(former)) return false;
    const isNew = !former && idOf(row) === id && id > this.head;
    if (former) this.#replace(former, row);
    else if (isNew && this.isLive) this.#insert(row);
    this.asOf.set(row, id);
    return isNew;
  }

  #replace(former, row) {
    const hadFocus = former.contains(document.activeElement);
    discardDecoration(former, row);
    former.replaceWith(row);
    if (!hadFocus) return;
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  #insert(row) {
    let before = this.#lastRow();
    while (before && idOf(before) > idOf(row)) before = rowBefore(before);
    if (before) before.after(row);
    else this.list.prepend(row);
  }

  #clicked(event) {
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!isPlain || !["older", "newer"].includes(event.target.id)) return;
    event.preventDefault();
    this.#go((past) => past.loadMore(event.target.id));
  }

  scrolled() {
    const edges = this.scroller.getBoundingClientRect();
    const isOlderNear = byId("older")?.getBoundingClientRect().bottom > edges.top - NEAR_EDGE;
    const isNewerNear = byId("newer")?.getBoundingClientRect().top < edges.bottom + NEAR_EDGE;
    if (isOlderNear || isNewerNear) this.#go((past) => past.loadMore(isOlderNear ? "older" : "newer"));
    this.#showLatest();
    if (this.isLive && this.isAtEnd) this.on.end();
  }

  #showLatest() {
    if (this.isLive && this.isAtEnd) this.unseen = 0;
    const isFar = this.scroller.scrollTop < -this.scroller.clientHeight;
    this.#latest.hidden = this.isLive && !this.unseen && !isFar;
    this.#latest.textContent = `${this.unseen ? t("unseen", { count: this.unseen }) : t("latest")} ↓`;
  }

  #lastRow() {
    const last = this.list.lastElementChild;
    return last && (isRow(last) ? last : rowBefore(last));
  }
}
