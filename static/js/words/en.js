// English.

import { moment, number, speak } from "../words.js";

const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

speak({
  // Sums
  comma: ", ",
  messages: (count) => plural(count, "message"),
  edits: (count) => plural(count, "edit"),
  deletions: (count) => plural(count, "deletion"),

  // The history
  history: "Messages",
  newMessages: (count) => plural(count, "new message"),
  deleted: "deleted",
  fresh: "New",
  freshSince: (sum) => `New since you left · ${sum}`,
  whileAway: (sum) => `${sum} while you were away`,
  older: "Older messages",
  newer: "Newer messages",
  loading: "Loading…",
  loadingFailed: "Could not be loaded. Try again",
  pageLost: "Could not be loaded.",
  latest: "Latest",
  unseen: (count) => `${number(count)} new`,

  // What can be done with a message
  edit: "Edit",
  reply: "Reply",
  reactWith: (emoji) => `React with ${emoji}`,
  reactionLost: "No answer from the server. The reaction was not changed.",
  delete: "Delete",
  pickEmoji: "React with any emoji",
  findEmoji: "Find an emoji",
  editField: "Your message",
  save: "Save",
  cancel: "Cancel",
  deleteQuestion: "Delete this message for everybody?",
  changeLost: "No answer from the server. Nothing was changed.",
  copy: "Copy the code",
  copied: "Copied",
  notCopied: "The browser did not let it be copied.",

  // Writing
  messageTo: (room) => `Message ${room}`,
  suggestions: "Names that fit",
  switchRoom: "Go to a room",
  rooms: "Rooms",
  draft: "draft",
  onTheirWay: "Messages on their way",
  waiting: (count) => (count === 1 ? "1 message waits and will be sent" : `${number(count)} messages wait and will be sent`),
  notSent: (why) => `Not sent: ${why}`,
  stillMeant: (at) => `Written ${moment(at)}, and not sent yet. Send it still?`,
  retry: "Retry",
  send: "Send",
  discard: "Discard",


  // The connection
  connecting: "Connecting…",
  catchingUp: "Catching up…",
  reconnecting: "Reconnecting…",
  offline: "Offline. Waiting for the network…",
  signedOut: "You are signed out.",
  comeBack: "Come in again",
  roomDeleted: "This room was deleted.",

  /** `reason` is what the server said, in English, or empty. */
  refusal(status, reason) {
    if (reason) return reason.endsWith(".") ? reason : `${reason}.`;
    return status >= 500 ? "The server cannot take it right now." : `The server refused it (${status}).`;
  },
});
