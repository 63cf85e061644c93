// Follows all events that the reader may see. All tabs of a browser share one connection, since a browser opens at most
// six to a server over HTTP/1.1. The tab that holds a Web Lock, the leader, listens and passes what it hears to the
// others, the followers, over a BroadcastChannel. Each tab has its own cursor: it takes only the event that comes next
// after it, and asks the leader for what is missing. A leader that does not answer is replaced.

import { moment, since } from "./clock.js";
import { Connection, DOUBT, FINAL, lostAt, parse } from "./connection.js";
import { isSignedOut } from "./http.js";
import { Recent } from "./recent_events.js";

const LOOK_EVERY = 5000; // ms between looks at whether something is due
const PATIENCE = 5000; // ms within which the leader answers; otherwise it is frozen, and another tab takes over
const HIDDEN_MAX = 300_000; // ms after which a hidden tab that shares nothing closes its connection
const SIGNALS = ["typing", "presence", "bye", "hello"]; // do not move the cursor
const NOTES = ["ping", "caught-up"]; // move the cursor, but are no part of the history

/**
 * Follows the events of all rooms after `cursor`.
 *
 * @param {number} cursor
 * @param {object} options
 * @param {string} options.log names the log that the cursor belongs to
 * @param {string} options.handle the reader; empty without an account
 * @param {(type: string, data: object, id: number) => void} options.onEvent a `hello` with the outcome `gap` or `reset`
 *   means that everything shown has to be fetched again
 * @param {(name: string, detail: { lostFor: number, cursor: number }) => void} options.onState called when the state
 *   changes: connecting, catching-up, live, reconnecting, offline, signed-out, gone. `lostFor`: ms for which nothing came;
 *   `cursor`: the last event that this page knows
 */
export function follow(cursor, options) {
  const stream = new Stream(cursor, options);
  stream.start();
  const wake = (event) => stream.wake(event);
  for (const type of ["online", "offline"]) addEventListener(type, () => stream.networkChanged());
  for (const type of ["online", "focus"]) addEventListener(type, wake);
  for (const type of ["visibilitychange", "resume"]) document.addEventListener(type, wake);
  addEventListener("pageshow", (event) => event.persisted && wake(event));
  addEventListener("pagehide", () => stream.stop());
}

class Stream {
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
  #heardAt = moment();
  #hiddenAt = null;
  #askedAt = null; // when the leader was asked; null: no answer is due
  #timer = null; // null while this tab does not follow
  #channel = null;
  #campaign = null; // ends this tab's wait for the lock, or its leadership
  #connection = null; // of the leader
  #recent = null; // events for followers, kept by the leader

  constructor(cursor, { log, handle, onEvent, onState }) {
    this.#cursor = cursor;
    this.#log = log;
    this.#handle = handle;
    this.#onEvent = onEvent;
    this.#onState = onState;
    this.#name = `backscroll ${log} ${handle}`;
    this.#address = `/api/v1/events?include=html&limit_replay=500&as=${encodeURIComponent(handle)}&after=`;
  }

  start() {
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
    if (!this.#isShared) return this.#listen();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#compete();
    this.#ask();
  }

  stop() {
    clearInterval(this.#timer);
    this.#campaign?.();
    this.#connection?.close();
    this.#channel?.close();
    this.#timer = this.#campaign = this.#connection = this.#channel = this.#askedAt = null;
  }

  /** The page became visible, or the network came back. */
  wake({ type }) {
    this.#hiddenAt = document.hidden ? (this.#hiddenAt ?? moment()) : null;
    if (FINAL.includes(this.#state) || (document.hidden && type !== "online")) return;
    if (!this.#timer) this.start();
    else if (this.#connection) this.#connection.hurry(type === "online");
    else if (this.#state !== "live" || this.#isSilent) this.#ask(true);
  }

  networkChanged() {
    if (["reconnecting", "offline"].includes(this.#state)) this.#enter("reconnecting");
  }

  get #isSilent() {
    return since(this.#heardAt) > DOUBT;
  }

  #look() {
    if (!this.#isShared && this.#hiddenAt !== null && since(this.#hiddenAt) > HIDDEN_MAX) this.stop();
    else if (this.#connection) this.#connection.tick();
    else if (this.#isSilent || (this.#state !== "live" && !document.hidden)) this.#ask();
  }

  // Every tab

  #take({ type, text, id, after }) {
    const data = parse(text);
    if (!SIGNALS.includes(type)) {
      if (after > this.#cursor) return this.#ask();
      if (id <= this.#cursor && !NOTES.includes(type)) return;
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
    if (FINAL.includes(shown)) this.stop();
    this.#onState(shown, { lostFor: Math.min(lostFor, performance.now()), cursor: this.#cursor });
  }

  // The leader

  #listen() {
    this.#recent = new Recent(this.#cursor);
    this.#connection = new Connection(this.#address, this.#cursor, this.#state && lostAt(this.#heardAt), {
      event: (event) => this.#pass(event),
      state: (name, lostFor) => this.#passState(name, lostFor),
      isSignedOut: () => this.#handle && isSignedOut(),
    });
  }

  #pass(event) {
    this.#heardAt = moment();
    this.#channel?.postMessage({ events: [event] });
    if (event.type === "hello" && isBreak(parse(event.text))) this.#recent = new Recent(event.id);
    else if (![...SIGNALS, ...NOTES].includes(event.type)) this.#recent.add(event);
    this.#take(event);
  }

  #passState(name, lostFor) {
    this.#channel?.postMessage({ state: name, lostFor });
    this.#enter(name, lostFor);
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
    this.#heardAt = moment();
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
    setTimeout(() => this.#replaceSilentLeader(), PATIENCE + Math.random() * PATIENCE);
  }

  #replaceSilentLeader() {
    const isSilent = this.#askedAt !== null && performance.now() - this.#askedAt >= PATIENCE;
    if (isSilent && this.#timer) this.#compete({ steal: true });
  }

  /** Waits for the lock, or steals it, and listens until another tab steals it. */
  async #compete(options) {
    this.#campaign?.();
    const waiting = new AbortController();
    let end = () => waiting.abort();
    const mine = () => end();
    this.#campaign = mine;
    const lead = () => {
      if (this.#campaign !== mine) return;
      this.#askedAt = null;
      this.#listen();
      return new Promise((resolve) => (end = resolve));
    };
    const lock = navigator.locks.request(this.#name, options ?? { signal: waiting.signal }, lead);
    await lock.catch(() => {}); // stolen, or no longer waited for
    if (this.#campaign !== mine) return;
    this.#connection?.close();
    this.#connection = null;
    this.#compete();
  }
}

/** Whether the stream goes on somewhere else than where it was left. */
const isBreak = (hello) => hello?.outcome === "gap" || hello?.outcome === "reset";
