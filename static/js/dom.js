// Finds, makes and sizes elements, and tells what keys mean in text fields.

const LINES_MAX = 12; // of a text field

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. Its text, if any, may be in any language, and thus of either direction.
 *
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) Object.assign(made, { textContent: text, dir: "auto" });
  return made;
}

/**
 * Makes a button that does not submit the form that it is in.
 *
 * @param {string} text
 * @param {string} className
 * @param {(event: MouseEvent) => void} [onClick]
 */
export function button(text, className, onClick) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: text, className });
  if (onClick) made.addEventListener("click", onClick);
  return made;
}

/**
 * Makes a text field as high as its text, where the style sheet cannot do it (`field-sizing`).
 *
 * @param {HTMLTextAreaElement} field
 */
export function fitHeight(field) {
  if (!CSS.supports("field-sizing", "content")) field.rows = Math.min(LINES_MAX, field.value.split("\n").length);
}

/**
 * Whether a key belongs to an input method. Safari ends a composition before the key that commits it, which then has only
 * this key code.
 *
 * @param {KeyboardEvent} event
 */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Matches devices that are used with fingers. There, Enter breaks the line, and a button sends. */
export const touchScreen = matchMedia("(pointer: coarse)");

/**
 * Whether a key sends the text that is being written.
 *
 * @param {KeyboardEvent} event
 */
export function isSendKey(event) {
  if (event.key !== "Enter" || event.shiftKey || event.altKey || isComposing(event)) return false;
  return !touchScreen.matches || event.ctrlKey || event.metaKey;
}
