// Which keys send a message, and which belong to an input method.

/** An input method's own key. Safari ends a composition before the key that commits it, which then only has this code. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Where fingers write, Enter breaks the line: there is a button to send. */
export const isTouch = matchMedia("(pointer: coarse)");

export function sends(event) {
  if (event.key !== "Enter" || event.shiftKey || event.altKey || isComposing(event)) return false;
  return !isTouch.matches || event.ctrlKey || event.metaKey;
}
