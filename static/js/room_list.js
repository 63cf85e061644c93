// The list of rooms in the sidebar: unread counts and mentions of each, and the sum in the title, on the icon and on the
// badge of an installed app.

import { byId } from "./dom.js";
import { request } from "./http.js";
import { formatNumber, t } from "./locale.js";
import { mentionsReader } from "./rows.js";
import { showCurrentRoom, showUnreadBeyond } from "./sidebar.js";
import { Stopwatch } from "./stopwatch.js";
import { viewer } from "./viewer.js";

const COUNTED_MAX = 1000; // the same as UNREAD_MAX in src/model/room.rs
const UNGUESSABLE = "r-"; // how the slugs of direct rooms begin
const LONG_HIDDEN = 60_000; // ms after which the reader may have read elsewhere
const RETRY_AFTER = 5000; // ms
const SPREAD = 2000; // ms over which the requests of all pages for a changed list are spread

/**
 * The data of a `message` event.
 * @typedef {object} MessageData
 * @property {number} id
 * @property {string} room
 * @property {import("./people.js").User} by
 * @property {{ body?: string, html?: string, deleted_at?: string, thread?: number, also_in_room?: boolean }} message
 */

export class RoomList {
  #main = byId("room");
  #current = this.#main?.dataset.room;
  #pageTitle = document.title;
  #list = document.querySelector(".sidebar-rooms");
  #icon = document.querySelector("link[rel=icon]");
  #iconWithoutNews = this.#icon.href;
  #timer = null; // set from the first change until the new list is there
  #isStale = false; // something has changed since the list was requested
  #meanwhile = null; // messages that came since the list was requested
  #isMarkMoved = false; // the current room may have unread messages that this page has not counted
  #sinceHidden = document.hidden ? new Stopwatch() : null;
  #isThreadRead = false; // the mentions that this page has counted in the current room may have been read
  #hiddenCount = 0; // messages of others in this room while the page is hidden

