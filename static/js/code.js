// Code that one can take along.

import { t } from "./messages.js";
import { byId } from "./page.js";
import { say } from "./status.js";

const SAID = 3000; // ms for which the page says so

/** A button for each block of code. What it says is no part of the row's text. */
export function dressCode(row) {
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
