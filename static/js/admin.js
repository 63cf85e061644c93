// The pages of the administration: a button that copies a link.

import { copy } from "./clipboard.js";
import { byId } from "./dom.js";
import { t } from "./locale.js";
import "./times.js";

const COPIED_SHOWN = 3000; // ms

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const isCopied = await copy(byId(button.dataset.copy));
    button.textContent = isCopied ? t("copied") : t("copy-failed");
    setTimeout(() => (button.textContent = label), COPIED_SHOWN);
  });
}
