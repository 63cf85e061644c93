// Messages that are being sent. Each is stored until the server has it, also over reloads and days; they are sent one by
// one, in the order in which they were written. Each has a nonce, so that sending it again never posts it twice.

import { isProblem, json, request } from "./http.js";
import { loadModule } from "./lazy_modules.js";
import { t } from "./messages.js";
import { getAllStored, getStored, store, watch } from "./storage.js";

const DAY = 86_400_000; // ms after which the user is asked before it is sent
const LATE = 30_000; // ms after which a message can be discarded while it is being sent
const LOCKED_MAX = 40_000; // ms to wait for another tab that sends
const RETRY_MIN = 1000; // ms
const RETRY_MAX = 30_000; // ms
const ASKED_MAX = 60_000; // ms: a proxy may name hours
const KEEPALIVE_MAX = 15_000; // characters: browsers finish requests of closed pages up to 64 KiB

/** 128 random bits in hexadecimal digits. */
function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One tab of a browser sends at a time. Where locks are missing or a frozen tab holds one, nonces make doubles harmless. */
async function alone(name, work) {
  if (!navigator.locks) return work();
  const request = navigator.locks.request(name, { signal: AbortSignal.timeout(LOCKED_MAX) }, work);
  return request.catch((error) => (error.name === "TimeoutError" ? work() : Promise.reject(error)));
}

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

  /** `owner` names the log and the person. `onSent(message)` comes before `onChange()`. */
  constructor(owner, { onChange, onSent }) {
    this.#prefix = `outbox/${owner}/`;
    this.#pauseKey = `pause/${owner}`;
    this.#onChange = onChange;
    this.#onSent = onSent;
    watch(this.#prefix, () => {
      onChange();
      this.#send();
    });
    addEventListener("online", () => this.hurry());
  }

  /** Of one room or of all, in the order in which they were written. */
  list(room) {
    const entries = [...getAllStored(this.#prefix + (room ? `${room}/` : "")).values()];
    return entries.sort((a, b) => a.at - b.at || (a.nonce < b.nonce ? -1 : 1));
  }

  add(room, body, answered) {
    const last = this.list().at(-1)?.at ?? 0; // clocks may go back
    this.#keep({ nonce: newNonce(), room, body, answered, at: Math.max(Date.now(), last + 1) });
  }

  /** Sends a message again, as the user asked for. */
  retry(entry) {
    this.#keep({ ...entry, fault: undefined, confirmedAt: Date.now() });
  }

  discard({ room, nonce }) {
    store(this.#key(room, nonce), null);
    this.#onChange();
  }

  /** The stream has brought a message: it was sent. */
  settle(room, nonce) {
    if (getStored(this.#key(room, nonce))) this.discard({ room, nonce });
  }

  /** Whether a message will be sent without asking. */
  sends = (entry) => !this.isSignedOut && !entry.fault && !isOld(entry);

  /** The messages of all rooms that will be sent without asking. */
  waiting() {
    return this.list().filter(this.sends);
  }

  /** Takes a new state of the connection. */
  enter(state) {
    if (state === "signed-out") this.isSignedOut = true;
    if (state === "live") {
      this.isSignedOut = false;
      this.hurry();
    }
    this.#onChange();
  }

  /** The server can be reached again. */
  hurry() {
    if (!getStored(this.#pauseKey)?.isAsked) store(this.#pauseKey, null);
    this.#attempts = 0;
    this.#send();
  }

  #key = (room, nonce) => `${this.#prefix}${room}/${nonce}`;

  #keep(entry) {
    store(this.#key(entry.room, entry.nonce), entry);
    this.#onChange();
    this.#send();
  }

  #send() {
    if (this.#isSending || !this.waiting().length) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    alone(`backscroll/${this.#prefix}`, () => this.#sendAll()).catch(() => (this.#isSending = false));
  }

  async #sendAll() {
    for (;;) {
      const [next] = this.waiting();
      const pause = (getStored(this.#pauseKey)?.until ?? 0) - Date.now();
      if (!next || (pause > 0 && pause <= ASKED_MAX)) {
        this.#isSending = false;
        if (next) this.#timer = setTimeout(() => this.#send(), Math.min(pause, RETRY_MAX) + 10);
        this.#onChange();
        return;
      }
      await this.#post(next);
    }
  }

  async #post(entry) {
    const { room, nonce, body, answered } = entry;
    const response = await request(`/api/v1/rooms/${room}/messages?include=html`, {
      ...json("POST", { body, nonce, reply_to: answered?.id }),
      keepalive: body.length < KEEPALIVE_MAX,
    });
    const message = response?.ok && (await response.json().catch(() => null));
    if (message?.id) {
      this.#attempts = 0;
      this.#onSent(message);
      this.settle(room, nonce);
    } else if (isRefusal(response)) {
      if (response.status === 401) return void (this.isSignedOut = true);
      const fault = (await (await loadModule("explain"))?.explain(response)) ?? t("refused", { status: response.status });
      const isTaken = response.status === 409;
      if (!getStored(this.#key(room, nonce))) return; // discarded meanwhile
      if (isTaken) store(this.#key(room, nonce), null);
      this.#keep({ ...entry, fault, nonce: isTaken ? newNonce() : nonce });
    } else {
      this.#pause(response);
    }
  }

  #pause(response) {
    const asked = Math.min(ASKED_MAX, Number(response?.headers.get("retry-after")) * 1000);
    const ceiling = Math.min(RETRY_MAX, RETRY_MIN * 2 ** ++this.#attempts);
    const wait = asked || RETRY_MIN + Math.random() * (ceiling - RETRY_MIN);
    store(this.#pauseKey, { until: Date.now() + wait, isAsked: asked > 0 });
  }
}

/** Whether it was written so long ago that the user is asked before it is sent. */
const isOld = (entry) => ageOf(entry) > DAY;

/** Whether sending takes so long that the message can be discarded. The clock may have been set back since it was written. */
export function isLate(entry) {
  const attempt = `${entry.nonce} ${entry.confirmedAt}`;
  if (!seenAt.has(attempt)) seenAt.set(attempt, performance.now());
  return Math.max(ageOf(entry), performance.now() - seenAt.get(attempt)) > LATE;
}

const seenAt = new Map(); // when this page first saw a message, by `performance.now()`
const ageOf = ({ at, confirmedAt }) => Date.now() - (confirmedAt ?? at);

/** Refused by our own server, and for good: what a proxy says, or a server in trouble, is no answer. */
function isRefusal(response) {
  return isProblem(response) && response.status < 500 && ![408, 425, 429].includes(response.status);
}
