// The room switcher (Ctrl/Cmd K): finds rooms by name.

import { isComposing } from "./dom.js";
import { t } from "./locale.js";

export class RoomSwitcher {
  #dialog = document.createElement("dialog");
  #input = document.createElement("input");
  #list = document.createElement("div");

  constructor() {
    const [dialog, input, list] = [this.#dialog, this.#input, this.#list];
    Object.assign(dialog, { className: "switcher", ariaLabel: t("jump-to") });
    Object.assign(input, { type: "text", role: "combobox", placeholder: t("jump-to"), ariaLabel: t("jump-to") });
    Object.assign(input, { autocomplete: "off", ariaAutoComplete: "list", ariaExpanded: "true" });
    Object.assign(list, { id: "found-rooms", role: "listbox", ariaLabel: t("rooms") });
    input.setAttribute("aria-controls", list.id);
    input.addEventListener("input", () => this.#search());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // the backdrop
    });
    dialog.append(input, list);
    document.body.append(dialog);
  }

  /** Opens the switcher or, if it is open, closes it. */
  toggle() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#input.value = "";
    this.#search();
    this.#dialog.showModal();
  }

  #search() {
    const wanted = this.#input.value.trim().toLowerCase();
    const links = [...document.querySelectorAll("#sidebar .room-link")];
    const found = links.filter((link) => link.querySelector(".room-name").textContent.toLowerCase().includes(wanted));
    this.#list.replaceChildren(...found.map(optionOf));
    const options = [...this.#list.children];
    const elsewhere = options.find((option) => !option.hasAttribute("aria-current"));
    this.#activate((!wanted && elsewhere) || options[0]);
  }

  #activate(option) {
    for (const other of this.#list.children) other.ariaSelected = String(other === option);
    this.#input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  #onKey(event) {
    if (isComposing(event)) return;
    const active = this.#list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") this.#activate(active?.nextElementSibling ?? this.#list.firstElementChild);
    else if (event.key === "ArrowUp") this.#activate(active?.previousElementSibling ?? this.#list.lastElementChild);
    else if (event.key === "Enter") active?.click();
    else return;
    event.preventDefault();
  }
}

const optionOf = (link, n) => Object.assign(link.cloneNode(true), { role: "option", id: `found-room-${n}`, tabIndex: -1 });
