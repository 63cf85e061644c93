// Batches events of the stream before the page is changed, so that typing is never blocked, however many come.

const FRAME = 16; // ms
const SHARE = 4; // times as long as the last change took is the next one waited for
const BATCH = 20; // events at once: a replay must not hold the page up

/** `onEvents(events)` is called with the events of a batch, in the order in which they came. */
export function openFeed(onEvents) {
  const gathered = [];
  let pause = FRAME;
  let timer = null;

  function flush() {
    const startedAt = performance.now();
    try {
      onEvents(gathered.splice(0, BATCH));
    } finally {
      pause = Math.max(FRAME, SHARE * (performance.now() - startedAt));
      timer = gathered.length > 0 ? setTimeout(flush, pause) : null;
    }
  }

  return {
    take(event) {
      if (event) gathered.push(event);
      timer ??= setTimeout(flush, pause);
    },
    forget: () => void gathered.splice(0),
  };
}
