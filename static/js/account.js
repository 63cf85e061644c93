// The account page: shows times in the reader's time zone, and adds passkeys.

import { loadModule } from "./lazy_modules.js";
import { formatTime } from "./locale.js";

for (const time of document.querySelectorAll("time")) time.textContent = formatTime(time.dateTime);

const part = document.getElementById("add-passkey");
if (part && window.PublicKeyCredential) {
  const module = await loadModule("passkeys");
  if (module?.isSupported(part.dataset.origin)) module.openRegistration(part);
}
