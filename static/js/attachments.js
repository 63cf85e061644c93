// Shows attached files as chips, with their progress and a button that removes them, and uploads those of the composer
// while the message is being written.

import { button, element } from "./dom.js";
import { LOCALE, t } from "./locale.js";
import { forget, keep, upload } from "./uploads.js";

/** @typedef {import("./uploads.js").Attached} Attached */

/** Maximum number of files of a message. */
const FILES_MAX = 10;
const RETRY_MIN = 2000; // ms
const RETRY_MAX = 30_000; // ms

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/**
 * Stores files, at most as many as fit beside those that are attached already.
 *
 * @param {File[]} files
 * @param {number} attached number of files
 * @returns {Promise<{ kept: Attached[], fault: ?string }>}
 */
export async function attach(files, attached) {
  const kept = await keep(files.slice(0, Math.max(0, FILES_MAX - attached)));
  return { kept, fault: kept.length < files.length ? t("too-many-files", { max: FILES_MAX }) : null };
}

/**
 * Shows files in a list.
 *
 * @param {HTMLElement} list
 * @param {Attached[]} files
 * @param {(file: Attached) => void} [onRemove] called when the user removes one; without it, files cannot be removed
 */
export function showFiles(list, files, onRemove) {
  const shown = new Map(Array.from(list.children, (chip) => [chip.dataset.key, chip]));
  list.hidden = files.length === 0;
  list.replaceChildren(...files.map((file) => shown.get(file.key) ?? chipOf(file, onRemove)));
}

function chipOf(file, onRemove) {
  const chip = element("li", "chip");
  chip.dataset.key = file.key;
  const bar = element("progress", "chip-progress");
  Object.assign(bar, { max: 1, value: 0, ariaLabel: t("upload-of", { name: file.name }) });
  chip.append(element("span", "chip-name", file.name), element("span", "chip-size", formatSize(file.size)), bar);
  if (onRemove) {
    const remove = button("×", "quiet chip-remove", () => {
      forget([file], true);
      onRemove(file);
    });
    remove.ariaLabel = t("remove-file", { name: file.name });
    chip.append(remove);
    follow(file, chip);
  }
  return chip;
}

/** Uploads a file of the composer, as long as its chip is there. */
async function follow(file, chip) {
  for (let wait = RETRY_MIN; ; wait = Math.min(RETRY_MAX, wait * 2)) {
    const { id, fault, isGone } = await upload(file.key);
    if (id || !chip.isConnected) return;
    if (fault || isGone) return void chip.append(element("span", "error", fault ?? t("file-gone")));
    await pause(wait);
  }
}

/** Waits, or until the browser is online again. */
function pause(wait) {
  return new Promise((done) => {
    setTimeout(done, wait);
    addEventListener("online", done, { once: true });
  });
}

document.addEventListener("upload-progress", ({ detail: { key, part } }) => {
  for (const bar of document.querySelectorAll(`.chip[data-key="${key}"] progress`)) bar.value = part;
});

/** @param {number} bytes */
function formatSize(bytes) {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const options = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumSignificantDigits: 2 };
  return (bytes / 1000 ** unit).toLocaleString(LOCALE, options);
}
