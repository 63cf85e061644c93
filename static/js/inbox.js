// Lists of messages of several rooms: times in the reader's time zone, and in the inbox, items as they come. The server
// decides what belongs into the inbox; when something may have changed there, the page takes the list from a new copy of
// itself.

import { byId } from "./dom.js";
import { request } from "./http.js";
import { formatTime } from "./locale.js";
import { mentionsReader } from "./rows.js";
import { viewer } from "./viewer.js";

const REFRESH_AFTER = 300; // ms, in which more may come
const SETTINGS = ["inbox", "blocks"]; // of the reader, that change what is shown

export class Inbox {
  #isLive = "newest" in byId("inbox").dataset;
  #timer = null;
  #isStale = false; // something has changed since the copy was requested

  constructor() {
    showTimes(document);
  }

  /**
   * Applies an event of any room.
   *
   * @param {string} type
   * @param {object} data
   */
  apply(type, data) {
    if (this.#isLive && concerns(type, data)) this.refreshSoon();
  }

  /** Fetches the list again. Called when events may have been missed. */
  refreshSoon() {
    if (!this.#isLive) return;
    this.#isStale = true;
    this.#timer ??= setTimeout(() => this.#refresh(), REFRESH_AFTER * (1 + Math.random()));
  }

  async #refresh() {
    this.#isStale = false;
    const response = await request("inbox", { headers: { accept: "text/html" }, cache: "no-store" });
    const text = response?.ok ? await response.text().catch(() => "") : "";
    const fresh = new DOMParser().parseFromString(text, "text/html");
    this.#timer = null;
    if (fresh.getElementById("inbox")) adopt(fresh);
    if (this.#isStale) this.refreshSoon();
  }
}

/** Whether an event may change what the inbox shows. */
function concerns(type, data) {
  if (type === "hello") return data.outcome !== "live" && data.outcome !== "replay";
  if (type === "me") return data.changed.some((setting) => SETTINGS.includes(setting));
  if (type === "message") return mentionsReader(data.message.html);
  if (type.startsWith("message-")) return shows(data.message?.id) || mentionsReader(data.message?.html);
  return type === "read" || type === "room-deleted" || (type === "member" && data.handle === viewer.handle);
}

const shows = (id) => Boolean(document.querySelector(`.inbox-message[href$="#m${Number(id)}"]`));

/** Replaces what may have changed. The focus stays on its link. */
function adopt(fresh) {
  const focused = document.activeElement?.closest?.(".inbox-message")?.getAttribute("href");
  showTimes(fresh);
  for (const part of [".bar-tools", ".sheet-body"]) {
    document.querySelector(`main ${part}`).replaceChildren(...fresh.querySelector(`main ${part}`).childNodes);
  }
  if (focused) document.querySelector(`.inbox-message[href="${CSS.escape(focused)}"]`)?.focus();
}

function showTimes(page) {
  for (const time of page.querySelectorAll("#inbox time")) time.textContent = formatTime(time.dateTime);
}
