// One stream from the server, kept up whatever the network does.
//
// EventSource gives up for good on any status but 200, on a wrong type and, in Firefox, on DNS failures; it never
// notices a connection that is dead without an end, and its own retries know no back-off. So every loss ends it here,
// and a new one begins at the cursor. https://html.spec.whatwg.org/multipage/server-sent-events.html

const TYPES = [
  "message", "message-edited", "message-deleted", "reaction", "room", "room-deleted", "member",
  "hello", "caught-up", "ping", "bye", "typing", "presence",
];
const SILENCE = 60_000; // ms without any event, four pings: the connection is dead
export const DOUBT = 20_000; // ms without any event after which somebody who looks does not wait for the watchdog
const PATIENCE = 5000; // ms in which a try may succeed before somebody who looks has another one made
const RETRY_MIN = 500; // ms
const RETRY_FIRST = 4000; // ms at most before the first retry; each failure doubles it
const RETRY_MAX = 30_000; // ms
const OVERLOADED = 20_000; // ms at least before a server that has too much to do is asked again
const HEALTHY = 30_000; // ms of life after which the next failure starts from the shortest wait

/** When something was lost that was last heard of at `heardAt`: it may have been lost long before it was missed. */
export const lostAt = (heardAt) => (Date.now() - heardAt > DOUBT ? heardAt : Date.now());

/** States: connecting → catching-up → live, reconnecting after each loss, signed-out for good. */
export class Connection {
  #address;
  #on;
  #source = null;
  #timer;
  #heardAt = Date.now();
  #triedAt = 0;
  #openedAt = Infinity;
  #retryAt = Infinity;
  #notBefore = 0; // as the server asked for
  #lostAt;
  #attempts = 0;

  /**
   * `onEvent({type, text, id, after})` is called for each event, `after` being where the cursor was before it, and
   * `onState(name, lostFor)`; `lostFor`: ms for which nothing came. `isSignedOut()` is asked when the server refuses.
   */
  constructor(address, cursor, lostAt, on) {
    this.#address = address;
    this.#lostAt = lostAt;
    this.#on = on;
    this.cursor = cursor;
    this.#enter("connecting");
    this.#open();
  }

  /** Looks whether something is due. Called now and then, since a hidden page's own timers are late. */
  tick() {
    const now = Date.now();
    if (now >= this.#retryAt) this.#open();
    else if (now - Math.max(this.#heardAt, this.#triedAt) >= SILENCE) this.#renew();
  }

  /** Somebody looks, or there is another network: what is in doubt is tried at once. */
  hurry(isOtherNetwork) {
    if (this.state === "signed-out" || Date.now() < this.#notBefore) return;
    const isUnderWay = this.#source && !isOtherNetwork;
    const [since, patience] = this.#isOpen ? [this.#heardAt, DOUBT] : [this.#triedAt, isUnderWay ? PATIENCE : RETRY_MIN];
    const wait = since + patience - Date.now();
    if (wait <= 0) this.#renew();
    else if (this.#retryAt < Infinity) {
      clearTimeout(this.#timer);
      this.#retryIn(wait); // it failed a moment ago: the back-off is not waited out
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.#retryAt = Infinity;
    this.#source?.close();
    this.#source = null;
  }

  get #isOpen() {
    return this.state === "live" || this.state === "catching-up";
  }

  #enter(name) {
    if (name === this.state) return;
    this.state = name;
    this.#on.state(name, this.#lostAt === null ? 0 : Date.now() - this.#lostAt);
    if (name === "live") this.#lostAt = null;
  }

  #renew() {
    this.#lose();
    this.#open();
  }

  #open() {
    this.close();
    this.#triedAt = Date.now();
    const source = new EventSource(this.#address + this.cursor);
    source.onerror = () => this.#fail(source.readyState === EventSource.CLOSED);
    for (const type of TYPES) source.addEventListener(type, (event) => this.#receive(event));
    this.#source = source;
  }

  #lose() {
    this.close();
    if (Date.now() - this.#openedAt > HEALTHY) this.#attempts = 0;
    this.#openedAt = Infinity;
    this.#lostAt ??= lostAt(this.#heardAt);
    this.#enter("reconnecting");
  }

  async #fail(isRefused) {
    this.#lose();
    const most = Math.min(RETRY_MAX, RETRY_FIRST * 2 ** this.#attempts++);
    this.#retryIn(Math.max(RETRY_MIN, Math.random() * most));
    if (isRefused && (await this.#on.isSignedOut())) this.#end();
  }

  #retryIn(wait) {
    this.#retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.tick(), wait + 1);
  }

  #end() {
    this.close();
    this.#heardAt = Infinity;
    this.#enter("signed-out");
  }

  #receive(event) {
    if (event.target !== this.#source) return;
    const { type, data: text } = event;
    const after = this.cursor;
    this.#heardAt = Date.now();
    if (event.lastEventId) this.cursor = Number(event.lastEventId);
    if (type === "hello") this.#greet(text);
    this.#on.event({ type, text, id: this.cursor, after });
    if (type === "caught-up") this.#enter("live");
    if (type === "bye") this.#leave(text);
  }

  #greet(text) {
    this.#openedAt = Date.now();
    this.#enter(parse(text)?.outcome === "replay" ? "catching-up" : "live");
  }

  #leave(text) {
    const reason = parse(text)?.reason;
    if (reason === "signed-out") return this.#end();
    this.#lose();
    const isOverloaded = reason === "overload";
    this.#retryIn(isOverloaded ? OVERLOADED * (1 + Math.random()) : RETRY_MIN + Math.random() * RETRY_FIRST);
    if (isOverloaded) this.#notBefore = this.#retryAt;
  }
}

/** An object, or nothing: what is no JSON object is no event of ours. */
export function parse(text) {
  try {
    const data = JSON.parse(text);
    return typeof data === "object" ? data : null;
  } catch {
    return null;
  }
}
