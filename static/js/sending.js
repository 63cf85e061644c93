// Connects the composer, the outbox, the pending rows and the history.

import { openComposer } from "./composer.js";
import { Drafts } from "./drafts.js";
import { t } from "./messages.js";
import { Outbox } from "./outbox.js";
import { openPending } from "./pending.js";
import { sayWaiting } from "./status.js";
import { resumeStoring, watchSignOut } from "./storage.js";

const PATIENCE = 5000; // ms of waiting that are not shown

export function openSending({ room, handle, log }, history) {
  const owner = `${log}/${handle}`;
  const drafts = new Drafts(owner, room);
  const outbox = new Outbox(owner, { onChange, onSent: (message) => message.room === room && history.show(message) });
  const show = openPending(outbox, { room, handle }, edit);
  let timer = null;
  let isSaid = false;

  const composer = openComposer(drafts, (body, answered) => {
    if (outbox.isSignedOut) return t("not-sent", { reason: t("signed-out") });
    outbox.add(room, body, answered);
    history.toLatest();
  });
  watchSignOut(() => {
    composer.clear();
    outbox.enter("signed-out");
  });

  function edit(entry) {
    composer.insert(entry.body, entry.answered);
    outbox.discard(entry);
  }

  function onChange() {
    history.keepPlace(show);
    const count = outbox.waiting().length;
    if (count === 0) {
      clearTimeout(timer);
      timer = null;
      isSaid = false;
    }
    if (count > 0 && !isSaid) timer ??= setTimeout(sayHowMany, PATIENCE);
    sayWaiting(isSaid ? t("waiting", { count }) : "");
  }

  function sayHowMany() {
    isSaid = true;
    onChange();
  }

  outbox.hurry();
  onChange();
  return {
    answer: composer.answer,
    enter(state) {
      if (state === "live") resumeStoring();
      outbox.enter(state);
    },
    settle: (nonce) => outbox.settle(room, nonce),
  };
}
