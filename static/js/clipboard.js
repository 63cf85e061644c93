// Copying to the clipboard.

/**
 * Copies a text or, where the page is not a secure context and there is no clipboard, the text of an element, by a
 * selection.
 *
 * @param {HTMLElement} element
 * @param {string} [text] by default that of the element
 */
export async function copy(element, text = element.textContent) {
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  if (isCopied) return true;
  getSelection().selectAllChildren(element);
  return document.execCommand("copy");
}
