// The room switcher (Ctrl/Cmd K): finds rooms by name.

import { isComposing } from "./keys.js";
import { t } from "./messages.js";

const dialog = document.createElement("dialog");
const input = document.createElement("input");
const list = document.createElement("div");

Object.assign(dialog, { className: "switcher", ariaLabel: t("jump-to") });
Object.assign(input, { type: "text", role: "combobox", placeholder: t("jump-to"), ariaLabel: t("jump-to") });
Object.assign(input, { autocomplete: "off", ariaAutoComplete: "list", ariaExpanded: "true" });
Object.assign(list, { id: "found-rooms", role: "listbox", ariaLabel: t("rooms") });
input.setAttribute("aria-controls", list.id);
dialog.append(input, list);
document.body.append(dialog);

export function openSwitcher() {
  if (dialog.open) return dialog.close();
  input.value = "";
  show();
  dialog.showModal();
}

function show() {
  const wanted = input.value.trim().toLowerCase();
  const links = [...document.querySelectorAll("#sidebar .room-link")];
  const found = links.filter((link) => !wanted || link.querySelector(".room-name").textContent.toLowerCase().includes(wanted));
  list.replaceChildren(...found.map(option));
  const isElsewhere = (option) => !option.hasAttribute("aria-current");
  activate((!wanted && [...list.children].find(isElsewhere)) || list.firstElementChild);
}

const option = (link, n) => Object.assign(link.cloneNode(true), { role: "option", id: `found-room-${n}`, tabIndex: -1 });

function activate(option) {
  for (const other of list.children) other.ariaSelected = String(other === option);
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

input.addEventListener("input", show);
input.addEventListener("keydown", (event) => {
  if (isComposing(event)) return;
  const active = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") activate(active?.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") activate(active?.previousElementSibling ?? list.lastElementChild);
  else if (event.key === "Enter") active?.click();
  else return;
  event.preventDefault();
});
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close(); // beside it
});
