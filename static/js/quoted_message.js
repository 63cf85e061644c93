// The quoted line of a reply whose original is not on the page.

import { byId } from "./dom.js";
import { request } from "./http.js";

const FIRST_MAX = 200; // characters of a line that are quoted

/** Those far away are asked for when somebody gets to see the answer. */
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    fill(target).catch(() => {}); // asked for again with the next state of its row
  }
});

/** Fills the quote once it is seen. Cheap to call again. */
export const observe = (link) => seen.observe(link);

async function fill(link) {
  const response = await request(`/api/v1/rooms/${byId("room").dataset.room}/messages/${link.hash.slice(2)}`);
  if (!response?.ok) return;
  const { author, body } = await response.json();
  const isOutdated = link.textContent !== ""; // it was changed or deleted meanwhile
  link.dataset.author = author.handle;
  if (body !== undefined && !isOutdated) link.textContent = `${author.name}: ${body.trim().split("\n")[0].slice(0, FIRST_MAX)}`;
}
