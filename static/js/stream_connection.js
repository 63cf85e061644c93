// One event stream from the server, which is opened again after every loss.
//
// `EventSource` alone is not enough: it gives up for good on any status but 200, on a wrong content type and, in
// Firefox, on DNS failures; it never notices a connection that is dead without an end; and its own retries have no
// back-off. So each loss closes the `EventSource`, and a new one is opened at the cursor.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
//
// Waits are measured by `performance.now()`: the wall clock may be set back or forward at any time.

import { Stopwatch } from "./stopwatch.js";

const TYPES = [
  "message", "message-edited", "message-deleted", "reaction", "room", "room-deleted", "member", "user",
  "hello", "caught-up", "ping", "bye", "typing", "presence", "me", "read",
];
const HELLO_WITHIN = 10_000; // ms after which an attempt that brought no `hello` is given up
const IDLE_MAX = 6; // connections that browsers keep open to a server over HTTP/1.1
const PROBE_WITHIN = 2000; // ms
const SILENCE_MAX = 45_000; // ms without any event, i.e. three pings, after which the connection is dead
/** ms without any event after which a page that becomes visible reconnects at once instead of waiting for the watchdog. */
export const DOUBTFUL_SILENCE = 20_000;
const ATTEMPT_MIN = 5000; // ms that an attempt gets before `hurry` replaces it by another one
const RETRY_MIN = 500; // ms
const RETRY_FIRST_MAX = 4000; // ms before the first retry, at most; each failure doubles it
const RETRY_MAX = 30_000; // ms
const OVERLOAD_WAIT_MIN = 20_000; // ms before an overloaded server is asked again
const HEALTHY = 30_000; // ms of life after which the back-off starts from the beginning

/**
 * `connecting` → `catching-up` → `live`; `reconnecting` after each loss; `signed-out` and `gone` are final.
 * @typedef {"connecting" | "catching-up" | "live" | "reconnecting" | "signed-out" | "gone"} ConnectionState
 *
 * @typedef {object} StreamEvent
 * @property {string} type
 * @property {string} text the data of the event, as JSON
 * @property {number} id the cursor after the event
 * @property {number} after the cursor before the event
 *
 * @typedef {object} ConnectionCallbacks
 * @property {(event: StreamEvent) => void} onEvent
 * @property {(state: ConnectionState, lostFor: number) => void} onState `lostFor`: ms for which no event came
 * @property {() => Promise<boolean>} isSignedOut called when the server refuses the stream
 */

/** States in which the server has nothing more to say to this reader. Nothing is tried again. */
export const FINAL = ["signed-out", "gone"];

/**
 * Returns a stopwatch that runs since a loss. The connection may have been dead for long before that was noticed.
 *
 * @param {Stopwatch} sinceHeard runs since the last event
 */
export const sinceLoss = (sinceHeard) => (sinceHeard.elapsed > DOUBTFUL_SILENCE ? sinceHeard : new Stopwatch());

export class StreamConnection {
  #address;
  #callbacks;
  #source = null;
  #timer;
  #sinceHeard = new Stopwatch();
  #triedAt = 0;
  #openedAt = Infinity;
  #retryAt = Infinity;
  #notBefore = 0; // when an overloaded server may be asked again
  #sinceLoss; // null while nothing is lost
  #attempts = 0;

  /**
   * @param {string} address to which the cursor is appended
   * @param {number} cursor id of the last event that is known
   * @param {?Stopwatch} sinceLoss runs since no event came; null at the start of the page
   * @param {ConnectionCallbacks} callbacks
   */
  constructor(address, cursor, sinceLoss, callbacks) {
    this.#address = address;
    this.#sinceLoss = sinceLoss;
    this.#callbacks = callbacks;
    /** Id of the last event. */
    this.cursor = cursor;
    /** @type {ConnectionState} */
    this.state = undefined;
    this.#enter("connecting");
    this.#open();
  }

