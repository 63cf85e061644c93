// Sign-out: removes everything that is stored in this browser, in all tabs, but only after the server has confirmed it.

import { ROOT, SIGNED_OUT } from "./storage.js";
import { byId } from "./dom.js";
import { isSignedOut, request } from "./http.js";

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("error").hidden = true;
  const { action } = event.target;
  // The answer may be lost, or a proxy's: what counts is what holds afterwards.
  await request(action, { method: "POST", redirect: "manual" });
  if (await isSignedOut()) {
    wipe();
    location.assign("/");
  } else byId("error").hidden = false;
});

function wipe() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(ROOT)) localStorage.removeItem(key);
    localStorage.setItem(SIGNED_OUT, "");
    localStorage.removeItem(SIGNED_OUT);
  } catch {
    // nothing was kept
  }
}
