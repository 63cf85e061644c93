// Follows all events that the reader may see. All tabs of a browser share one connection, since a browser opens at most
// six to a server over HTTP/1.1. The tab that holds a Web Lock, the leader, listens and passes what it hears to the
// others, the followers, over a BroadcastChannel. Each tab has its own cursor: it takes only the event that comes next
// after it, and asks the leader for what is missing. A leader that does not answer is replaced.

import { serverName } from "./base_path.js";
import { isSignedOut } from "./http.js";
import { Stopwatch } from "./stopwatch.js";
import { DOUBTFUL_SILENCE, FINAL, StreamConnection, parse, sinceLoss } from "./stream_connection.js";

/** @typedef {import("./stream_connection.js").StreamEvent} StreamEvent */

const LOOK_EVERY = 5000; // ms between checks whether something is due
const ANSWER_WITHIN = 5000; // ms; a leader that takes longer is frozen, and another tab takes over
const HIDDEN_MAX = 300_000; // ms after which a hidden tab that shares nothing closes its connection
const SIGNALS = ["typing", "presence", "me", "read", "bye", "hello"]; // do not move the cursor
const MARKERS = ["ping", "caught-up"]; // move the cursor, but are no part of the history
const RECENT_MAX = 1000; // events that the leader keeps for followers
const RECENT_SIZE_MAX = 1_000_000; // UTF-16 units of all of them

/**
 * @typedef {object} StreamOptions
 * @property {string} log names the log that the cursor belongs to
 * @property {string} handle the reader; empty without an account
 * @property {(type: string, data: object, id: number) => void} onEvent a `hello` with the outcome `gap` or `reset` means
 *   that everything shown has to be fetched again
 * @property {(state: string, detail: { lostFor: number, cursor: number }) => void} onState called when the state changes:
 *   those of `ConnectionState`, and `offline`. `lostFor`: ms for which no event came; `cursor`: the last event that this
 *   page knows
 */

export class SharedStream {
  #cursor;
  #log;
  #handle;
  #onEvent;
  #onState;
  #name; // of the lock and of the channel
  #address;
  #isShared = Boolean(navigator.locks && window.BroadcastChannel);
  #id = Math.random(); // of this tab
  #state = null;
  #sinceHeard = new Stopwatch();
  #sinceHidden = null;
  #askedAt = null; // when the leader was asked; null: no answer is due
  #timer = null; // null while this tab does not follow
  #channel = null;
  #endCampaign = null; // ends this tab's wait for the lock, or its leadership
  #connection = null; // of the leader
  #recent = null; // of the leader

  /**
   * @param {number} cursor id of the last event that is known
   * @param {StreamOptions} options
   */
  constructor(cursor, { log, handle, onEvent, onState }) {
    this.#cursor = cursor;
    this.#log = log;
    this.#handle = handle;
    this.#onEvent = onEvent;
    this.#onState = onState;
    this.#name = `${serverName} ${log} ${handle}`;
    this.#address = `api/v1/events?include=html&limit_replay=500&as=${encodeURIComponent(handle)}&after=`;
  }