  /** Does what is due. Called now and then, since browsers delay the timers of hidden pages. */
  tick() {
    const now = performance.now();
    if (FINAL.includes(this.state)) return;
    if (now >= this.#retryAt) this.#open();
    else if (this.#isOpen && this.#sinceHeard.elapsed >= SILENCE_MAX) this.#reopen();
    else if (this.#source && !this.#isOpen && now - this.#triedAt >= HELLO_WITHIN) this.#giveUp();
  }

  /**
   * Replaces a connection that may be dead, and shortens the back-off. Called when the page becomes visible or the network
   * changes.
   *
   * @param {boolean} [isOtherNetwork]
   */
  hurry(isOtherNetwork) {
    const now = performance.now();
    if (FINAL.includes(this.state) || now < this.#notBefore) return;
    const isTrying = this.#source && !isOtherNetwork;
    const patience = isTrying ? ATTEMPT_MIN : RETRY_MIN;
    const wait = this.#isOpen ? DOUBTFUL_SILENCE - this.#sinceHeard.elapsed : this.#triedAt + patience - now;
    if (wait <= 0) this.#reopen();
    else if (this.#retryAt < Infinity) this.#retryIn(wait);
  }

  close() {
    clearTimeout(this.#timer);
    this.#retryAt = Infinity;
    this.#source?.close();
    this.#source = null;
  }

  /** Whether a `hello` came. */
  get #isOpen() {
    return this.state === "live" || this.state === "catching-up";
  }

  #enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.#callbacks.onState(state, this.#sinceLoss?.elapsed ?? 0);
    if (state === "live") this.#sinceLoss = null;
  }

  #reopen() {
    this.#lose();
    this.#open();
  }

  #open() {
    this.close();
    this.#triedAt = performance.now();
    const source = new EventSource(this.#address + this.cursor);
    source.onerror = () => this.#fail(source.readyState === EventSource.CLOSED);
    for (const type of TYPES) source.addEventListener(type, (event) => this.#receive(event));
    this.#source = source;
    this.#tickIn(HELLO_WITHIN);
  }

  #lose() {
    this.close();
    if (performance.now() - this.#openedAt > HEALTHY) this.#attempts = 0;
    this.#openedAt = Infinity;
    this.#sinceLoss ??= sinceLoss(this.#sinceHeard);
    this.#enter("reconnecting");
  }

  #giveUp() {
    dropIdleConnections();
    this.#fail(false, PROBE_WITHIN + RETRY_MIN);
  }

  async #fail(isRefused, waitMin = RETRY_MIN) {
    this.#lose();
    const waitMax = Math.min(RETRY_MAX, RETRY_FIRST_MAX * 2 ** this.#attempts++);
    this.#retryIn(Math.max(waitMin, Math.random() * waitMax));
    if (isRefused && (await this.#callbacks.isSignedOut())) this.#end("signed-out");
  }

  #retryIn(wait) {
    this.#retryAt = performance.now() + wait;
    this.#tickIn(wait);
  }

  #tickIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.tick(), wait + 1);
  }

  #end(state) {
    this.close();
    this.#enter(state);
  }

  #receive(event) {
    if (event.target !== this.#source) return;
    const { type, data: text } = event;
    const after = this.cursor;
    this.#sinceHeard = new Stopwatch();
    if (event.lastEventId) this.cursor = Number(event.lastEventId);
    if (type === "hello") this.#greet(text);
    this.#callbacks.onEvent({ type, text, id: this.cursor, after });
    if (type === "caught-up") this.#enter("live");
    if (type === "bye") this.#leave(text);
  }

  #greet(text) {
    this.#openedAt = performance.now();
    this.#enter(parse(text)?.outcome === "replay" ? "catching-up" : "live");
  }

  #leave(text) {
    const reason = parse(text)?.reason;
    if (FINAL.includes(reason)) return this.#end(reason);
    this.#lose();
    const isOverloaded = reason === "overload";
    this.#retryIn(isOverloaded ? OVERLOAD_WAIT_MIN * (1 + Math.random()) : RETRY_MIN + Math.random() * RETRY_FIRST_MAX);
    if (isOverloaded) this.#notBefore = this.#retryAt;
  }
}

/**
 * Makes the browser close idle connections that died together with the stream: it would use one of them for each attempt,
 * and each attempt would wait for its whole time. A request that is aborted closes the connection that it was given.
 */
function dropIdleConnections() {
  const probes = new AbortController();
  for (let n = 0; n < IDLE_MAX; n++) fetch("healthz", { cache: "no-store", signal: probes.signal }).catch(() => {});
  setTimeout(() => probes.abort(), PROBE_WITHIN);
}

/**
 * Returns the data of an event; null if it is no JSON object.
 *
 * @param {string} text
 */
export function parse(text) {
  try {
    const data = JSON.parse(text);
    return typeof data === "object" ? data : null;
  } catch {
    return null;
  }
}
