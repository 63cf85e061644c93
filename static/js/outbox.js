// Messages that are being sent. Each is stored until the server has it, also over reloads and days; they are sent one by
// one, in the order in which they were written. Each has a nonce, so that sending it again never posts it twice.

import { explain, isProblem, jsonOptions, request } from "./http.js";
import { loadModule } from "./lazy_modules.js";
import { t } from "./locale.js";
import { storage } from "./storage.js";

/**
 * A message that is being sent.
 * @typedef {object} Entry
 * @property {string} nonce
 * @property {string} room
 * @property {string} body
 * @property {?import("./drafts.js").Original} [answered] the message that it replies to
 * @property {import("./uploads.js").Attached[]} [files] whose bytes are in the browser's database
 * @property {boolean} [isRestarted] whether the files were uploaded again, since the server did not have them any more
 * @property {number} [thread] the root of the thread that it belongs to
 * @property {boolean} [alsoInRoom] whether the room shows a reply in a thread, too
 * @property {number} at when it was written, in ms since 1970
 * @property {number} [confirmedAt] when the user last asked to send it
 * @property {string} [fault] why the server refused it
 */

const DAY = 86_400_000; // ms after which the user is asked before it is sent
const LATE = 30_000; // ms after which a message can be discarded while it is being sent
const LOCKED_MAX = 40_000; // ms to wait for another tab that sends
const RETRY_MIN = 1000; // ms
const RETRY_MAX = 30_000; // ms
const RETRY_AFTER_MAX = 60_000; // ms: a proxy may ask to wait for hours
const KEEPALIVE_MAX = 15_000; // characters: browsers finish requests of closed pages up to 64 KiB

export class Outbox {
  /** Nobody is signed in: nothing is sent. */
  isSignedOut = false;
  #prefix;
  #pauseKey;
  #onChange;
  #onSent;
  #attempts = 0;
  #isSending = false;
  #timer = null;
  /** When this page first saw each attempt to send a message, by `performance.now()`. */
  #seenAt = new Map();

