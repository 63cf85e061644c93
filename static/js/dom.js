// Finding and making elements.

export const byId = (id) => document.getElementById(id);

/** Makes an element. Its text, if any, may be in any language, and thus of either direction. */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) Object.assign(made, { textContent: text, dir: "auto" });
  return made;
}
