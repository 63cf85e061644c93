// Follows everything that the reader may see. All tabs of a browser share one connection, since a browser has no more
// than six to a server over HTTP/1.1: who holds the lock listens and tells the others on a channel. Nobody trusts:
// each tab has its own cursor, takes what comes next after it and nothing else, and asks where something is missing.

import { Connection, DOUBT, lostAt, parse } from "./connection.js";
import { isSignedOut } from "./page.js";
import { Recent } from "./recent.js";

const LOOK = 5000; // ms between looks at whether something is due
const PATIENCE = 5000; // ms within which who listens answers; else it is frozen, and another takes over
const HIDDEN_MAX = 300_000; // ms after which a hidden tab that shares nothing gives its connection up
const SIGNALS = ["typing", "presence", "bye", "hello"]; // that do not move the cursor
const NOTES = ["ping", "caught-up"]; // that do, but are not part of history

/**
 * Calls `onEvent(type, data, id)` for each event of all rooms after `cursor`, and `onState(name, {lostFor, cursor})`
 * when the connection enters another state: connecting, catching-up, live, reconnecting, offline, signed-out. `lostFor`:
 * ms for which nothing had come; `cursor`: where this page stands. A `hello` with the outcome `gap` or `reset` means
 * that what is shown has to be fetched anew. `log` names the log, `handle` the reader, where they have a name.
 */
export function follow(cursor, { log, handle, onEvent, onState }) {
  const name = `backscroll ${log} ${handle}`;
  const address = `/api/v1/events?include=html&limit_replay=500&as=${encodeURIComponent(handle)}&after=`;
  const isShared = Boolean(navigator.locks && window.BroadcastChannel);
  const me = Math.random();
  let state = null;
  let heardAt = Date.now();
  let hiddenAt = null;
  let askedAt = null;
  let timer = null; // while this tab follows
  let channel = null;
  let campaign = null; // to be the one that listens
  let connection = null; // of the one that listens
  let recent = null;

  // What every tab does with what it hears

  function take({ type, text, id, after }) {
    const data = parse(text);
    if (!SIGNALS.includes(type)) {
      if (after > cursor) return ask();
      if (id <= cursor && !NOTES.includes(type)) return;
      cursor = Math.max(cursor, id);
    }
    if (!data) return;
    if (type === "hello") greet(data);
    onEvent(type, data, id);
  }

  function greet(hello) {
    if (hello.log !== log) hello.outcome = "reset";
    log = hello.log;
    if (isBreak(hello)) cursor = hello.head;
    else if (hello.from > cursor) ask();
  }

  function enter(next, lostFor = 0) {
    const shown = next === "reconnecting" && !navigator.onLine ? "offline" : next;
    if (shown === state) return;
    state = shown;
    if (state === "signed-out") stop();
    onState(state, { lostFor: Math.min(lostFor, performance.now()), cursor });
  }

  // The one that listens

  function listen() {
    recent = new Recent(cursor);
    const on = { event: pass, state: passState, isSignedOut: () => handle && isSignedOut() };
    connection = new Connection(address, cursor, state && lostAt(heardAt), on);
  }

  function pass(event) {
    heardAt = Date.now();
    channel?.postMessage({ events: [event] });
    if (event.type === "hello" && isBreak(parse(event.text))) recent = new Recent(event.id);
    else if (![...SIGNALS, ...NOTES].includes(event.type)) recent.add(event);
    take(event);
  }

  function passState(next, lostFor) {
    channel?.postMessage({ state: next, lostFor });
    enter(next, lostFor);
  }

  function answer({ at, from, isUrgent }) {
    if (isUrgent) connection.hurry();
    else connection.tick();
    channel.postMessage({ to: from, events: recent.after(at), head: connection.cursor, state: connection.state });
  }

  // The others

  function hear({ data: said }) {
    if (said.from) return void (connection && answer(said));
    if (connection || (said.to && said.to !== me)) return;
    heardAt = Date.now();
    askedAt = null;
    if (said.to) catchUp(said);
    else said.events?.forEach(take);
    if (said.state) enter(said.state, said.lostFor);
  }

  function catchUp({ events, head }) {
    if (!events) onEvent("hello", { outcome: "gap" }, head);
    events?.forEach((event) => take({ ...event, after: 0 }));
    cursor = Math.max(cursor, head);
  }

  function ask(isUrgent = false) {
    if (connection || askedAt !== null) return;
    askedAt = Date.now();
    channel.postMessage({ from: me, at: cursor, isUrgent });
    setTimeout(doubt, PATIENCE + Math.random() * PATIENCE);
  }

  function doubt() {
    if (askedAt !== null && Date.now() - askedAt >= PATIENCE && timer) compete({ steal: true });
  }

  /** Waits for the lock, or takes it, and listens until somebody takes it away. */
  async function compete(options) {
    campaign?.();
    const waiting = new AbortController();
    let end = () => waiting.abort();
    const mine = () => end();
    campaign = mine;
    const lead = () => {
      if (campaign !== mine) return;
      askedAt = null;
      listen();
      return new Promise((resolve) => (end = resolve));
    };
    const lock = navigator.locks.request(name, options ?? { signal: waiting.signal }, lead);
    await lock.catch(() => {}); // stolen, or given up
    if (campaign !== mine) return;
    connection?.close();
    connection = null;
    compete();
  }

  // Coming and going

  function start() {
    timer ??= setInterval(look, LOOK);
    if (!isShared) return listen();
    channel = new BroadcastChannel(name);
    channel.onmessage = hear;
    compete();
    ask();
  }

  function stop() {
    clearInterval(timer);
    campaign?.();
    connection?.close();
    channel?.close();
    timer = campaign = connection = channel = askedAt = null;
  }

  function look() {
    if (!isShared && hiddenAt && Date.now() - hiddenAt > HIDDEN_MAX) stop();
    else if (connection) connection.tick();
    else if (Date.now() - heardAt > DOUBT || (state !== "live" && !document.hidden)) ask();
  }

  function wake({ type }) {
    hiddenAt = document.hidden ? (hiddenAt ?? Date.now()) : null;
    if (state === "signed-out" || (hiddenAt && type !== "online")) return;
    if (!timer) start();
    else if (connection) connection.hurry(type === "online");
    else if (state !== "live" || Date.now() - heardAt > DOUBT) ask(true);
  }

  start();
  for (const type of ["online", "offline"]) addEventListener(type, () => /^(reco|off)/.test(state) && enter("reconnecting"));
  for (const type of ["online", "focus"]) addEventListener(type, wake);
  for (const type of ["visibilitychange", "resume"]) document.addEventListener(type, wake);
  addEventListener("pageshow", (event) => event.persisted && wake(event));
  addEventListener("pagehide", stop);
}

/** Whether the stream goes on somewhere else than where it was left. */
const isBreak = (hello) => hello?.outcome === "gap" || hello?.outcome === "reset";
