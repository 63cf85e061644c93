// Desktop notifications, if they are switched on: one for each message, however many tabs are open, and none while one
// of the tabs is visible.

import { NOTIFICATIONS_KEY, areNotificationsOn } from "./activity.js";
import { serverName } from "./base_path.js";
import { byId } from "./dom.js";
import { explain, jsonOptions, request } from "./http.js";
import { t } from "./locale.js";
import { rowOf } from "./rows.js";
import { statusLine } from "./status_line.js";
import { storage } from "./storage.js";
import { viewer } from "./viewer.js";

/** @typedef {import("./room_list.js").MessageData} MessageData */

const SEEN_WITHIN = 300; // ms within which a visible tab tells the others that it shows the message
const EACH_MAX = 3; // notifications at once; more become one
const TEXT_MAX = 200; // characters

export class Notifications {
  #room = byId("room")?.dataset.room;
  #roomList;
  #otherTabs = window.BroadcastChannel && new BroadcastChannel(`${serverName} notices`);
  #seen = new Set(); // ids of messages that another tab shows
  #waiting = [];

  /** @param {import("./room_list.js").RoomList} roomList */
  constructor(roomList) {
    this.#roomList = roomList;
    this.#otherTabs?.addEventListener("message", ({ data }) => this.#seen.add(data));
    const box = byId("notices")?.querySelector("input");
    if (box) box.checked ||= areNotificationsOn();
  }

  /**
   * Notifies of a message, unless a tab is visible or the message was deleted.
   *
   * @param {MessageData} event
   */
  notify(event) {
    if (event.message.deleted_at) return;
    if (!document.hidden) return this.#otherTabs?.postMessage(event.id);
    if (this.#waiting.push(event) === 1) setTimeout(() => this.#showWaiting(), SEEN_WITHIN);
  }

  /**
   * The reader changed the notification level of this room, or switched notifications of this browser on or off.
   *
   * @param {HTMLInputElement | HTMLSelectElement} field
   */
  choose(field) {
    return field.type === "checkbox" ? this.#switch(field) : this.#chooseLevel(field);
  }

  async #switch(field) {
    const isGranted = field.checked && (await window.Notification?.requestPermission()) === "granted";
    field.checked = isGranted;
    storage.set(NOTIFICATIONS_KEY, isGranted || null);
  }

  async #chooseLevel(field) {
    const level = field.value;
    const response = await request(`api/v1/rooms/${this.#room}/notify`, jsonOptions("PUT", { level }));
    if (response?.ok) return void (this.#roomList.level = level);
    field.value = this.#roomList.level;
    statusLine.notify(response ? await explain(response) : t("reconnecting"));
  }

  /** Shows the notifications that are due. Many at once become one. */
  #showWaiting() {
    const due = this.#waiting.filter(({ id }) => !this.#seen.has(id));
    this.#waiting = [];
    if (due.length > EACH_MAX) return void show("sum", viewer.server, t("new-messages", { count: due.length }));
    for (const { id, room, by, message } of due) {
      const notification = show(id, `${by.name} · ${this.#roomList.nameOf(room)}`, message.body.slice(0, TEXT_MAX));
      notification?.addEventListener("click", () => this.#goTo(room, id));
    }
  }

  #goTo(room, id) {
    const row = room === this.#room && rowOf(id);
    if (row) row.scrollIntoView({ block: "center" });
    else location.assign(`rooms/${room}/messages/${id}`);
  }
}

/** Shows a notification. The browser shows one of several with the same tag. */
function show(tag, title, body) {
  try {
    const icon = document.querySelector("link[rel=icon]").href;
    const notification = new Notification(title, { body, tag: `backscroll ${tag}`, icon });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
    return notification;
  } catch {
    return null; // Chromium on Android allows them only in service workers
  }
}