  constructor() {
    document.addEventListener("visibilitychange", () => this.#onVisibilityChange());
    const hasOtherRooms = this.#list.querySelector(".room-link:not([data-notify])");
    if (hasOtherRooms) this.refreshSoon(); // the reader may have joined one since the page was rendered
    this.#showTitle();
  }

  /** The notification level of the current room. */
  get level() {
    return this.#linkOf(this.#current).dataset.notify;
  }

  /** @param {string} level */
  set level(level) {
    const link = this.#linkOf(this.#current);
    link.dataset.notify = level;
    this.#showCount(link);
  }

  /**
   * Returns the name of a room as the list shows it.
   *
   * @param {string} room
   */
  nameOf(room) {
    return this.#linkOf(room)?.querySelector(".room-name").textContent ?? room;
  }

  /**
   * Counts a message that the reader does not see. Returns whether the room's notification level asks for a notification.
   *
   * @param {MessageData} event
   */
  noteMessage(event) {
    const { id, room, by, message } = event;
    if (by.handle === viewer.handle || message.deleted_at) return false;
    this.#meanwhile?.push(event);
    if (room === this.#current && document.hidden && isInRoom(message)) this.#hiddenCount += 1;
    this.#showTitle();
    const { notify, head, unread } = this.#linkOf(room)?.dataset ?? {};
    if (!notify && room.startsWith(UNGUESSABLE)) this.refreshSoon(); // a conversation that was hidden
    if (!notify || (id <= head && unread === "0")) return false; // not a member, or it was read elsewhere
    this.#count(event);
    return (notify === "everything" && isInRoom(message)) || (notify !== "nothing" && mentionsReader(message.html));
  }

  /**
   * Takes a change or deletion of a message in another room: its mentions and the unread count may have changed.
   *
   * @param {MessageData} event
   */
  noteChange({ room, message }) {
    const { unread, mentions } = this.#linkOf(room)?.dataset ?? {};
    if (unread > 0 && (message.deleted_at || mentions > 0 || mentionsReader(message.html))) this.refreshSoon();
  }

  /**
   * Takes that a room was read up to an event.
   *
   * @param {{ room: string, upTo: number }} read
   */
  markRead({ room, upTo }) {
    const link = this.#linkOf(room);
    if (link?.dataset.head > upTo && room !== this.#current) return this.refreshSoon();
    if (!link?.dataset.notify) return;
    Object.assign(link.dataset, { unread: 0, mentions: 0 });
    this.#showCount(link);
  }

  /**
   * Takes that the mark of a room was moved elsewhere, or backward.
   *
   * @param {{ room: string, read_up_to: number }} mark
   */
  followMark({ room, read_up_to: upTo }) {
    const { notify, head } = this.#linkOf(room)?.dataset ?? {};
    if (!notify) return;
    if (head <= upTo) return this.markRead({ room, upTo });
    this.#isMarkMoved ||= room === this.#current;
    this.refreshSoon();
  }

  /**
   * Removes a room that is no longer there for the reader.
   *
   * @param {string} room
   */
  remove(room) {
    this.#linkOf(room)?.closest("li").remove();
    this.#showTitle();
    this.refreshSoon(); // a heading may go with it, and a list that is being fetched may still have it
  }

  /** Fetches the list again. Called when rooms have come, gone or been renamed, or were read elsewhere. */
  refreshSoon() {
    this.#isStale = true;
    this.#timer ??= setTimeout(() => this.#refresh(), Math.random() * SPREAD);
  }

  /** Called when the reader has read a thread of the current room: only the server knows which mentions are left. */
  noteThreadRead() {
    this.#isThreadRead = true;
    this.refreshSoon();
  }

  #linkOf(room) {
    return this.#list.querySelector(`[data-room="${room}"]`);
  }

  /** Counts a message, unless the list has counted it already. */
  #count({ id, room, message }) {
    const link = this.#linkOf(room);
    if (!link?.dataset.notify || id <= link.dataset.head) return;
    link.dataset.head = id;
    if (isInRoom(message)) link.dataset.unread++;
    if (mentionsReader(message.html)) link.dataset.mentions++;
    this.#showCount(link);
  }

  /** Renders the badge, as templates/layout/_room_link.html does. */
  #showCount(link) {
    const { unread, mentions, notify, direct } = link.dataset;
    const isMuted = notify === "nothing";
    const [kind, text, meaning] =
      mentions > 0 && !isMuted
        ? ["badge badge-mention", `@ ${formatNumber(+mentions)}`, t("mentions", { count: +mentions })]
        : [direct === undefined || isMuted ? "badge" : "badge badge-mention", unread < COUNTED_MAX ? unread : "999+", t("unread")];
    link.classList.toggle("muted", isMuted);
    link.classList.toggle("unread", unread > 0 && !isMuted);
    showBadge(link, (unread > 0 || (mentions > 0 && !isMuted)) && { kind, text, meaning });
    this.#arrange(link);
    showUnreadBeyond();
    this.#showTitle();
  }

