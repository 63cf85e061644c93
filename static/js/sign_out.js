// The sign-out page: removes everything that is stored in this browser, but only after the server has confirmed the
// sign-out.

import { byId } from "./dom.js";
import { isSignedOut, request } from "./http.js";
import { storage } from "./storage.js";

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("error").hidden = true;
  // The answer may be lost, or come from a proxy. What counts is whether the session has ended.
  await request(event.target.action, { method: "POST", redirect: "manual" });
  if (await isSignedOut()) {
    storage.wipe();
    location.assign("./");
  } else byId("error").hidden = false;
});
