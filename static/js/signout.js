// Whoever signs out leaves nothing in this browser, in no tab.

import { ROOT, SIGNED_OUT } from "./kept.js";

document.addEventListener("submit", () => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(ROOT)) localStorage.removeItem(key);
    localStorage.setItem(SIGNED_OUT, "");
    localStorage.removeItem(SIGNED_OUT);
  } catch {
    // nothing was kept
  }
});
