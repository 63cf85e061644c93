// The rows of the history, in the order of ids, which never move while they are read. pagination.js, which is loaded when
// the reader moves, fetches other parts of the history.
//
// The scroller is reversed (css/room.css): scrollTop is 0 at the end and negative above it, so that a page opens
// at its end and rows that come in above move nothing. Everything else is compensated by `keepPlace`.

import { blocks } from "./blocks.js";
import { byId } from "./dom.js";
import { loadModule, loadStyle } from "./lazy_modules.js";
import { t } from "./locale.js";
import { people } from "./people.js";
import { Quotes } from "./quotes.js";
import { RowDecorator, decorateThreadLine, foldIfBlocked } from "./row_decorator.js";
import { firstBelow, idOf, isRow, parseRow, rowBefore, rowOf, rowsOf } from "./rows.js";
import { showWhole } from "./tall_messages.js";

/** @typedef {import("./rows.js").Row} Row */

const NEAR_END = 100; // px from the end within which the page stays at the end
const NEAR_EDGE = 800; // px before the first and the last row at which more are loaded
const ROWS_MAX = 300; // rows after which those farthest from what is read are removed
const RETRY_AFTER = 3000; // ms

/**
 * Either a row as of the event `id`, or a new name of a user. The event of a reply in a thread brings the line below the
 * `root`, too, which is empty if no reply is left.
 * @typedef {{ id: number, html?: string, by?: import("./people.js").User, root?: number, line?: string }} RowEvent
 */

export class History {
  main = byId("room");
  list = byId("history");
  scroller = byId("scroller");
  address = `rooms/${this.main.dataset.room}`;
  /** Cursor of the newest page that was fetched. */
  pageCursor = Number(this.main.dataset.cursor);
  /** Id of the newest event that the stream has brought. */
  streamCursor = this.pageCursor;
  /** The id of the event up to which each row is current. */
  versions = new WeakMap();
  /** The id of the event up to which the line below each root of a thread is current, if later than the row itself. */
  #lineVersions = new WeakMap();
  /**
   * Events that came while a page was being fetched; null if no page is being fetched.
   * @type {?RowEvent[]}
   */
  heldEvents = null;
  /** Whether the page is not yet where the reader left off. */
  isOpening = false;
  /** New messages of others that the reader has not scrolled to. */
  unseenCount = 0;
  #handle = this.main.dataset.handle;
  #latest = byId("latest");
  #quotes = new Quotes(this.list);
  #decorator;
  #pagination = null;
  #places = null;
  #onEnd;
  #onNewRows;

