// People and emoji by name.

let emoji = null;

/** `[emoji, names]` of all there are. */
export function allEmoji() {
  emoji ??= fetch(new URL("../emoji.json", import.meta.url)).then((response) => response.json());
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

/** `[handle, name]`: the people of the room, then those who wrote on this page. */
export function findPeople(text) {
  const wanted = text.toLowerCase();
  const people = new Map();
  for (const item of document.querySelectorAll("#members [data-handle]")) people.set(item.dataset.handle, item.textContent.trim());
  for (const row of document.querySelectorAll("#history [data-author]")) {
    const { author } = row.dataset;
    if (!people.has(author)) people.set(author, row.querySelector(".message-author")?.textContent ?? author);
  }
  const all = [...people];
  const begins = ([handle, name]) => [handle, name].some((word) => word.toLowerCase().startsWith(wanted));
  const contains = (person) => !begins(person) && person.join(" ").toLowerCase().includes(wanted);
  return [...all.filter(begins), ...all.filter(contains)];
}
