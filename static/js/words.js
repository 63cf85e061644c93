// What the page says, in its language. The page names the module of that language, which runs before all others.

export const words = {};
export const speak = (language) => Object.assign(words, language);

/** For `Intl`. English without a country would put months first and count hours to twelve. */
export const LOCALE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

export const number = (count) => count.toLocaleString(LOCALE);

/** When something was written, to the minute. */
export const moment = (at) => new Date(at).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });

/** `12 messages, 1 edit`; empty if nothing came. */
export function sumUp({ messages, edits, deletes }) {
  const parts = [messages > 0 && words.messages(messages), edits > 0 && words.edits(edits), deletes > 0 && words.deletions(deletes)];
  return parts.filter(Boolean).join(words.comma);
}
