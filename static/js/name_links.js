// Names, which lead to the pages of people: a click opens a card instead.

import { loadWithStyle } from "./lazy_modules.js";

const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);

/** Opens the card of a person when their name is clicked. */
export function openCards() {
  document.addEventListener("click", async (event) => {
    const name = event.target.closest?.('a.name[href*="people/"]');
    if (!name || !isPlain(event)) return;
    event.preventDefault();
    const module = await loadWithStyle("profile_card");
    if (module) module.profileCard.open(name);
    else location.assign(name.href);
  });
}
