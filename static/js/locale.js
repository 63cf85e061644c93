// Texts, numbers and times in the page's language. The page loads the messages of its language (js/locale/, generated
// from locales/*.ftl) before all other modules.

/**
 * A text, or a list of parts: a text, `[argument]`, or `[argument, {case: pattern, …}, default case]`, where a case is
 * a number or a plural category.
 * @typedef {string | Array<string | [string] | [string, Object<string, Pattern>, string]>} Pattern
 */

/** @type {Object<string, Pattern>} */
const catalog = {};

/**
 * Adds messages to the catalog of the page's language.
 *
 * @param {Object<string, Pattern>} patterns by key
 */
export const load = (patterns) => Object.assign(catalog, patterns);

/** The language for `Intl`. English without a country would put months first and count hours to twelve. */
export const LOCALE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

const plural = new Intl.PluralRules(LOCALE);

/** @param {number} number */
export const formatNumber = (number) => number.toLocaleString(LOCALE);

/**
 * Formats date and time to the minute, in the reader's time zone.
 *
 * @param {string | number} at a time as RFC 3339 text or in ms since 1970
 */
export const formatTime = (at) => new Date(at).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });

/**
 * Returns the message with this key. Callers must write the key as a literal, since the build searches for the calls.
 *
 * @param {string} key
 * @param {Object<string, string | number>} [args]
 */
export const t = (key, args = {}) => format(catalog[key], args);

/**
 * Returns the message about an error, or undefined if it is unknown or not loaded.
 *
 * @param {object} error its code and its data
 */
export function explainError({ code, ...args }) {
  const pattern = catalog[`error-${code}`];
  return pattern && format(pattern, args);
}

function format(pattern, args) {
  return typeof pattern === "string" ? pattern : pattern.map((part) => (typeof part === "string" ? part : fill(part, args))).join("");
}

function fill([name, cases, otherwise], args) {
  const value = args[name];
  const isNumber = typeof value === "number";
  if (!cases) return isNumber ? formatNumber(value) : value;
  return format(cases[value] ?? (isNumber ? cases[plural.select(value)] : undefined) ?? cases[otherwise], args);
}
