// Changes the page in batches of events, so that typing is never blocked, however many come.

const FRAME = 16; // ms
const PAUSE_FACTOR = 4; // each pause is this many times as long as the batch before it took
const BATCH_MAX = 20; // events: a replay must not block the page

export class EventBatcher {
  #events = [];
  #pause = FRAME; // ms
  #timer = null;
  #onBatch;

  /** @param {(events: object[]) => void} onBatch called with events in the order in which they were added */
  constructor(onBatch) {
    this.#onBatch = onBatch;
  }

  /** @param {object} event */
  add(event) {
    this.#events.push(event);
    this.flushSoon();
  }

  /** Makes the next batch soon, also if it is empty. */
  flushSoon() {
    this.#timer ??= setTimeout(() => this.#flush(), this.#pause);
  }

  /** Drops the events that wait. */
  clear() {
    this.#events = [];
  }

  #flush() {
    const startedAt = performance.now();
    try {
      this.#onBatch(this.#events.splice(0, BATCH_MAX));
    } finally {
      this.#pause = Math.max(FRAME, PAUSE_FACTOR * (performance.now() - startedAt));
      this.#timer = null;
      if (this.#events.length > 0) this.flushSoon();
    }
  }
}
