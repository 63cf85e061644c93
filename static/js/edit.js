// Forms in the row of one's own message: to edit it, and to delete it.

import { byId } from "./dom.js";
import { explain } from "./explain.js";
import { json, request } from "./http.js";
import { isComposing, sends } from "./keys.js";
import { EDITS } from "./lazy_modules.js";
import { t } from "./messages.js";
import { getStored, store } from "./storage.js";

const isOpen = (id) => byId(id)?.querySelector(".edit");

/**
 * Opens the text of a row for changing: where that was begun before, as it was left. `isAgain`: not on the person's word.
 * Answers why it did not, if so.
 */
export async function openEdit(row, address, isAgain) {
  if (isOpen(row.id)) return;
  const response = await request(address);
  const message = response?.ok && (await response.json().catch(() => null));
  if (typeof message?.body !== "string") return response && !response.ok ? explain(response) : t("change-failed");
  let { body } = message;
  if (isOpen(row.id)) return; // a second click came before the text
  const key = EDITS + row.dataset.id;
  const begun = getStored(key) ?? body;
  const form = makeForm("edit");
  const field = document.createElement("textarea");
  Object.assign(field, { value: begun, dir: "auto", ariaLabel: t("your-message"), rows: Math.min(12, begun.split("\n").length) });
  form.prepend(field);
  form.end.append(button(t("save"), "primary", "submit"), button(t("cancel"), "quiet", "button", () => close()));
  const end = hold(form, row.id);
  const close = () => {
    store(key, null);
    end();
  };
  if (!isAgain) {
    form.scrollIntoView({ block: "nearest" });
    field.focus();
    field.setSelectionRange(begun.length, begun.length);
  }
  field.addEventListener("input", () => store(key, field.value));
  field.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") close();
    else if (sends(event)) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = field.value;
    if (sent === body) return close();
    const isSaved = await submit(form, address, "PATCH", { body: sent });
    if (isSaved && field.value === sent) return close();
    if (isSaved) body = sent; // and it was typed on meanwhile
    if (form.contains(document.activeElement)) field.focus();
  });
}

/** Asks in the row whether it is to go. */
export function openDelete(row, address) {
  if (isOpen(row.id)) return;
  const form = makeForm("edit edit-delete");
  const question = document.createElement("p");
  question.textContent = t("delete-question");
  form.prepend(question);
  form.end.append(button(t("delete"), "plain danger", "submit"), button(t("cancel"), "quiet", "button", () => close()));
  form.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await submit(form, address, "DELETE"))) return;
    close();
  });
  const close = hold(form, row.id);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("button").focus();
}

function makeForm(className) {
  const form = document.createElement("form");
  form.className = className;
  form.fault = Object.assign(document.createElement("p"), { className: "error", role: "alert", hidden: true });
  form.end = Object.assign(document.createElement("div"), { className: "edit-end" });
  form.append(form.fault, form.end);
  return form;
}

function button(text, className, type, onclick = null) {
  return Object.assign(document.createElement("button"), { textContent: text, className, type, onclick });
}

/** Keeps the form in the row of this id, also when a new state of the row replaces it. */
function hold(form, id) {
  const put = () => {
    const row = byId(id);
    if (!row || row.contains(form)) return;
    const focused = lastFocus && form.contains(lastFocus) ? lastFocus : null;
    row.querySelector(".message-text").after(form);
    if (focused) focused.focus({ preventScroll: true });
  };
  let lastFocus = null;
  form.addEventListener("focusin", ({ target }) => (lastFocus = target));
  form.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && (lastFocus = relatedTarget));
  const observer = new MutationObserver(put);
  observer.observe(byId("history"), { childList: true });
  put();
  return () => {
    const hadFocus = form.contains(document.activeElement);
    observer.disconnect();
    form.remove();
    if (hadFocus) byId("body")?.focus({ preventScroll: true });
  };
}

/** Whether the server took it; if not, the form says why. */
async function submit(form, address, method, content) {
  if (form.ariaBusy === "true") return false;
  form.ariaBusy = "true";
  const response = await request(address, content ? json(method, content) : { method });
  form.ariaBusy = "false";
  if (response?.ok) return true;
  form.fault.textContent = response ? await explain(response) : t("change-failed");
  form.fault.hidden = false;
  return false;
}
