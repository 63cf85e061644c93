// The composer: its text is stored as a draft at each key, and moves to the outbox when it is sent. In it, and in forms
// that edit a message, names of people and emoji are completed.

import { fitHeight, isComposing, isSendKey, touchScreen } from "./dom.js";
import { loadModule, loadWithStyle } from "./lazy_modules.js";
import { t } from "./locale.js";

/** @typedef {import("./drafts.js").Original} Original */

export class Composer {
  #form;
  #field;
  #error;
  #reply;
  #chips;
  #drafts;
  #send;
  /** @type {?Original} */
  #answered = null;
  /** @type {import("./uploads.js").Attached[]} */
  #files = [];
  #draft; // until it is in the field

  /**
   * @param {HTMLFormElement} form of the room or of a thread
   * @param {{ read: () => ?import("./drafts.js").Draft, save: (draft: import("./drafts.js").Draft) => void }} drafts
   * @param {(body: string, answered: ?Original, files: object[]) => ?string} send takes a message; returns the reason if it
   *   refuses it
   */
  constructor(form, drafts, send) {
    this.#form = form;
    this.#field = form.querySelector("textarea");
    this.#error = form.querySelector(".error");
    this.#reply = form.querySelector(".answer");
    this.#chips = form.querySelector(".chips");
    this.#drafts = drafts;
    this.#send = send;
    this.#draft = drafts.read();
    if (touchScreen.matches) this.#field.enterKeyHint = "enter";
    this.#field.addEventListener("keydown", (event) => this.#onKey(event));
    this.#field.addEventListener("input", (event) => this.#onInput(event));
    this.#reply.querySelector("button").addEventListener("click", () => {
      this.#setAnswered(null);
      this.#field.focus();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#begin();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /**
   * Makes the next message a reply.
   *
   * @param {number} id of the original
   * @param {string} text its author and first line
   */
  replyTo(id, text) {
    this.#setAnswered({ id, text });
    this.#field.focus();
  }

  /**
   * Puts a text back, before what was written meanwhile.
   *
   * @param {string} body
   * @param {?Original} answered
   * @param {import("./uploads.js").Attached[]} [files]
   */
  insert(body, answered, files = []) {
    this.#setFiles([...files, ...this.#files]);
    this.#field.value = this.#field.value.trim() ? `${body}\n${this.#field.value}` : body;
    this.#setAnswered(answered ?? this.#answered);
    this.#field.focus();
  }

  /**
   * Attaches files to the next message.
   *
   * @param {File[]} files
   */
  async attach(files) {
    const module = await loadModule("attachments");
    if (!module) return this.#refuse(t("not-loaded"));
    const { kept, fault } = await module.attach(files, this.#files.length);
    this.#setFiles([...this.#files, ...kept]);
    if (fault) this.#refuse(fault);
    if (!touchScreen.matches) this.#field.focus();
  }

  clear() {
    this.#field.value = "";
    this.#error.hidden = true;
    this.#setFiles([]);
    this.#setAnswered(null);
  }

  /**
   * Shows the draft. Keys may have been faster than this script: the draft joins them, but never within a composition. A text
   * that the server sent back stays as it is.
   */
  #begin() {
    if (!this.#field.value) this.#restoreDraft();
    else if (this.#field.value === this.#field.defaultValue) this.#draft = null;
    this.#onChange();
    // A reader who came for a message begins there (templates/rooms/_history.html).
    const isFree = document.activeElement === document.body && !document.querySelector(".here");
    if (!touchScreen.matches && isFree) this.#field.focus();
  }

  #restoreDraft() {
    const draft = this.#draft;
    this.#draft = null;
    if (!draft) return;
    this.#field.value = this.#field.value ? `${draft.body}\n${this.#field.value}` : draft.body;
    this.#setAnswered(draft.answered ?? null);
    this.#setFiles([...(draft.files ?? []), ...this.#files]);
  }

  /** Shows the files that are attached. The module that does it is loaded at the first one. */
  #setFiles(files) {
    const hadFiles = this.#files.length > 0;
    this.#files = files;
    this.#onChange();
    if (files.length === 0 && !hadFiles) return;
    const remove = ({ key }) => this.#setFiles(this.#files.filter((file) => file.key !== key));
    loadModule("attachments").then((module) => module?.showFiles(this.#chips, this.#files, remove));
  }

  #refuse(reason) {
    Object.assign(this.#error, { textContent: reason, hidden: false });
  }

  #onKey(event) {
    if (event.key === "Escape" && this.#answered && !isComposing(event)) {
      event.preventDefault();
      this.#setAnswered(null);
    }
    if (!isSendKey(event)) return;
    event.preventDefault();
    this.#submit();
  }

  #onInput(event) {
    this.#error.hidden = true;
    if (!event.isComposing) this.#restoreDraft();
    this.#onChange();
  }

  #onChange() {
    if (!this.#draft) this.#drafts.save({ body: this.#field.value, answered: this.#answered, files: this.#files });
    fitHeight(this.#field);
  }

  #setAnswered(message) {
    this.#answered = message;
    this.#reply.hidden = !message;
    this.#reply.querySelector(".answer-text").textContent = message?.text ?? "";
    this.#onChange();
  }

  #submit() {
    const body = this.#field.value;
    if (body.trim() === "" && this.#files.length === 0) return;
    const refusal = this.#send(body.trim() && body, this.#answered, this.#files);
    if (refusal) this.#refuse(refusal);
    else this.clear();
  }
}

const COMPLETED_FIELDS = ".composer textarea, .edit textarea";
const NAME_BEGINS = /(^|[\s(（【「])([@＠][^\s@]*|:[a-z0-9_+-]{2,})$/i;

/** Starts to complete names of people and emoji. The module that does it is loaded at the first one. */
export function openCompletion() {
  let completion = null;
  async function complete({ target, isComposing }) {
    if (isComposing || !target.matches?.(COMPLETED_FIELDS)) return;
    if (!completion && NAME_BEGINS.test(target.value.slice(0, target.selectionStart))) {
      const module = await loadWithStyle("completion");
      if (module) completion ??= new module.Completion();
    }
    completion?.complete(target); // synchronously if it is loaded: the next key may be Enter
  }
  document.addEventListener("input", complete);
  document.addEventListener("compositionend", complete);
}
