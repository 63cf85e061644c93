// The panel on the right: one place beside the history for one thing at a time, such as a thread. Esc closes it, and gives
// the focus back to where it came from.

import { byId, isComposing } from "./dom.js";

export class Panel {
  /** @type {?HTMLElement} */
  element = null;
  #opener = null; // the element that had the focus
  #onClose = null;

  constructor() {
    addEventListener("keydown", (event) => {
      const isFree = !event.defaultPrevented && !isComposing(event) && !document.querySelector(":popover-open");
      if (event.key === "Escape" && this.element && isFree && !event.target.closest?.(".edit, #composer")) this.close();
    });
  }

  /**
   * Shows an element in the panel, in place of what was there.
   *
   * @param {HTMLElement} element with the class `panel`
   * @param {() => void} onClose called when the panel is closed, or shows something else
   */
  open(element, onClose) {
    this.#onClose?.();
    const isFirst = !this.element;
    if (isFirst) this.#opener = document.activeElement;
    if (!element.isConnected) {
      byId("panel")?.remove();
      byId("room").after(element);
    }
    this.element = element;
    this.#onClose = onClose;
    element.querySelector(".panel-close").addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.close();
    });
  }

  /** Closes the panel. */
  close() {
    const { element } = this;
    if (!element) return;
    const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
    this.element = null;
    element.remove();
    this.#onClose?.();
    this.#onClose = null;
    if (hadFocus) (this.#opener?.isConnected ? this.#opener : byId("body"))?.focus({ preventScroll: true });
  }
}
