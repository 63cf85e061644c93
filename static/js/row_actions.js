// What can be done with a row: loads the action bar when the pointer or the focus enters a row, toggles reactions, and
// opens edits again that were begun.

import { byId, isComposing, touchScreen } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";

const LONG_PRESS = 500; // ms
const STILL = 10; // px within which a finger rests

export class RowActions {
  #list;
  #editDrafts;
  #onReply;
  #bar = null;

  /**
   * @param {HTMLElement} list the history of the room, or a thread
   * @param {import("./drafts.js").EditDrafts} editDrafts
   * @param {(id: number, text: string) => void} onReply begins a reply in the composer
   */
  constructor(list, editDrafts, onReply) {
    this.#list = list;
    this.#editDrafts = editDrafts;
    this.#onReply = onReply;
    this.#list.addEventListener("pointerover", (event) => this.#onEnter(event));
    this.#list.addEventListener("focusin", (event) => this.#onEnter(event));
    this.#list.addEventListener("pointerdown", (event) => this.#onPress(event));
    this.#list.addEventListener("contextmenu", (event) => {
      if (touchScreen.matches) event.preventDefault(); // the long press is ours
    });
    this.#list.addEventListener("submit", (event) => this.#onReact(event));
    byId(list.id === "history" ? "body" : "thread-body")?.addEventListener("keydown", (event) => this.#onComposerKey(event));
    this.#reopenEdits();
  }

  async #openBar() {
    const module = await loadWithStyle("action_bar");
    if (module) this.#bar ??= new module.ActionBar(this.#list, this.#editDrafts, this.#onReply);
    return this.#bar;
  }

  async #onEnter({ target, type, pointerType }) {
    const isByFinger = pointerType === "touch" || (type === "focusin" && touchScreen.matches && !target.matches(":focus-visible"));
    const row = isByFinger ? null : target.closest?.(".message");
    if (row) (await this.#openBar())?.moveTo(row);
  }

  /** A long press opens the sheet, unless the finger moves. */
  #onPress(event) {
    const row = event.pointerType === "touch" && event.target.closest(".message");
    if (!row) return;
    const isOver = new AbortController();
    const timer = setTimeout(async () => (await this.#openBar())?.openSheet(row), LONG_PRESS);
    const end = () => {
      clearTimeout(timer);
      isOver.abort();
    };
    const { signal } = isOver;
    addEventListener("pointermove", ({ clientX, clientY }) => Math.hypot(clientX - event.clientX, clientY - event.clientY) > STILL && end(), { signal });
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, end, { signal });
  }

  /** A reaction below a row is a form that works without scripts. */
  async #onReact(event) {
    const { target, submitter } = event;
    if (!target.matches(".reactions")) return;
    event.preventDefault();
    (await this.#openBar())?.react(target.closest(".message"), submitter.value);
  }

  async #reopenEdits() {
    for (const id of this.#editDrafts.ids) {
      const row = this.#list.querySelector(`:scope > [data-id="${id}"]`);
      if (row?.matches(".mine:not(.message-deleted)")) (await this.#openBar())?.edit(row, { isReopened: true });
    }
  }

  /** The arrow key in an empty composer edits the reader's last message. */
  async #onComposerKey(event) {
    if (event.key !== "ArrowUp" || event.target.value || isComposing(event)) return;
    const last = [...this.#list.querySelectorAll(".message.mine:not(.message-deleted)")].at(-1);
    if (!last) return;
    event.preventDefault();
    (await this.#openBar())?.edit(last);
  }
}
