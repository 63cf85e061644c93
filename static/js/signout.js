// Whoever signs out leaves nothing in this browser.

import { wipe } from "./kept.js";

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.matches('form[action^="/signout"]')) wipe();
});
