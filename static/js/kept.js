// What this browser keeps for somebody until it is sent: one key for each thing, so that tabs never overwrite each
// other's. Where the browser keeps nothing, it lasts as long as the page.

export const ROOT = "backscroll/";
export const SIGNED_OUT = `${ROOT}signed-out`;
const memory = new Map();
let isSignedOut = false;

/** Keeps a value, or nothing more with `null`. */
export function keep(key, value) {
  memory.delete(key);
  try {
    if (value === null) localStorage.removeItem(ROOT + key);
    else if (isSignedOut) memory.set(key, value);
    else localStorage.setItem(ROOT + key, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(key, value);
  }
}

/** What is kept under keys that begin so, by its key. */
export function kept(prefix) {
  const found = new Map();
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(ROOT + prefix)) found.set(key.slice(ROOT.length), JSON.parse(localStorage.getItem(key)));
    }
  } catch {
    // what cannot be read is not ours
  }
  for (const [key, value] of memory) if (key.startsWith(prefix)) found.set(key, value);
  return found;
}

export const keptAt = (key) => kept(key).get(key) ?? null;

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
