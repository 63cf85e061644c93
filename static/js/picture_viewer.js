// Shows the pictures of the history one by one, over the page.

import { button, element } from "./dom.js";
import { t } from "./locale.js";

let dialog = null;
let current = null;

const pictures = () => [...document.querySelectorAll("#history .file-picture")];

/**
 * Shows a picture.
 *
 * @param {HTMLAnchorElement} link to it
 */
export function view(link) {
  dialog ??= makeDialog();
  if (!dialog.open) dialog.showModal();
  current = link;
  const { alt, src } = link.querySelector("img");
  const image = dialog.querySelector("img");
  image.src = src; // until the whole picture is there
  Object.assign(image, { alt });
  const whole = new Image();
  whole.onload = () => current === link && (image.src = whole.src);
  whole.src = link.href;
  dialog.querySelector(".viewer-name").textContent = alt;
  Object.assign(dialog.querySelector(".viewer-download"), { href: `${link.href}?download`, download: alt });
  const all = pictures();
  const place = all.indexOf(link);
  dialog.querySelector(".viewer-before").disabled = place <= 0;
  dialog.querySelector(".viewer-after").disabled = place === all.length - 1;
}

function move(by) {
  const all = pictures();
  const next = all[all.indexOf(current) + by];
  if (next) view(next);
}

function makeDialog() {
  const made = element("dialog", "viewer");
  made.ariaLabel = t("picture");
  const bar = element("div", "viewer-bar");
  const download = element("a", "viewer-download", t("download"));
  bar.append(element("span", "viewer-name", ""), download, button(t("close"), "viewer-close", () => made.close()));
  const before = button("‹", "viewer-before", () => move(-1));
  const after = button("›", "viewer-after", () => move(1));
  before.ariaLabel = t("previous-picture");
  after.ariaLabel = t("next-picture");
  made.append(bar, before, element("img", "viewer-picture"), after);
  made.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") move(-1);
    if (key === "ArrowRight") move(1);
  });
  made.addEventListener("click", ({ target }) => target === made && made.close());
  made.addEventListener("close", () => {
    made.querySelector("img").removeAttribute("src");
    current?.focus();
  });
  document.body.append(made);
  return made;
}