  /**
   * @param {string} owner names the log and the person
   * @param {{ onChange: () => void, onSent: (message: object) => void }} callbacks `onSent` is called before `onChange`
   */
  constructor(owner, { onChange, onSent }) {
    this.#prefix = `outbox/${owner}/`;
    this.#pauseKey = `pause/${owner}`;
    this.#onChange = onChange;
    this.#onSent = onSent;
    storage.watch(this.#prefix, () => {
      onChange();
      this.#send();
    });
    addEventListener("online", () => this.hurry());
  }

  /**
   * Returns messages in the order in which they were written.
   *
   * @param {string} [room] all rooms by default
   * @returns {Entry[]}
   */
  list(room) {
    const entries = [...storage.getAll(this.#prefix + (room ? `${room}/` : "")).values()];
    return entries.sort((a, b) => a.at - b.at || (a.nonce < b.nonce ? -1 : 1));
  }

  /**
   * Stores a message, and sends it when its turn comes.
   *
   * @param {string} room
   * @param {string} body
   * @param {Entry["answered"]} answered
   * @param {{ files?: Entry["files"], thread?: number, alsoInRoom?: boolean }} [more] its files, and the thread that it belongs to
   */
  add(room, body, answered, { files, thread, alsoInRoom } = {}) {
    const last = this.list().at(-1)?.at ?? 0; // clocks may go back
    const at = Math.max(Date.now(), last + 1);
    this.#store({ nonce: newNonce(), room, body, answered, files: files?.length ? files : undefined, thread, alsoInRoom, at });
  }

  /**
   * Sends a message again, as the user asked for.
   *
   * @param {Entry} entry
   */
  retry(entry) {
    this.#store({ ...entry, fault: undefined, confirmedAt: Date.now() });
  }

  /**
   * @param {{ room: string, nonce: string }} entry
   * @param {boolean} [keepsFiles] whether another message gets its files
   */
  discard({ room, nonce }, keepsFiles = false) {
    const files = !keepsFiles && storage.get(this.#key(room, nonce))?.files;
    if (files) loadModule("uploads").then((module) => module?.forget(files));
    storage.set(this.#key(room, nonce), null);
    this.#onChange();
  }

  /**
   * Removes a message that was sent. Called when the stream has brought it.
   *
   * @param {string} room
   * @param {string} nonce
   */
  settle(room, nonce) {
    if (storage.get(this.#key(room, nonce))) this.discard({ room, nonce });
  }

  /**
   * Whether a message will be sent without asking.
   *
   * @param {Entry} entry
   */
  isWaiting(entry) {
    return !this.isSignedOut && !entry.fault && ageOf(entry) <= DAY;
  }

  /** The messages of all rooms that will be sent without asking. */
  waiting() {
    return this.list().filter((entry) => this.isWaiting(entry));
  }

  /**
   * Whether sending takes so long that the message can be discarded. The clock may have been set back since it was written.
   *
   * @param {Entry} entry
   */
  isLate(entry) {
    const attempt = `${entry.nonce} ${entry.confirmedAt}`;
    if (!this.#seenAt.has(attempt)) this.#seenAt.set(attempt, performance.now());
    return Math.max(ageOf(entry), performance.now() - this.#seenAt.get(attempt)) > LATE;
  }

  /**
   * Takes a new state of the stream.
   *
   * @param {string} state
   */
  enter(state) {
    if (state === "signed-out") this.isSignedOut = true;
    if (state === "live") {
      this.isSignedOut = false;
      this.hurry();
    }
    this.#onChange();
  }

  /** Sends without waiting further: the server can be reached again. */
  hurry() {
    if (!storage.get(this.#pauseKey)?.isAsked) storage.set(this.#pauseKey, null);
    this.#attempts = 0;
    this.#send();
  }

  #key(room, nonce) {
    return `${this.#prefix}${room}/${nonce}`;
  }

  #store(entry) {
    storage.set(this.#key(entry.room, entry.nonce), entry);
    this.#onChange();
    this.#send();
  }

  #send() {
    if (this.#isSending || !this.waiting().length) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    withLock(`backscroll/${this.#prefix}`, () => this.#sendAll()).catch(() => (this.#isSending = false));
  }

  async #sendAll() {
    for (;;) {
      const [next] = this.waiting();
      const pause = (storage.get(this.#pauseKey)?.until ?? 0) - Date.now();
      if (!next || (pause > 0 && pause <= RETRY_AFTER_MAX)) {
        this.#isSending = false;
        if (next) this.#timer = setTimeout(() => this.#send(), Math.min(pause, RETRY_MAX) + 10);
        this.#onChange();
        return;
      }
      await this.#post(next);
    }
  }

  async #post(entry) {
    const { room, nonce, body, answered, files, thread, alsoInRoom } = entry;
    const attachments = files && (await this.#upload(entry));
    if (files && !attachments) return;
    const response = await request(`api/v1/rooms/${room}/messages?include=html`, {
      ...jsonOptions("POST", { body, nonce, reply_to: answered?.id, attachments, thread, also_in_room: alsoInRoom }),
      keepalive: body.length < KEEPALIVE_MAX,
    });
    const message = response?.ok && (await response.json().catch(() => null));
    if (message?.id) {
      this.#attempts = 0;
      this.#onSent(message);
      this.settle(room, nonce);
    } else if (isRefusal(response)) await this.#refuse(entry, response);
    else this.#pause(response);
  }

  /** Returns the ids of the files of a message; null if they are not uploaded. */
  async #upload(entry) {
    const module = await loadModule("uploads");
    const ids = [];
    for (const file of module ? entry.files : [{}]) {
      const { id, fault, isGone, response } = (await module?.upload(file.key)) ?? {};
      if (!storage.get(this.#key(entry.room, entry.nonce))) return null; // discarded meanwhile
      if (fault || isGone) this.#store({ ...entry, fault: fault ?? t("file-gone") });
      else if (response?.status === 401 && isProblem(response)) this.isSignedOut = true;
      else if (!id) this.#pause(response);
      if (!id) return null;
      ids.push(id);
    }
    return ids;
  }

  async #refuse(entry, response) {
    if (response.status === 401) return void (this.isSignedOut = true);
    if (entry.files && !entry.isRestarted && (await codeOf(response)) === "upload-gone") {
      await (await loadModule("uploads"))?.restart(entry.files);
      return this.#store({ ...entry, isRestarted: true });
    }
    const fault = await explain(response);
    const key = this.#key(entry.room, entry.nonce);
    if (!storage.get(key)) return; // discarded meanwhile
    const isTaken = response.status === 409; // the nonce, by another message
    if (isTaken) storage.set(key, null);
    this.#store({ ...entry, fault, nonce: isTaken ? newNonce() : entry.nonce });
  }

  /** Waits before the next attempt: as long as the server asks for, or longer after each failure. */
  #pause(response) {
    const asked = Math.min(RETRY_AFTER_MAX, Number(response?.headers.get("retry-after")) * 1000);
    const most = Math.min(RETRY_MAX, RETRY_MIN * 2 ** ++this.#attempts);
    const wait = asked || RETRY_MIN + Math.random() * (most - RETRY_MIN);
    storage.set(this.#pauseKey, { until: Date.now() + wait, isAsked: asked > 0 });
  }
}

/** Returns 128 random bits in hexadecimal digits. */
function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Runs `work` in one tab of the browser at a time. Where locks are missing or a frozen tab holds one, nonces make
 * duplicates harmless.
 */
async function withLock(name, work) {
  if (!navigator.locks) return work();
  const request = navigator.locks.request(name, { signal: AbortSignal.timeout(LOCKED_MAX) }, work);
  return request.catch((error) => (error.name === "TimeoutError" ? work() : Promise.reject(error)));
}

const ageOf = ({ at, confirmedAt }) => Date.now() - (confirmedAt ?? at);

/** Returns the code of the problem in an answer, which can still be read. */
const codeOf = async (response) => (await response.clone().json().catch(() => null))?.code;

/** Whether our own server refuses a message for good: errors of a proxy, and of a server in trouble, pass. */
function isRefusal(response) {
  return isProblem(response) && response.status < 500 && ![408, 425, 429].includes(response.status);
}
