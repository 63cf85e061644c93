// The account page: adds passkeys.

import { loadModule } from "./lazy_modules.js";
import "./times.js";

const part = document.getElementById("add-passkey");
if (part && window.PublicKeyCredential) {
  const module = await loadModule("passkeys");
  if (module?.isSupported(part.dataset.origin)) module.openRegistration(part);
}
