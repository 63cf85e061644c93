// Buttons that copy blocks of code.

import { byId } from "./dom.js";
import { t } from "./messages.js";
import { say } from "./status.js";

const SAID = 3000; // ms for which the page says so

/** Adds a button to each block of code. Its label is no part of the row's text. */
export function addCopyButtons(row) {
  for (const block of row.querySelectorAll("pre")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "copy", ariaLabel: t("copy-code") });
    block.append(button);
    block.firstChild.tabIndex = 0; // long lines scroll, also by keyboard
  }
}

byId("history").addEventListener("click", async ({ target }) => {
  if (!target.matches(".copy")) return;
  const code = target.previousSibling;
  const isCopied = (await navigator.clipboard?.writeText(code.textContent).then(() => true, () => false)) || copySelected(code);
  say(isCopied ? t("copied") : t("copy-failed"), SAID);
});

/** Where the address is not a secure one there is no clipboard, but there is a selection. */
function copySelected(code) {
  getSelection().selectAllChildren(code);
  return document.execCommand("copy");
}
