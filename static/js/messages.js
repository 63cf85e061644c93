// Texts in the page's language. The page loads the messages of its language (js/locale/, generated from locales/*.ftl)
// before all other modules.

const messages = {};

/**
 * A text, or a list of parts: a text, `[argument]`, or `[argument, {case: pattern, …}, default case]`, where a case is
 * a number or a plural category.
 * @typedef {string | Array<string | [string] | [string, Object<string, Pattern>, string]>} Pattern
 */

/** @param {Object<string, Pattern>} patterns */
export const load = (patterns) => Object.assign(messages, patterns);

/** For `Intl`. English without a country would put months first and count hours to twelve. */
export const LOCALE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

const plural = new Intl.PluralRules(LOCALE);

export const number = (count) => count.toLocaleString(LOCALE);

/** Date and time to the minute. */
export const moment = (at) => new Date(at).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });

/** The message `key`; its name must be written out, since the build looks for it. */
export const t = (key, args = {}) => format(messages[key], args);

/** The message about an error, from its code and its data; undefined if it is unknown or not loaded. */
export function explainError({ code, ...args }) {
  const pattern = messages[`error-${code}`];
  return pattern && format(pattern, args);
}

function format(pattern, args) {
  return typeof pattern === "string" ? pattern : pattern.map((part) => (typeof part === "string" ? part : fill(part, args))).join("");
}

function fill([name, cases, otherwise], args) {
  const value = args[name];
  const isNumber = typeof value === "number";
  if (!cases) return isNumber ? number(value) : value;
  return format(cases[value] ?? (isNumber ? cases[plural.select(value)] : undefined) ?? cases[otherwise], args);
}

/** `12 messages, 1 edit`; empty if nothing came. */
export function sumUp({ messages, edits, deletes }) {
  const parts = [
    messages > 0 && t("message-count", { count: messages }),
    edits > 0 && t("edit-count", { count: edits }),
    deletes > 0 && t("deletion-count", { count: deletes }),
  ];
  return parts.filter(Boolean).join(t("list-separator"));
}