  /**
   * @param {import("./unread_line.js").UnreadLine} unreadLine
   * @param {import("./connection_status.js").ConnectionStatus} connectionStatus
   * @param {{ onEnd: () => void, onNewRows: (rows: Row[]) => void }} callbacks `onEnd` is called when the reader has reached
   *   the end, `onNewRows` for new messages of others
   */
  constructor(unreadLine, connectionStatus, { onEnd, onNewRows }) {
    this.unreadLine = unreadLine;
    this.connectionStatus = connectionStatus;
    this.#onEnd = onEnd;
    this.#onNewRows = onNewRows;
    this.#decorator = new RowDecorator(this.list, this.#handle, this.#quotes, unreadLine);
    this.#latest.addEventListener("click", () => this.goToLatest());
    byId("jump").remove();
    this.scroller.addEventListener("scroll", () => {
      this.onScroll();
      this.#places?.scrolled();
    }, { passive: true });
    this.scroller.addEventListener("click", (event) => this.#onClick(event));
    this.list.addEventListener("focusin", ({ target }) => this.#showFocused(target));
    this.list.querySelector(".here")?.addEventListener("blur", ({ target }) => target.remove());
    for (const row of rowsOf(this.list)) this.versions.set(row, this.pageCursor);
    this.decorate(rowsOf(this.list));
    this.scrollToStart();
    this.#openAtUnread();
    this.#showLatestButton();
    this.#showPlaces();
  }

  /** Whether the newest message is loaded. */
  get isLive() {
    return this.main.dataset.live === "true";
  }

  get isAtEnd() {
    return this.scroller.scrollTop > -NEAR_END;
  }

  /** The upper edge of what is visible, in px from the top of the window. */
  get top() {
    return this.scroller.getBoundingClientRect().top;
  }

  /** The time of the first visible message. */
  get timeHere() {
    const rows = rowsOf(this.list);
    return rows[Math.min(firstBelow(rows, this.top), rows.length - 1)]?.dataset.at;
  }

  /** Id of the event up to which a reader at the end has seen everything. */
  get readUpTo() {
    const row = this.#lastRow();
    return row ? Math.min(idOf(row), this.streamCursor) : 0;
  }

  /**
   * Applies events of the stream. While a page is being fetched, they are held back.
   *
   * @param {RowEvent[]} events
   */
  apply(events) {
    if (this.heldEvents) return void this.heldEvents.push(...events);
    this.streamCursor = Math.max(this.streamCursor, ...events.map(({ id }) => id));
    this.#apply(events);
  }

  /**
   * Shows the answer to a post. The stream may have brought it already, or not yet what was posted before it.
   *
   * @param {RowEvent} event
   */
  show(event) {
    if (typeof event.html === "string") this.#apply([event]);
  }

  #apply(events) {
    const newRows = [];
    this.keepPlace(() => {
      const changed = [];
      for (const { id, html, by, root, line } of events) {
        if (line !== undefined) this.#placeThreadLine(root, line, id);
        if (by) changed.push(...this.#rename(by));
        const row = html === undefined ? null : parseRow(html);
        const isNew = row && this.#place(row, id);
        if (row?.isConnected) changed.push(row);
        else if (row) this.#quotes.update(row);
        const { author } = row?.dataset ?? {};
        if (isNew && author !== this.#handle && !blocks.has(author)) newRows.push(row);
      }
      this.decorate(changed);
    });
    if (rowsOf(this.list).length > ROWS_MAX) this.#paginate((pagination) => pagination.trim());
    if (!this.isLive || !this.isAtEnd) this.unseenCount += newRows.length;
    this.#showLatestButton();
    this.#onNewRows(newRows);
  }

  #rename(user) {
    const rows = people.rename(user);
    this.#quotes.rename(user);
    return rows;
  }

  /** Fetches everything again, around the row that is read. Called after a gap. */
  async refetch() {
    this.heldEvents = []; // what comes now would stand below a hole
    const isDone = await this.#paginate((pagination) => pagination.refetch().then(() => true));
    if (!isDone) setTimeout(() => this.refetch(), RETRY_AFTER);
  }

  /**
   * Shows the room's new name and topic.
   *
   * @param {{ name: string, topic: string }} info
   */
  showRoom(info) {
    this.#paginate((pagination) => pagination.showRoom(info));
  }

  goToLatest() {
    if (this.isLive) this.#scrollToEnd();
    else this.#paginate((pagination) => pagination.goToLatest());
  }

  /** @param {HTMLFormElement} form with the date */
  goToDate(form) {
    this.#paginate((pagination) => pagination.goToDate(form));
  }

  /**
   * Goes to a message, which then stands at the top.
   *
   * @param {number} id
   */
  goToMessage(id) {
    this.#paginate((pagination) => pagination.goToMessage(id));
  }

  /** Shows the day and the months if the history is longer than the window. */
  async #showPlaces() {
    if (this.#places) return this.#places.update();
    const isLong = byId("older") || !this.isLive || this.scroller.scrollHeight > 2 * this.scroller.clientHeight;
    if (!isLong) return;
    const [module] = await Promise.all([loadModule("places"), loadStyle("places")]);
    if (module) this.#places ??= new module.Places(this);
  }

  /** Goes to the first unread message if that is before the page. */
  #openAtUnread() {
    const { marked, read, joined } = this.main.dataset;
    const first = this.list.querySelector(".message");
    const hasRead = !marked && joined === "true" && Number(read) > 0;
    if (!this.isLive || !hasRead || !byId("older") || idOf(first) <= Number(read)) return;
    this.isOpening = true;
    const opened = this.#paginate((pagination) => pagination.goTo(`${this.address}?around=${read}`, () => this.scrollToStart()));
    opened.finally(() => (this.isOpening = false));
  }

  async #paginate(action) {
    const module = await loadModule("pagination");
    if (module) return action((this.#pagination ??= new module.Pagination(this)));
  }

  /** Scrolls to the marked message or, if there is none, to the unread line. */
  scrollToStart() {
    const { marked } = this.main.dataset;
    const row = marked ? rowOf(marked) : null;
    if (row) row.scrollIntoView({ block: "center" });
    else this.scrollToUnreadLine();
  }

  scrollToUnreadLine() {
    const line = this.unreadLine.element;
    if (line?.getBoundingClientRect().top < this.top) line.scrollIntoView({ block: "start" });
  }

  #scrollToEnd() {
    this.scroller.scrollTop = 0;
    this.onScroll();
  }

  /**
   * Changes the list so that what is read stays where it is: the end, or the first visible row.
   *
   * @param {() => void} change
   */
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

  /** @param {Iterable<Row>} rows */
  decorate(rows) {
    this.#decorator.decorate(rows);
    const { marked } = this.main.dataset;
    if (marked) rowOf(marked)?.classList.add("marked");
  }

  /** Inserts or replaces a row as of an event, if its place is loaded. Returns whether it is a new message. */
  #place(row, id) {
    const former = byId(row.id);
    if (former && id <= this.versions.get(former)) return false;
    const isNew = !former && idOf(row) === id && id > this.pageCursor;
    if (former) this.#replace(former, row, id);
    else if (isNew && this.isLive) this.#insert(row);
    this.versions.set(row, id);
    return isNew;
  }

