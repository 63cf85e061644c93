// Any emoji, by its name; those used last come first.

import { getStored, store } from "./storage.js";
import { isComposing } from "./keys.js";
import { t } from "./messages.js";
import { allEmoji, findEmoji } from "./names.js";

const RECENT = "recent-emoji"; // kept in this browser
const RECENT_MAX = 16;
const SHOWN = 160; // emoji that are laid out at a time

const panel = document.createElement("div");
const input = document.createElement("input");
const grid = document.createElement("div");

Object.assign(panel, { className: "picker", popover: "auto", role: "dialog", ariaLabel: t("react-with-any") });
Object.assign(input, { type: "search", placeholder: t("find-emoji"), ariaLabel: t("find-emoji"), autocomplete: "off" });
grid.className = "picker-grid";
panel.append(input, grid);
document.body.append(panel);

let rest = []; // found and not laid out yet
let onPick = null;

/** Opens beside a button; `pick(emoji)` is called at most once. */
export async function openPicker(button, pick) {
  onPick = pick;
  input.value = "";
  grid.replaceChildren();
  panel.showPopover();
  place(button.getBoundingClientRect());
  input.focus();
  await search();
}

function place({ top, bottom, right }) {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = bottom + height + 8 <= innerHeight ? bottom + 4 : top - height - 4;
  panel.style.top = `${Math.max(8, Math.min(below, innerHeight - height - 8))}px`;
  panel.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
}

async function search() {
  const wanted = input.value.trim();
  const found = wanted ? await findEmoji(wanted) : recentFirst(await allEmoji());
  if (wanted !== input.value.trim()) return;
  rest = found;
  grid.replaceChildren();
  grid.scrollTop = 0;
  showMore();
}

function recentFirst(all) {
  const recent = recentEmoji().map((emoji) => all.find(([known]) => known === emoji));
  return [...new Set([...recent.filter(Boolean), ...all])];
}

const recentEmoji = () => getStored(RECENT) ?? [];

function remember(emoji) {
  const others = recentEmoji().filter((other) => other !== emoji);
  store(RECENT, [emoji, ...others].slice(0, RECENT_MAX));
}

function showMore() {
  grid.append(...rest.splice(0, SHOWN).map(([emoji, names]) => {
    const button = document.createElement("button");
    const name = names.split(" ")[0].replaceAll("_", " ");
    Object.assign(button, { type: "button", textContent: emoji, title: name, ariaLabel: name, tabIndex: -1 });
    return button;
  }));
}

function pick(emoji) {
  remember(emoji);
  panel.hidePopover();
  onPick(emoji);
}

/** Left and right by one, up and down by a line; above the first line is the field. */
function move(event) {
  const buttons = [...grid.children];
  const line = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: line, ArrowUp: -line }[event.key];
  if (!step) return;
  event.preventDefault();
  (buttons[buttons.indexOf(event.target) + step] ?? (step < 0 ? input : null))?.focus();
}

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  const first = grid.firstElementChild;
  if (isComposing(event) || !first || !["Enter", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") pick(first.textContent);
  else first.focus();
});
grid.addEventListener("keydown", move);
grid.addEventListener("click", ({ target }) => target.closest("button") && pick(target.textContent));
grid.addEventListener("scroll", () => {
  if (grid.scrollTop + grid.clientHeight * 2 > grid.scrollHeight) showMore();
});
