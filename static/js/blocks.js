// The people whom the reader has blocked: their messages are folded, and nothing of theirs is counted or announced.

import { byId } from "./dom.js";
import { request } from "./http.js";

class Blocks {
  #handles = new Set(byId("room")?.dataset.blocked.split(" ").filter(Boolean));
  #onChange = null;

  /** @param {string} [handle] */
  has(handle) {
    return this.#handles.has(handle);
  }

  /** @param {() => void} onChange called when somebody was blocked, here or elsewhere, or is not blocked any more */
  watch(onChange) {
    this.#onChange = onChange;
  }

  /** Asks the server whom the reader has blocked. */
  async refresh() {
    const response = await request("api/v1/me/blocks", { cache: "no-store" });
    const blocks = response?.ok && (await response.json().catch(() => null))?.blocks;
    if (!blocks) return;
    const handles = blocks.map(({ handle }) => handle);
    if (`${handles.sort()}` === `${[...this.#handles].sort()}`) return;
    this.#handles = new Set(handles);
    this.#onChange?.();
  }
}

/** The people whom the reader has blocked. */
export const blocks = new Blocks();
