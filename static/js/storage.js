// Drafts, unsent messages and settings in `localStorage`: one key for each item, so that tabs never overwrite each
// other's.

import { serverName } from "./base_path.js";

const ROOT = `${serverName}/`;
const SIGNED_OUT = `${ROOT}signed-out`; // written and removed by a tab that signs out, as a signal to the others

class BrowserStorage {
  /** Items that the browser does not store. They last as long as the page. */
  #memory = new Map();
  #storage = {};
  #isSignedOut = false; // in another tab

  constructor() {
    try {
      this.#storage = localStorage ?? {};
    } catch {
      // The browser's settings forbid it.
    }
  }

  /**
   * Stores a value; null removes the item.
   *
   * @param {string} key
   * @param {any} value serializable as JSON
   */
  set(key, value) {
    this.#memory.delete(key);
    try {
      if (value === null) this.#storage.removeItem(ROOT + key);
      else if (this.#isSignedOut) this.#memory.set(key, value);
      else this.#storage.setItem(ROOT + key, JSON.stringify(value));
    } catch {
      if (value !== null) this.#memory.set(key, value);
    }
  }

  /**
   * Returns a stored value, or null.
   *
   * @param {string} key
   */
  get(key) {
    if (this.#memory.has(key)) return this.#memory.get(key);
    try {
      return JSON.parse(this.#storage.getItem(ROOT + key));
    } catch {
      return null; // not written by this page
    }
  }

  /**
   * Returns all items whose key has this prefix, by key.
   *
   * @param {string} prefix
   * @returns {Map<string, any>}
   */
  getAll(prefix) {
    const keys = [...Object.keys(this.#storage).map((key) => key.slice(ROOT.length)), ...this.#memory.keys()];
    const found = keys.filter((key) => key.startsWith(prefix)).map((key) => [key, this.get(key)]);
    return new Map(found.filter(([, value]) => value !== null));
  }

  /**
   * Calls `onChange()` when another tab has changed an item whose key has this prefix.
   *
   * @param {string} prefix
   * @param {() => void} onChange
   */
  watch(prefix, onChange) {
    addEventListener("storage", ({ key }) => {
      if (key?.startsWith(ROOT + prefix)) onChange();
    });
  }

  /**
   * Calls `onWiped()` when another tab has signed out and wiped the storage. From then on, items are kept in memory only,
   * until `resume` is called.
   *
   * @param {() => void} onWiped
   */
  watchWipe(onWiped) {
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== SIGNED_OUT || newValue === null) return;
      this.#isSignedOut = true;
      this.#memory.clear();
      onWiped();
    });
  }

  /** Stores items again: the user has signed in again. */
  resume() {
    this.#isSignedOut = false;
  }

  /** Removes all items and the bytes of attached files, and tells the other tabs. */
  wipe() {
    globalThis.indexedDB?.deleteDatabase(`${ROOT}files`);
    try {
      for (const key of Object.keys(this.#storage)) if (key.startsWith(ROOT)) this.#storage.removeItem(key);
      this.#storage.setItem(SIGNED_OUT, "");
      this.#storage.removeItem(SIGNED_OUT);
    } catch {
      // Nothing was stored.
    }
  }
}

/** The storage of this browser. */
export const storage = new BrowserStorage();