  /** Moves a room to its section: one that waits for the reader stands first, as `section_of` in src/web/views/layout.rs says. */
  #arrange(link) {
    const { room, unread, mentions, notify, direct } = link.dataset;
    const isWaiting = room !== this.#current && notify !== "nothing" && (mentions > 0 || (direct !== undefined && unread > 0));
    const ownSection = direct === undefined ? "rooms" : "direct";
    const section = isWaiting ? "waiting" : "favourite" in link.dataset ? "favourites" : ownSection;
    const item = link.closest("li");
    const list = this.#list.querySelector(`[data-section=${section}] ul`);
    if (!list || item.parentElement === list) return;
    const hadFocus = item.contains(document.activeElement);
    const after = [...list.children].find((other) => Number(other.dataset.place) > Number(item.dataset.place));
    list.insertBefore(item, after ?? null);
    if (hadFocus) link.focus();
  }

  #showTitle() {
    let count = this.#hiddenCount;
    for (const link of this.#list.querySelectorAll("[data-notify]")) {
      const { room, notify, unread, mentions } = link.dataset;
      if (room !== this.#current) count += Number({ everything: unread, mentions }[notify] ?? 0);
      else if (notify === "nothing") count -= this.#hiddenCount;
    }
    this.#showInbox();
    const title = this.#main ? `${this.#main.dataset.name} · ${viewer.server}` : this.#pageTitle;
    document.title = `${count ? `(${count}) ` : ""}${title}`;
    this.#icon.href = count ? this.#icon.dataset.news : this.#iconWithoutNews;
    navigator.setAppBadge?.(count).catch(() => {});
  }

  /** Renders the badge of the inbox, as templates/layout/_inbox_link.html does. */
  #showInbox() {
    const link = this.#list.querySelector(".inbox-link");
    if (!link) return;
    let count = 0;
    for (const { dataset } of this.#list.querySelectorAll("[data-notify]")) if (dataset.notify !== "nothing") count += +dataset.mentions;
    link.classList.toggle("unread", count > 0);
    showBadge(link, count > 0 && { kind: "badge", text: formatNumber(count), meaning: t("unread") });
  }

  #onVisibilityChange() {
    if (this.#sinceHidden?.elapsed > LONG_HIDDEN) this.refreshSoon();
    this.#sinceHidden = document.hidden ? new Stopwatch() : null;
    this.#hiddenCount = 0;
    this.#showTitle();
  }

  /** Replaces the list by that of the server, and counts what came while it was being fetched. */
  async #refresh() {
    this.#isStale = false;
    this.#meanwhile = [];
    const fresh = await fetchList();
    const noted = this.#meanwhile;
    this.#meanwhile = null;
    this.#timer = fresh ? null : setTimeout(() => this.#refresh(), RETRY_AFTER * (1 + Math.random()));
    if (!fresh) return;
    this.#adopt(fresh);
    for (const event of noted) this.#count(event);
    this.#showTitle();
    showUnreadBeyond();
    if (this.#isStale) this.refreshSoon();
  }

  /** Replaces the list. Drafts, which only this browser knows, and the focus stay. */
  #adopt(fresh) {
    // A room beyond those that the sidebar shows stays first; one that was lost may be in a list that was requested before.
    if (this.#current && !("lost" in this.#main.dataset) && !fresh.querySelector(`[data-room="${this.#current}"]`)) {
      fresh.querySelector("[data-section=rooms] ul").prepend(this.#linkOf(this.#current)?.closest("li") ?? "");
    }
    const focused = this.#list.contains(document.activeElement) && document.activeElement.dataset.room;
    for (const link of fresh.querySelectorAll(".room-link")) this.#takeOver(link);
    this.#list.replaceChildren(...fresh.children);
    this.#isMarkMoved = false;
    showCurrentRoom();
    if (this.#current && this.#linkOf(this.#current)) this.#showCount(this.#linkOf(this.#current));
    if (focused) this.#linkOf(focused)?.focus();
  }

  /** Copies to a link of the new list what only this page knows. */
  #takeOver(link) {
    const former = this.#linkOf(link.dataset.room)?.dataset ?? {};
    if (former.draft) link.dataset.draft = former.draft;
    if (link.dataset.room !== this.#current) return;
    link.ariaCurrent = "page";
    if (this.#isMarkMoved) return;
    link.dataset.unread = former.unread ?? 0;
    if (!this.#isThreadRead) link.dataset.mentions = former.mentions ?? 0;
    this.#isThreadRead = false;
    link.dataset.head = Math.max(link.dataset.head, former.head ?? 0); // up to there, this page has counted by itself
  }
}

/** Whether the room shows a message, which it does not if that is a reply in a thread. */
const isInRoom = ({ thread, also_in_room: isShown }) => thread === undefined || isShown;

/** Replaces the badge of a link; false removes it. */
function showBadge(link, badge) {
  link.querySelector(".badge")?.remove();
  if (badge) link.insertAdjacentHTML("beforeend", `<span class="${badge.kind}">${badge.text}<span class="visually-hidden"> ${badge.meaning}</span></span>`);
}

async function fetchList() {
  const response = await request("rooms", { headers: { accept: "text/html" }, cache: "no-store" });
  const text = (await response?.text().catch(() => "")) ?? "";
  return new DOMParser().parseFromString(text, "text/html").querySelector(".sidebar-rooms");
}
