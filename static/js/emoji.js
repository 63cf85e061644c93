// The emoji and their names, from a list that is fetched once.

import { request } from "./http.js";

/** @typedef {[emoji: string, names: string]} NamedEmoji the names are separated by spaces */

let list = null;

/** @returns {Promise<NamedEmoji[]>} all emoji that have a name, in Unicode order */
export function allEmoji() {
  list ??= request(new URL("../emoji.json", import.meta.url)).then((response) => response.json());
  list.catch(() => (list = null));
  return list;
}

/**
 * Returns the emoji with a name that begins with a text, then those with a name that contains it.
 *
 * @param {string} text
 * @returns {Promise<NamedEmoji[]>}
 */
export async function findEmoji(text) {
  const wanted = text.toLowerCase().replaceAll(" ", "_");
  const begins = ([, names]) => ` ${names}`.includes(` ${wanted}`);
  const all = await allEmoji();
  return [...all.filter(begins), ...all.filter((emoji) => emoji[1].includes(wanted) && !begins(emoji))];
}
