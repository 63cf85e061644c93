// Forms in the row of a message: to edit it, to delete it, and to ban its author. The server decides who may.

import { button, byId, fitHeight, isComposing, isSendKey } from "./dom.js";
import { explain, jsonOptions, request } from "./http.js";
import { t } from "./locale.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./drafts.js").EditDrafts} EditDrafts */

const isOpen = (id) => Boolean(byId(id)?.querySelector(".edit"));

/**
 * Opens the form that edits a message, with the text as it was left. Returns why it could not be opened, if so.
 *
 * @param {Row} row
 * @param {string} address of the message in the API
 * @param {EditDrafts} drafts
 * @param {{ isReopened?: boolean }} [options] `isReopened`: the reader has not asked for it just now, so the focus stays
 * @returns {Promise<?string>}
 */
export async function openEdit(row, address, drafts, { isReopened = false } = {}) {
  if (isOpen(row.id)) return null;
  const response = await request(address);
  const message = response?.ok && (await response.json().catch(() => null));
  if (typeof message?.body !== "string") return response && !response.ok ? explain(response) : t("change-failed");
  if (isOpen(row.id)) return null; // by a second click, before the text came
  const form = new EditForm(row, address, message.body, drafts);
  if (!isReopened) form.focus();
  return null;
}

/**
 * Asks in the row whether to delete the message.
 *
 * @param {Row} row
 * @param {string} address of the message in the API
 */
export function openDelete(row, address) {
  if (!isOpen(row.id)) new DeleteForm(row, address).focus();
}

/**
 * Asks in the row whether to ban the author of the message.
 *
 * @param {Row} row
 */
export function openBan(row) {
  if (!isOpen(row.id)) new BanForm(row).focus();
}

/** A form that stays in a row, also when a new state of the row replaces it. Subclasses define `onSubmit`. */
class RowForm {
  #rowId;
  #address;
  #form = document.createElement("form");
  #error = Object.assign(document.createElement("p"), { className: "error", role: "alert", hidden: true });
  #lastFocus = null; // the element of the form that had the focus
  #field; // id of the composer's text field, which gets the focus afterwards
  #observer = new MutationObserver(() => this.#putInRow());

  constructor(row, address, className, content, submitButton) {
    this.#rowId = row.id;
    this.#address = address;
    this.#form.className = className;
    const cancel = button(t("cancel"), "quiet", () => this.close());
    const end = Object.assign(document.createElement("div"), { className: "edit-end" });
    end.append(submitButton, cancel);
    this.#form.append(content, this.#error, end);
    this.#form.addEventListener("keydown", (event) => this.onKey(event));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.onSubmit();
    });
    this.#form.addEventListener("focusin", ({ target }) => (this.#lastFocus = target));
    this.#form.addEventListener("focusout", ({ relatedTarget }) => (this.#lastFocus = relatedTarget ?? this.#lastFocus));
    this.#field = row.closest(".thread") ? "thread-body" : "body";
    this.#observer.observe(row.parentElement, { childList: true });
    this.#putInRow();
  }

  get hasFocus() {
    return this.#form.contains(document.activeElement);
  }

  /** Scrolls to the form. */
  focus() {
    this.#form.scrollIntoView({ block: "nearest" });
  }

  onKey(event) {
    if (event.key === "Escape" && !isComposing(event)) this.close();
  }

  requestSubmit() {
    this.#form.requestSubmit();
  }

  /** Removes the form. */
  close() {
    const { hasFocus } = this;
    this.#observer.disconnect();
    this.#form.remove();
    if (hasFocus) byId(this.#field)?.focus({ preventScroll: true });
  }

  /** Sends a request. Returns whether the server accepted it; if not, the form says why. */
  async send(options) {
    if (this.#form.ariaBusy === "true") return false;
    this.#form.ariaBusy = "true";
    const response = await request(this.#address, options);
    this.#form.ariaBusy = "false";
    if (response?.ok) return true;
    this.#error.textContent = response ? await explain(response) : t("change-failed");
    this.#error.hidden = false;
    return false;
  }

  #putInRow() {
    const row = byId(this.#rowId);
    if (!row || row.contains(this.#form)) return;
    const focused = this.#form.contains(this.#lastFocus) ? this.#lastFocus : null;
    row.querySelector(".message-text").after(this.#form);
    focused?.focus({ preventScroll: true });
  }
}

class EditForm extends RowForm {
  #id;
  #body; // as the server has it
  #drafts;
  #field;

  constructor(row, address, body, drafts) {
    const { id } = row.dataset;
    const text = drafts.read(id) ?? body;
    const field = Object.assign(document.createElement("textarea"), { value: text, dir: "auto", ariaLabel: t("your-message") });
    fitHeight(field);
    super(row, address, "edit", field, submitButton(t("save"), "primary"));
    this.#id = id;
    this.#body = body;
    this.#drafts = drafts;
    this.#field = field;
    field.addEventListener("input", () => drafts.save(id, field.value));
  }

  focus() {
    super.focus();
    this.#field.focus();
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
  }

  close() {
    this.#drafts.save(this.#id, null);
    super.close();
  }

  onKey(event) {
    if (event.target !== this.#field || isComposing(event)) return;
    if (event.key === "Escape") this.close();
    else if (isSendKey(event)) this.requestSubmit();
    else return;
    event.preventDefault();
  }

  async onSubmit() {
    const sent = this.#field.value;
    if (sent === this.#body) return this.close();
    const isSaved = await this.send(jsonOptions("PATCH", { body: sent }));
    if (isSaved && this.#field.value === sent) return this.close();
    if (isSaved) this.#body = sent; // typing went on meanwhile
    if (this.hasFocus) this.#field.focus();
  }
}

class DeleteForm extends RowForm {
  #submitButton;

  constructor(row, address) {
    const question = document.createElement("p");
    question.textContent = t("delete-question");
    const submit = submitButton(t("delete"), "plain danger");
    super(row, address, "edit edit-delete", question, submit);
    this.#submitButton = submit;
  }

  focus() {
    super.focus();
    this.#submitButton.focus();
  }

  async onSubmit() {
    if (await this.send({ method: "DELETE" })) this.close();
  }
}

class BanForm extends RowForm {
  #submitButton;
  #hides;

  constructor(row) {
    const handle = row.dataset.author;
    const question = document.createElement("p");
    question.textContent = t("ban-question", { username: handle });
    const hides = Object.assign(document.createElement("input"), { type: "checkbox" });
    const label = document.createElement("label");
    label.append(hides, ` ${t("hide-messages")}`);
    const content = document.createElement("div");
    content.append(question, label);
    const submit = submitButton(t("ban"), "plain danger");
    super(row, `api/v1/users/${encodeURIComponent(handle)}/ban`, "edit edit-delete", content, submit);
    this.#submitButton = submit;
    this.#hides = hides;
  }

  focus() {
    super.focus();
    this.#submitButton.focus();
  }

  async onSubmit() {
    if (await this.send(jsonOptions("POST", { hide_messages: this.#hides.checked }))) this.close();
  }
}

const submitButton = (text, className) => Object.assign(button(text, className), { type: "submit" });
