// One line of what an answer answers, where that is not on the page.

import { byId } from "./page.js";

const FIRST_MAX = 200; // characters of a line that are quoted
const known = new Map(); // id of a row → promise of a line

/** Those far away are asked for when somebody gets to see the answer. */
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    ask(target.hash.slice(1)).then((text) => text && !target.textContent && (target.textContent = text));
  }
});

/** Fills the quote once it is seen. Cheap to call again. */
export const observe = (link) => seen.observe(link);

function ask(id) {
  if (!known.has(id)) known.set(id, fetchLine(id.slice(1)).catch(() => void known.delete(id)));
  return known.get(id);
}

async function fetchLine(id) {
  const response = await fetch(`/api/v1/rooms/${byId("room").dataset.room}/messages/${id}`);
  if (!response.ok) return "";
  const { author, body } = await response.json();
  return body === undefined ? "" : `${author.name}: ${body.trim().split("\n")[0].slice(0, FIRST_MAX)}`;
}
