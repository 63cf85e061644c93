// Follows a room's events for as long as it is asked to, whatever the network does.
//
// EventSource gives up for good on any status but 200, on a wrong type and, in Firefox, on DNS failures; and it
// never notices a connection that is dead without an end. So it is watched and re-created here, each time with the
// cursor that this page has reached. https://html.spec.whatwg.org/multipage/server-sent-events.html

const TYPES = [
  "message", "message-edited", "message-deleted", "reaction", "room", "room-deleted", "member",
  "hello", "caught-up", "ping", "bye", "typing", "presence",
];
const SILENCE = 60_000; // ms without any event, four pings: the connection is dead
const DOUBT = 20_000; // ms without any event after which a page that wakes up does not wait for the watchdog
const RETRY_MIN = 500; // ms
const RETRY_MAX = 30_000; // ms
const HEALTHY = 30_000; // ms of life after which the next failure starts from the shortest wait

/**
 * Calls `onEvent(type, data, lostFor)` for each event and `onLoss()` / `onLive()` as the connection comes and goes;
 * `lostFor` is how long, in ms, nothing was heard before this connection. Returns a function that ends it.
 */
export function follow(room, cursor, { onEvent, onLoss, onLive }) {
  let source = null;
  let heardAt = Date.now();
  let liveSince = null;
  let lostSince = null;
  let lostFor = 0;
  let attempts = 0;
  let triedAt = 0;
  let timer = null;

  function connect() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(`/api/v1/rooms/${room}/events?after=${cursor}&include=html&limit_replay=500`);
    triedAt = Date.now();
    source.onerror = () => {
      lose();
      if (source.readyState === EventSource.CLOSED) retryLater();
    };
    for (const type of TYPES) source.addEventListener(type, receive);
  }

  function receive(event) {
    if (event.currentTarget !== source) return;
    const data = parse(event.data);
    if (event.lastEventId) cursor = event.lastEventId;
    if (event.type === "hello") {
      lostFor = lostSince ? Date.now() - lostSince : 0;
      lostSince = null;
      liveSince = Date.now();
      onLive();
    }
    heardAt = Date.now();
    if (data) onEvent(event.type, data, lostFor);
  }

  function lose() {
    if (liveSince && Date.now() - liveSince > HEALTHY) attempts = 0;
    liveSince = null;
    const isLongSilent = Date.now() - heardAt > DOUBT; // it was lost earlier than it was noticed
    lostSince ??= isLongSilent ? heardAt : Date.now();
    onLoss();
  }

  function retryLater() {
    const ceiling = Math.min(RETRY_MAX, 1000 * 2 ** attempts++);
    clearTimeout(timer);
    timer = setTimeout(connect, Math.max(RETRY_MIN, Math.random() * ceiling));
  }

  function watch() {
    if (Date.now() - Math.max(heardAt, triedAt) < SILENCE) return;
    lose();
    connect();
  }

  function wake(event) {
    if (document.hidden || event.persisted === false) return; // a page's first showing wakes nothing
    const isOpen = source.readyState === EventSource.OPEN;
    if (isOpen && Date.now() - heardAt < DOUBT) return;
    if (!isOpen && Date.now() - triedAt < RETRY_MIN) return;
    lose();
    connect();
  }

  const watchdog = setInterval(watch, 5000);
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  connect();

  return () => {
    clearInterval(watchdog);
    clearTimeout(timer);
    source.close();
    removeEventListener("online", wake);
    removeEventListener("pageshow", wake);
    document.removeEventListener("visibilitychange", wake);
  };
}

/** An object, or nothing: what is no JSON object is no event of ours. */
function parse(text) {
  try {
    const data = JSON.parse(text);
    return typeof data === "object" ? data : null;
  } catch {
    return null;
  }
}
