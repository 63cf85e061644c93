// The connection status that the page shows: nothing for short losses, one line for longer ones, and a summary of what
// was missed when the connection is back.

import { markNew } from "./decorate.js";
import { sumUp, t } from "./messages.js";
import { idOf } from "./rows.js";
import { say, sayStanding } from "./status.js";

const QUIET = 5000; // ms of loss that are not shown
const SAID = 10_000; // ms for which a summary is shown
const STATES = {
  connecting: t("connecting"),
  "catching-up": t("catching-up"),
  reconnecting: t("reconnecting"),
  offline: t("waiting-for-network"),
  "signed-out": t("signed-out"),
};
const LOST_ROOM = t("room-lost");
const COUNTED = { message: "messages", "message-edited": "edits", "message-deleted": "deletes" };

let state = "live";
let timer = null; // from a loss on
let isLong = false;
let isRoomLost = false; // it was deleted, or the reader may not see it any more
let missed = null; // what the page missed, counted while it comes
let told = 0; // the last event that a summary has counted

/** Whether the last loss was long enough to be shown. */
export let wasLong = false;

/** Shows a state of the connection, as `follow` reports it. */
export function showState(name, { lostFor, cursor }) {
  state = name;
  if (name === "catching-up" && lostFor >= QUIET) missed ??= { after: cursor, messages: 0, edits: 0, deletes: 0 };
  if (name === "live") {
    wasLong = lostFor >= QUIET;
    endLoss(cursor);
  } else timer ??= setTimeout(showLoss, QUIET);
  showStanding();
}

/** Shows whether the room of the page is there for the reader. */
export function showRoomLost(isLost) {
  isRoomLost = isLost;
  showStanding();
}

/** Counts an event of this room for the summary. */
export function countMissed(type) {
  if (missed && COUNTED[type]) missed[COUNTED[type]] += 1;
}

/** Whether a row is not counted in a summary. */
export const isNews = (row) => !missed && idOf(row) > told;

function showLoss() {
  isLong = true;
  showStanding();
}

function endLoss(cursor) {
  clearTimeout(timer);
  timer = null;
  isLong = false;
  const text = missed && sumUp(missed);
  if (text && missed.messages) markNew(missed.after, t("new-since", { summary: text }));
  if (text) {
    say(t("while-away", { summary: text }), SAID);
    told = cursor;
  }
  missed = null;
}

function showStanding() {
  if (state === "signed-out") sayStanding(STATES[state], doorLink());
  else if (isRoomLost || state === "gone") sayStanding(LOST_ROOM);
  else sayStanding(isLong ? STATES[state] : "");
}

function doorLink() {
  const link = document.createElement("a");
  link.href = `/join?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = t("sign-in-again");
  return link;
}
