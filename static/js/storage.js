// Drafts, unsent messages and settings in `localStorage`: one key for each item, so that tabs never overwrite each
// other's. If the browser stores nothing, items last as long as the page.

export const ROOT = "backscroll/";
export const SIGNED_OUT = `${ROOT}signed-out`;
const memory = new Map();
let storage = {};
let isSignedOut = false;

try {
  storage = localStorage ?? {};
} catch {
  // storage is disabled
}

/** Stores a value; null removes the item. */
export function store(key, value) {
  memory.delete(key);
  try {
    if (value === null) storage.removeItem(ROOT + key);
    else if (isSignedOut) memory.set(key, value);
    else storage.setItem(ROOT + key, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(key, value);
  }
}

export function getStored(key) {
  if (memory.has(key)) return memory.get(key);
  try {
    return JSON.parse(storage.getItem(ROOT + key));
  } catch {
    return null; // not written by this page
  }
}

/** Returns all items whose key has this prefix, by key. */
export function getAllStored(prefix) {
  const keys = [...Object.keys(storage).map((key) => key.slice(ROOT.length)), ...memory.keys()];
  const found = keys.filter((key) => key.startsWith(prefix)).map((key) => [key, getStored(key)]);
  return new Map(found.filter(([, value]) => value !== null));
}

/** Calls `onChange()` when another tab has changed an item whose key has this prefix. */
export function watch(prefix, onChange) {
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(ROOT + prefix)) onChange();
  });
}

/** The user has signed in again: items are stored again, not only kept in memory. */
export const resumeStoring = () => (isSignedOut = false);

/** Calls `onWiped()` when another tab has signed out and removed all items. */
export function watchSignOut(onWiped) {
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== SIGNED_OUT || newValue === null) return;
    isSignedOut = true;
    memory.clear();
    onWiped();
  });
}
