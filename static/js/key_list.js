// The list of keys, which `?` opens.

import { element } from "./dom.js";
import { t } from "./locale.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const CONTROL = isMac ? "⌘" : "Ctrl";

/** Keys and what they do, by where they work. */
const GROUPS = [
  [t("keys-everywhere"), [[[CONTROL, "K"], t("jump-to")], [["?"], t("keys-title")], [["Esc"], t("keys-close")]]],
  [
    t("keys-writing"),
    [
      [["Enter"], t("send")],
      [["Shift", "Enter"], t("keys-new-line")],
      [["↑"], t("keys-edit-last")],
      [["@"], t("keys-complete-person")],
      [["Page Up"], t("keys-scroll")],
    ],
  ],
  [t("history"), [[["↑", "↓"], t("keys-rows")], [["Home", "End"], t("keys-ends")], [["Tab"], t("keys-actions")]]],
];

const dialog = document.createElement("dialog");
dialog.className = "keys";
dialog.ariaLabel = t("keys-title");
dialog.append(element("h2", "", t("keys-title")), ...GROUPS.flatMap(([title, keys]) => [element("h3", "", title), listOf(keys)]));
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close(); // the backdrop
});
document.body.append(dialog);

/** Opens the list or, if it is open, closes it. */
export function showKeys() {
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) dialog.showModal();
}

function listOf(keys) {
  const list = element("dl", "");
  for (const [names, text] of keys) {
    const term = element("dt", "");
    term.append(...names.map((name) => element("kbd", "", name)));
    list.append(term, element("dd", "", text));
  }
  return list;
}