  /** Follows the events of all rooms after the cursor. */
  follow() {
    this.#start();
    const wake = (event) => this.#wake(event);
    for (const type of ["online", "offline"]) addEventListener(type, () => this.#networkChanged());
    for (const type of ["online", "focus"]) addEventListener(type, wake);
    for (const type of ["visibilitychange", "resume"]) document.addEventListener(type, wake);
    addEventListener("pageshow", (event) => event.persisted && wake(event));
    addEventListener("pagehide", () => this.#stop());
  }

  /** Tries again without waiting further, if the connection is lost: the server can be reached again. */
  hurry() {
    if (!this.#timer || this.#state === "live") return;
    if (this.#connection) this.#connection.hurry();
    else this.#ask(true);
  }

  #start() {
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
    if (!this.#isShared) return this.#listen();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#compete();
    this.#ask();
  }

  #stop() {
    clearInterval(this.#timer);
    this.#endCampaign?.();
    this.#connection?.close();
    this.#channel?.close();
    this.#timer = this.#endCampaign = this.#connection = this.#channel = this.#askedAt = null;
  }

  /** The page became visible, or the network came back. */
  #wake({ type }) {
    this.#sinceHidden = document.hidden ? (this.#sinceHidden ?? new Stopwatch()) : null;
    if (FINAL.includes(this.#state) || (document.hidden && type !== "online")) return;
    if (!this.#timer) this.#start();
    else if (this.#connection) this.#connection.hurry(type === "online");
    else if (this.#state !== "live" || this.#isSilent) this.#ask(true);
  }

  #networkChanged() {
    if (["reconnecting", "offline"].includes(this.#state)) this.#enter("reconnecting");
  }

  get #isSilent() {
    return this.#sinceHeard.elapsed > DOUBTFUL_SILENCE;
  }

  #look() {
    if (!this.#isShared && this.#sinceHidden?.elapsed > HIDDEN_MAX) this.#stop();
    else if (this.#connection) this.#connection.tick();
    else if (this.#isSilent || (this.#state !== "live" && !document.hidden)) this.#ask();
  }

  // Every tab

  /** @param {StreamEvent} event */
  #take({ type, text, id, after }) {
    const data = parse(text);
    if (!SIGNALS.includes(type)) {
      if (after > this.#cursor) return this.#ask();
      if (id <= this.#cursor && !MARKERS.includes(type)) return;
      this.#cursor = Math.max(this.#cursor, id);
    }
    if (!data) return;
    if (type === "hello") this.#greet(data);
    this.#onEvent(type, data, id);
  }

  #greet(hello) {
    if (hello.log !== this.#log) hello.outcome = "reset";
    this.#log = hello.log;
    if (isBreak(hello)) this.#cursor = hello.head;
    else if (hello.from > this.#cursor) this.#ask();
  }

  #enter(next, lostFor = 0) {
    const shown = next === "reconnecting" && !navigator.onLine ? "offline" : next;
    if (shown === this.#state) return;
    this.#state = shown;
    if (FINAL.includes(shown)) this.#stop();
    this.#onState(shown, { lostFor: Math.min(lostFor, performance.now()), cursor: this.#cursor });
  }

  // The leader

  #listen() {
    this.#recent = new RecentEvents(this.#cursor);
    this.#connection = new StreamConnection(this.#address, this.#cursor, this.#state && sinceLoss(this.#sinceHeard), {
      onEvent: (event) => this.#pass(event),
      onState: (state, lostFor) => this.#passState(state, lostFor),
      isSignedOut: async () => Boolean(this.#handle) && isSignedOut(),
    });
  }

  #pass(event) {
    this.#sinceHeard = new Stopwatch();
    this.#channel?.postMessage({ events: [event] });
    if (event.type === "hello" && isBreak(parse(event.text))) this.#recent = new RecentEvents(event.id);
    else if (![...SIGNALS, ...MARKERS].includes(event.type)) this.#recent.add(event);
    this.#take(event);
  }

  #passState(state, lostFor) {
    this.#channel?.postMessage({ state, lostFor });
    this.#enter(state, lostFor);
  }

  #answer({ at, from, isUrgent }) {
    if (isUrgent) this.#connection.hurry();
    else this.#connection.tick();
    const { cursor, state } = this.#connection;
    this.#channel.postMessage({ to: from, events: this.#recent.after(at), head: cursor, state });
  }

  // The followers

  #hear(said) {
    if (said.from) return void (this.#connection && this.#answer(said));
    if (this.#connection || (said.to && said.to !== this.#id)) return;
    this.#sinceHeard = new Stopwatch();
    this.#askedAt = null;
    if (said.to) this.#catchUp(said);
    else said.events?.forEach((event) => this.#take(event));
    if (said.state) this.#enter(said.state, said.lostFor);
  }

  #catchUp({ events, head }) {
    if (!events) this.#onEvent("hello", { outcome: "gap" }, head);
    events?.forEach((event) => this.#take({ ...event, after: 0 }));
    this.#cursor = Math.max(this.#cursor, head);
  }

  #ask(isUrgent = false) {
    if (this.#connection || this.#askedAt !== null) return;
    this.#askedAt = performance.now();
    this.#channel.postMessage({ from: this.#id, at: this.#cursor, isUrgent });
    setTimeout(() => this.#replaceSilentLeader(), ANSWER_WITHIN * (1 + Math.random()));
  }

  #replaceSilentLeader() {
    const isSilent = this.#askedAt !== null && performance.now() - this.#askedAt >= ANSWER_WITHIN;
    if (isSilent && this.#timer) this.#compete({ steal: true });
  }

  /** Waits for the lock, or steals it, and listens until another tab steals it. */
  async #compete(options) {
    this.#endCampaign?.();
    const waiting = new AbortController();
    let end = () => waiting.abort();
    const mine = () => end();
    this.#endCampaign = mine;
    const lead = () => {
      if (this.#endCampaign !== mine) return;
      this.#askedAt = null;
      this.#listen();
      return new Promise((resolve) => (end = () => resolve()));
    };
    const lock = navigator.locks.request(this.#name, options ?? { signal: waiting.signal }, lead);
    await lock.catch(() => {}); // stolen, or no longer waited for
    if (this.#endCampaign !== mine) return;
    this.#connection?.close();
    this.#connection = null;
    this.#compete();
  }
}

/** The latest events that the leader has received, for followers that missed some. */
class RecentEvents {
  #events = [];
  #size = 0;
  #from;

  /** Events up to `from` are unknown. */
  constructor(from) {
    this.#from = from;
  }

  add(event) {
    this.#events.push(event);
    this.#size += event.text.length;
    while (this.#events.length > RECENT_MAX || this.#size > RECENT_SIZE_MAX) {
      const { id, text } = this.#events.shift();
      this.#from = id;
      this.#size -= text.length;
    }
  }

  /** Returns the events after an id; null if some of them are no longer here. */
  after(id) {
    return id < this.#from ? null : this.#events.filter((event) => event.id > id);
  }
}

/** Whether the stream goes on somewhere else than where it was left. */
const isBreak = (hello) => hello?.outcome === "gap" || hello?.outcome === "reset";
