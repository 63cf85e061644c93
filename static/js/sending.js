// What somebody writes in this room, from the composer through the outbox into the history.

import { openComposer } from "./composer.js";
import { Drafts } from "./drafts.js";
import { watchWipe } from "./kept.js";
import { Outbox, waits } from "./outbox.js";
import { openPending } from "./pending.js";
import { sayWaiting } from "./status.js";
import { words } from "./words.js";

const PATIENCE = 5000; // ms of waiting that nobody needs to hear of

export function openSending({ room, handle, log }, history) {
  const owner = `${log}/${handle}`;
  const drafts = new Drafts(owner, room);
  const outbox = new Outbox(owner, { onChange, onSent: (message) => message.room === room && history.show(message) });
  const show = openPending(outbox, { room, handle }, edit);
  let timer = null;
  let isSaid = false;

  const composer = openComposer(drafts, (body, answered) => {
    outbox.add(room, body, answered);
    history.toLatest();
  });
  watchWipe(() => {
    composer.clear();
    onChange();
  });

  function edit(entry) {
    composer.insert(entry.body, entry.answered);
    outbox.discard(entry);
  }

  function onChange() {
    history.keepPlace(show);
    const count = outbox.list().filter(waits).length;
    if (count === 0) {
      clearTimeout(timer);
      timer = null;
      isSaid = false;
    }
    if (count > 0 && !isSaid) timer ??= setTimeout(sayHowMany, PATIENCE);
    sayWaiting(isSaid ? words.waiting(count) : "");
  }

  function sayHowMany() {
    isSaid = true;
    onChange();
  }

  outbox.hurry();
  onChange();
  return {
    answer: composer.answer,
    hurry: () => outbox.hurry(),
    settle: (nonce) => outbox.settle(room, nonce),
  };
}
