// Whether the reader may post into the room: the composer is there, or the reason why it is not.

import { byId } from "./dom.js";
import { request } from "./http.js";

/** @typedef {{ archived?: boolean, announcements?: boolean }} RoomInfo as in events and in answers about a room */

export class PostingRights {
  #main = byId("room");

  /**
   * Shows what the properties of the room allow.
   *
   * @param {RoomInfo} info
   */
  show({ archived = false, announcements = false }) {
    this.#main.dataset.archived = archived;
    const isForManagers = announcements && this.#main.dataset.manages !== "true";
    byId("archived").hidden = !archived;
    byId("only-managers").hidden = archived || !isForManagers;
    const form = byId("thread-composer");
    if (form) form.hidden = archived; // everybody replies in the threads of a room for announcements
    byId("composer").hidden = archived || isForManagers;
  }

  /** Asks the server: the role of the reader may have changed. */
  async refresh() {
    const response = await request(`api/v1/rooms/${this.#main.dataset.room}`, { cache: "no-store" });
    if (!response?.ok) return;
    const room = await response.json();
    this.#main.dataset.manages = room.can_manage;
    this.show(room);
  }
}
