// What can be done with a message on touch screens: a sheet at the bottom, with the message quoted on top.

import { byId, element } from "./dom.js";
import { excerpt } from "./rows.js";

export class ActionSheet {
  #dialog = document.createElement("dialog");
  #onClose;

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#onClose = onClose;
    this.#dialog.className = "action-sheet";
    // The finger that opens the sheet is lifted over it, which must not close it.
    this.#dialog.addEventListener("pointerdown", ({ target }) => {
      if (target === this.#dialog) this.close();
    });
    this.#dialog.addEventListener("close", () => this.#onClose());
    byId("room").append(this.#dialog);
  }

  /**
   * Opens the sheet.
   *
   * @param {import("./rows.js").Row} row
   * @param {HTMLElement} actions
   */
  open(row, actions) {
    const quote = excerpt(row);
    this.#dialog.ariaLabel = quote;
    this.#dialog.classList.toggle("mine", row.classList.contains("mine"));
    this.#dialog.replaceChildren(element("p", "sheet-quote", quote), actions);
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  close() {
    this.#dialog.close();
  }
}
