// What can be done with a message on touch screens: a sheet at the bottom, with the message quoted on top.

import { byId, element } from "./dom.js";
import { excerpt } from "./rows.js";

export class ActionSheet {
  #dialog = document.createElement("dialog");
  #onClose;
  #isPressed = false; // since it was opened

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#onClose = onClose;
    this.#dialog.className = "action-sheet";
    this.#dialog.addEventListener("pointerdown", ({ target }) => {
      this.#isPressed = true;
      if (target === this.#dialog) this.close();
    });
    this.#dialog.addEventListener("click", (event) => this.#ignoreOpeningFinger(event), { capture: true });
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
    this.#isPressed = false;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** The finger that opens the sheet is lifted over it, which is no click on what lies there. Keys click without a press. */
  #ignoreOpeningFinger(event) {
    if (this.#isPressed || event.detail === 0) return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.#dialog.close();
  }
}
