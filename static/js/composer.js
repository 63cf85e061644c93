// Writing: what was typed leaves the composer only when the server has it.

import { byId } from "./page.js";
import { explain, words } from "./words.js";

const PATIENCE = 20_000; // ms to wait for an answer

/** 128 random bits: names a message, so that sending it again never makes a second one. */
function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * `answer(id, text)` makes the next message an answer, `heard()` says that the server answers again.
 * `onSent(message)` is called for each message stored.
 */
export function openComposer(room, onSent) {
  const form = byId("composer");
  const field = byId("body");
  const button = form.querySelector("button[type=submit]");
  const fault = byId("error");
  const answer = byId("answer");
  let replyTo = null;
  let last = { body: null, nonce: null };
  let isSending = false;

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // an input method's own key
    if (event.key === "Escape" && replyTo) clearAnswer();
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    send();
  });
  field.addEventListener("input", () => {
    fault.hidden = true;
    grow();
  });
  answer.querySelector("button").addEventListener("click", () => {
    clearAnswer();
    field.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  async function send() {
    const body = field.value;
    if (isSending || body.trim() === "") return;
    const reply_to = replyTo;
    if (last.body !== body || last.reply_to !== reply_to) last = { body, reply_to, nonce: newNonce() };
    setSending(true);
    const reason = await post(last);
    setSending(false);
    fault.hidden = reason === null;
    fault.textContent = reason ?? "";
    if (reason === null) clear(body);
  }

  /** `null` once the server has it, else why not. */
  async function post({ body, nonce, reply_to }) {
    try {
      const response = await fetch(`/api/v1/rooms/${room}/messages?include=html`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(reply_to ? { body, nonce, reply_to } : { body, nonce }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.status === 201 || response.status === 200) {
        onSent(await response.json());
        return null;
      }
      if (response.status === 409) last = { body: null, nonce: null };
      return words.notSent(await explain(response));
    } catch {
      return words.noAnswer;
    }
  }

  function clear(sent) {
    last = { body: null, nonce: null };
    if (field.value.startsWith(sent)) field.value = field.value.slice(sent.length); // what was typed meanwhile stays
    clearAnswer();
    grow();
  }

  function clearAnswer() {
    replyTo = null;
    answer.hidden = true;
  }

  function setSending(now) {
    isSending = now;
    button.setAttribute("aria-disabled", String(now));
  }

  /** For browsers without `field-sizing`. */
  function grow() {
    if (!CSS.supports("field-sizing", "content")) field.rows = Math.min(12, field.value.split("\n").length);
  }

  grow();
  return {
    answer(id, text) {
      replyTo = id;
      answer.querySelector(".answer-text").textContent = text;
      answer.hidden = false;
      field.focus();
    },
    heard() {
      if (fault.textContent === words.noAnswer) fault.hidden = true;
    },
  };
}
