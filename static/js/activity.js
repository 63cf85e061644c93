// Activity that is not in the visible history: messages in other rooms or while the page is hidden, and who is typing.
// The modules that count and notify are loaded when they are needed for the first time.

import { serverName } from "./base_path.js";
import { blocks } from "./blocks.js";
import { byId } from "./dom.js";
import { loadModule } from "./lazy_modules.js";
import { storage } from "./storage.js";
import { TypingIndicator, sendTyping } from "./typing.js";

/** Key in the storage of browsers in which desktop notifications are switched on. */
export const NOTIFICATIONS_KEY = "notices/on";

/** Whether desktop notifications are switched on in this browser, and allowed. */
export const areNotificationsOn = () => Boolean(storage.get(NOTIFICATIONS_KEY)) && window.Notification?.permission === "granted";

export class Activity {
  #room;
  #handle;
  #typing;
  /** Events are handled one after the other, also while modules are being loaded. */
  #turn = Promise.resolve();
  #roomList = null;
  #notifications = null;
  #ownMark = Number(byId("room")?.dataset.read); // of the page's room
  #isBehind = false; // the room list missed an event, since its module could not be loaded
  #otherTabs = window.BroadcastChannel && new BroadcastChannel(`${serverName} rooms`);

  /**
   * @param {?string} room slug of the page's room, if it is one
   * @param {string} handle the reader; empty without an account
   */
  constructor(room, handle) {
    this.#room = room;
    this.#handle = handle;
    this.#typing = room && new TypingIndicator();
    this.#otherTabs?.addEventListener("message", ({ data }) => this.#roomList?.markRead(data));
    if (!handle) return;
    if (room) {
      sendTyping(byId("body"), room);
      byId("notify").addEventListener("change", ({ target }) => this.#chooseNotifications(target));
    }
    if (areNotificationsOn()) this.#openNotifications();
    if (document.querySelector(".badge")) this.#openRoomList();
  }

  /**
   * Applies an event of any room.
   *
   * @param {string} type
   * @param {object} data
   * @param {boolean} [isSeen] whether the reader sees it
   */
  apply(type, data, isSeen = false) {
    const applied = this.#turn.then(() => this.#apply(type, data, isSeen));
    this.#turn = applied.catch(() => {});
    return applied;
  }

  /** Makes good what the room list missed. Called when the server can be reached again. */
  catchUp() {
    if (this.#isBehind) this.#openRoomList();
  }

  /**
   * Called when the reader has read the page's room.
   *
   * @param {number} upTo id of an event
   */
  async markRead(upTo) {
    const read = { room: this.#room, upTo };
    this.#otherTabs?.postMessage(read);
    if (document.querySelector(".room-link[aria-current] .badge")) (await this.#openRoomList())?.markRead(read);
  }

  /** Called when the reader has read a thread, in which they may have been mentioned. */
  async noteThreadRead() {
    if (document.querySelector(".room-link[aria-current] .badge-mention")) (await this.#openRoomList())?.noteThreadRead();
  }

  async #apply(type, data, isSeen) {
    if ((type === "message" || type === "typing") && blocks.has(data.by?.handle)) return;
    const isHere = data.room === this.#room;
    if (type === "message") {
      if (isHere) this.#typing.end(data.by.handle);
      await this.#applyMessage(data, isHere && isSeen);
    } else if (type === "typing") {
      if (isHere) this.#typing.show(data);
    } else if (type.startsWith("message")) {
      if (!isHere) (await this.#openRoomList())?.noteChange(data);
    } else if (type === "room-deleted") (await this.#openRoomList())?.remove(data.room);
    else if (type === "user" && isInConversation(data.user)) (await this.#openRoomList())?.refreshSoon();
    else if (type === "read") await this.#followMark(data);
    else if (type === "room" || type === "me" || (type === "member" && data.handle === this.#handle)) {
      (await this.#openRoomList())?.refreshSoon();
    }
  }

  /** Where nothing is unread and the page's own mark moves forward, there is nothing to show. */
  async #followMark(data) {
    const isForward = data.room === this.#room && data.read_up_to >= this.#ownMark;
    if (data.room === this.#room) this.#ownMark = data.read_up_to;
    if (!isForward || document.querySelector(".room-link[aria-current] .badge")) (await this.#openRoomList())?.followMark(data);
  }

  async #applyMessage(data, isSeen) {
    const isWanted = isSeen || (await this.#openRoomList())?.noteMessage(data);
    if (isWanted && areNotificationsOn()) (await this.#openNotifications())?.notify(data); // or tells other tabs that it was seen
  }

  async #chooseNotifications(field) {
    const notifications = await this.#openNotifications();
    if (notifications) notifications.choose(field);
    else field.form.reset();
  }

  async #openRoomList() {
    const module = await loadModule("room_list");
    if (module) this.#roomList ??= new module.RoomList();
    if (this.#isBehind) this.#roomList?.refreshSoon();
    this.#isBehind = !module;
    return module && this.#roomList;
  }

  async #openNotifications() {
    const [module, roomList] = await Promise.all([loadModule("notifications"), this.#openRoomList()]);
    if (module && roomList) this.#notifications ??= new module.Notifications(roomList);
    return this.#notifications;
  }
}

/** Returns whether a conversation in the list of rooms is called after a person. */
function isInConversation(user) {
  const links = [...document.querySelectorAll(".room-link[data-direct]")];
  return links.some(({ dataset }) => dataset.direct.split(" ").includes(user?.handle));
}
