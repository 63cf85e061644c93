// What this browser keeps for somebody until it is sent: one key for each thing, so that tabs never overwrite each
// other's. Where the browser keeps nothing, it lasts as long as the page.

export const ROOT = "backscroll/";
export const SIGNED_OUT = `${ROOT}signed-out`;
const memory = new Map();
let storage = {};
let isSignedOut = false;

try {
  storage = localStorage ?? {};
} catch {
  // the browser keeps nothing
}

/** Keeps a value, or nothing more with `null`. */
export function keep(key, value) {
  memory.delete(key);
  try {
    if (value === null) storage.removeItem(ROOT + key);
    else if (isSignedOut) memory.set(key, value);
    else storage.setItem(ROOT + key, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(key, value);
  }
}

export function keptAt(key) {
  if (memory.has(key)) return memory.get(key);
  try {
    return JSON.parse(storage.getItem(ROOT + key));
  } catch {
    return null; // what cannot be read is not ours
  }
}

/** What is kept under keys that begin so, by its key. */
export function kept(prefix) {
  const keys = [...Object.keys(storage).map((key) => key.slice(ROOT.length)), ...memory.keys()];
  const found = keys.filter((key) => key.startsWith(prefix)).map((key) => [key, keptAt(key)]);
  return new Map(found.filter(([, value]) => value !== null));
}

/** Calls `onChange()` when another tab has changed something under a key that begins so. */
export function watch(prefix, onChange) {
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(ROOT + prefix)) onChange();
  });
}

/** Whoever was signed out is in again. */
export const keepAgain = () => (isSignedOut = false);

/** Calls `onWiped()` when another tab has signed out. */
export function watchWipe(onWiped) {
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== SIGNED_OUT || newValue === null) return;
    isSignedOut = true;
    memory.clear();
    onWiped();
  });
}
