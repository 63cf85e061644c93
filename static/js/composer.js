// The composer: its text is stored as a draft at each key, and moves to the outbox when it is sent.

import { isComposing, isTouch, sends } from "./keys.js";
import { byId } from "./dom.js";

/**
 * `send(body, answered)` takes a message; it returns the reason if it refuses it. Returns `answer(id, text)`, which makes
 * the next message a reply; `insert(body, answered)`, which puts a text back; `clear()`.
 */
export function openComposer(drafts, send) {
  const form = byId("composer");
  const field = byId("body");
  const fault = byId("error");
  const line = byId("answer");
  let answered = null;
  let draft = drafts.read(); // until it is in the field

  if (isTouch.matches) field.enterKeyHint = "enter";
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && answered && !isComposing(event)) answerTo(null);
    if (!sends(event)) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener("input", (event) => {
    fault.hidden = true;
    if (!event.isComposing) restore();
    changed();
  });
  line.querySelector("button").addEventListener("click", () => {
    answerTo(null);
    field.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  function submit() {
    const body = field.value;
    if (body.trim() === "") return;
    const why = send(body, answered);
    if (why) Object.assign(fault, { textContent: why, hidden: false });
    else clear();
  }

  function clear() {
    field.value = "";
    fault.hidden = true;
    answerTo(null);
  }

  function answerTo(message) {
    answered = message;
    line.hidden = !message;
    line.querySelector(".answer-text").textContent = message?.text ?? "";
    changed();
  }

  function changed() {
    if (!draft) drafts.save(field.value, answered);
    // For browsers without `field-sizing`.
    if (!CSS.supports("field-sizing", "content")) field.rows = Math.min(12, field.value.split("\n").length);
  }

  function insert(body, message) {
    field.value = field.value.trim() ? `${body}\n${field.value}` : body;
    answerTo(message ?? answered);
    field.focus();
  }

  function restore() {
    const found = draft;
    draft = null;
    if (!found) return;
    field.value = field.value ? `${found.body}\n${field.value}` : found.body;
    answerTo(found.answered ?? null);
  }

  // Keys may have been faster than this script: the draft joins them, but never within a composition. A text that the
  // server sent back stays as it is.
  if (!field.value) restore();
  else if (field.value === field.defaultValue) draft = null;
  changed();
  // Whoever came for a message begins there (templates/rooms/_history.html).
  if (!isTouch.matches && document.activeElement === document.body && !document.querySelector(".here")) field.focus();
  return {
    answer(id, text) {
      answerTo({ id, text });
      field.focus();
    },
    insert,
    clear,
  };
}