  /** Shows the line below the root of a thread as of an event, unless it is shown as of a later one. */
  #placeThreadLine(root, html, id) {
    const row = rowOf(root);
    if (!row || id <= Math.max(this.versions.get(row), this.#lineVersions.get(row) ?? 0)) return;
    this.#lineVersions.set(row, id);
    const former = row.querySelector(":scope > .thread-line");
    const hadFocus = former === document.activeElement;
    former?.remove();
    row.insertAdjacentHTML("beforeend", html);
    decorateThreadLine(row);
    if (hadFocus) row.querySelector(":scope > .thread-line")?.focus({ preventScroll: true });
  }

  #replace(former, row, id) {
    const hadFocus = former.contains(document.activeElement);
    const lineVersion = this.#lineVersions.get(former) ?? 0;
    if (lineVersion > id) {
      row.querySelector(":scope > .thread-line")?.remove();
      row.append(former.querySelector(":scope > .thread-line") ?? "");
      this.#lineVersions.set(row, lineVersion);
    }
    this.#decorator.discard(former, row);
    for (const state of ["unfolded", "whole"]) row.classList.toggle(state, former.classList.contains(state));
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

  /**
   * Moves the line to the first message of others after an event.
   *
   * @param {number} upTo
   */
  showUnreadAfter(upTo) {
    this.unreadLine.mark(upTo, t("new-divider"));
    this.keepPlace(() => this.decorate([]));
  }

  /** Folds the messages of people whom the reader has blocked, and shows those of others. */
  foldAgain() {
    this.keepPlace(() => {
      for (const row of rowsOf(this.list)) foldIfBlocked(row);
      this.decorate(rowsOf(this.list));
    });
  }

  /** Shows a message of somebody whom the reader has blocked. */
  #unfold(row) {
    this.keepPlace(() => row.classList.add("unfolded"));
    row.querySelector(".message-time").focus({ preventScroll: true });
  }

  /** Shows a tall message in full. */
  #showWhole(row, focused = row) {
    const { top } = row.getBoundingClientRect();
    showWhole(row);
    this.scroller.scrollTop += row.getBoundingClientRect().top - top; // it grows downwards
    if (focused === row) row.tabIndex = -1;
    focused.focus({ preventScroll: true }); // the button that had it is gone
  }

  /** What gets the focus in the part of a tall message that is cut off is shown. */
  #showFocused(target) {
    const text = target.closest(".message-text");
    const isCut = text && target.getBoundingClientRect().bottom > text.getBoundingClientRect().bottom + 1;
    if (isCut) this.#showWhole(text.closest(".message"), target);
  }

  #onClick(event) {
    if (event.target.matches(".show-all")) return this.#showWhole(event.target.closest(".message"));
    const fold = event.target.closest(".message-fold");
    if (fold) {
      event.preventDefault();
      return this.#unfold(fold.closest(".message"));
    }
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!isPlain || !["older", "newer"].includes(event.target.id)) return;
    event.preventDefault();
    this.#paginate((pagination) => pagination.loadMore(event.target.id));
  }

  /** Loads more rows if the reader is near an edge, and updates what depends on the scroll position. */
  onScroll() {
    const edges = this.scroller.getBoundingClientRect();
    const isOlderNear = byId("older")?.getBoundingClientRect().bottom > edges.top - NEAR_EDGE;
    const isNewerNear = byId("newer")?.getBoundingClientRect().top < edges.bottom + NEAR_EDGE;
    if (isOlderNear || isNewerNear) this.#paginate((pagination) => pagination.loadMore(isOlderNear ? "older" : "newer"));
    this.#showLatestButton();
    this.#showPlaces();
    if (this.isLive && this.isAtEnd) this.#onEnd();
  }

  #showLatestButton() {
    if (this.isLive && this.isAtEnd) this.unseenCount = 0;
    const isFar = this.scroller.scrollTop < -this.scroller.clientHeight;
    this.#latest.hidden = this.isLive && !this.unseenCount && !isFar;
    this.#latest.textContent = `${this.unseenCount ? t("unseen", { count: this.unseenCount }) : t("latest")} ↓`;
  }

  #lastRow() {
    const last = this.list.lastElementChild;
    return last && (isRow(last) ? last : rowBefore(last));
  }
}
