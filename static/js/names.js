// People and emoji by name.

import { renamed } from "./decorate.js";
import { byId } from "./dom.js";
import { request } from "./http.js";

let emoji = null;

/** `[emoji, names]` of all there are. */
export function allEmoji() {
  emoji ??= request(new URL("../emoji.json", import.meta.url)).then((response) => response.json());
  emoji.catch(() => (emoji = null));
  return emoji;
}

/** Those with a name that begins like this, then those with one that contains it. */
export async function findEmoji(text) {
  const wanted = text.toLowerCase().replaceAll(" ", "_");
  const all = await allEmoji();
  const begins = all.filter(([, names]) => ` ${names}`.includes(` ${wanted}`));
  const contains = all.filter(([, names]) => names.includes(wanted) && !` ${names}`.includes(` ${wanted}`));
  return [...begins, ...contains];
}

/** More people than the page lists, by handle; asked for once. */
const unlisted = new Map();

async function findUnlisted() {
  const response = await request(`/api/v1/rooms/${byId("room").dataset.room}/members`);
  if (!response?.ok) return;
  for (const { handle, name } of (await response.json()).members) unlisted.set(handle, name);
}

if (document.querySelector(".people-more")) findUnlisted();

/** `[handle, name]`: the people of the room, then those who wrote on this page. */
export function findPeople(text) {
  const wanted = text.toLowerCase();
  const people = new Map();
  for (const item of document.querySelectorAll("#members [data-handle]")) people.set(item.dataset.handle, item.textContent.trim());
  for (const [handle, name] of unlisted) if (!people.has(handle)) people.set(handle, renamed.get(handle) ?? name);
  for (const row of document.querySelectorAll("#history [data-author]")) {
    const { author } = row.dataset;
    if (!people.has(author)) people.set(author, row.querySelector(".message-author")?.textContent ?? author);
  }
  const all = [...people];
  const begins = ([handle, name]) => [handle, name].some((word) => word.toLowerCase().startsWith(wanted));
  const contains = (person) => !begins(person) && person.join(" ").toLowerCase().includes(wanted);
  return [...all.filter(begins), ...all.filter(contains)];
}
