// Buttons that copy blocks of code.

import { copy } from "./clipboard.js";
import { button, byId } from "./dom.js";
import { t } from "./locale.js";
import { statusLine } from "./status_line.js";

const COPIED_SHOWN = 3000; // ms

/**
 * Adds a button to each block of code. Its label is not part of the row's text.
 *
 * @param {import("./rows.js").Row} row
 */
export function addCopyButtons(row) {
  for (const block of row.querySelectorAll("pre")) {
    block.append(Object.assign(button("", "copy"), { ariaLabel: t("copy-code") }));
    block.firstChild.tabIndex = 0; // long lines scroll, also by keyboard
  }
}

byId("history").addEventListener("click", async ({ target }) => {
  if (!target.matches(".copy")) return;
  const isCopied = await copy(target.previousSibling);
  statusLine.notify(isCopied ? t("copied") : t("copy-failed"), COPIED_SHOWN);
});
