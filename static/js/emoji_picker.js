// The emoji picker: finds any emoji by its name. Those used last come first.

import { isComposing } from "./dom.js";
import { allEmoji, findEmoji } from "./emoji.js";
import { t } from "./locale.js";
import { storage } from "./storage.js";

const RECENT_KEY = "recent-emoji";
const RECENT_MAX = 16;
const SHOWN = 160; // emoji that are laid out at a time
const MARGIN = 8; // px between the panel and the edges of the window
const GAP = 4; // px between the panel and the button

export class EmojiPicker {
  #panel = document.createElement("div");
  #input = document.createElement("input");
  #grid = document.createElement("div");
  #rest = []; // found and not laid out yet
  #onPick = null;

  constructor() {
    const [panel, input, grid] = [this.#panel, this.#input, this.#grid];
    Object.assign(panel, { className: "picker", popover: "auto", role: "dialog", ariaLabel: t("react-with-any") });
    Object.assign(input, { type: "search", placeholder: t("find-emoji"), ariaLabel: t("find-emoji"), autocomplete: "off" });
    grid.className = "picker-grid";
    panel.append(input, grid);
    document.body.append(panel);
    input.addEventListener("input", () => this.#search());
    input.addEventListener("keydown", (event) => this.#onInputKey(event));
    grid.addEventListener("keydown", (event) => this.#onGridKey(event));
    grid.addEventListener("click", ({ target }) => target.closest("button") && this.#pick(target.textContent));
    grid.addEventListener("scroll", () => {
      if (grid.scrollTop + grid.clientHeight * 2 > grid.scrollHeight) this.#showMore();
    });
  }

  /**
   * Opens beside a button.
   *
   * @param {HTMLElement} button
   * @param {(emoji: string) => void} onPick called at most once
   */
  async open(button, onPick) {
    this.#onPick = onPick;
    this.#input.value = "";
    this.#grid.replaceChildren();
    this.#panel.showPopover();
    this.#placeBeside(button.getBoundingClientRect());
    this.#input.focus();
    await this.#search();
  }

  #placeBeside({ top, bottom, right }) {
    const { offsetWidth: width, offsetHeight: height } = this.#panel;
    const fitsBelow = bottom + height + MARGIN <= innerHeight;
    const wanted = fitsBelow ? bottom + GAP : top - height - GAP;
    this.#panel.style.top = `${Math.max(MARGIN, Math.min(wanted, innerHeight - height - MARGIN))}px`;
    this.#panel.style.left = `${Math.max(MARGIN, Math.min(right - width, innerWidth - width - MARGIN))}px`;
  }

  async #search() {
    const wanted = this.#input.value.trim();
    const found = wanted ? await findEmoji(wanted) : recentFirst(await allEmoji());
    if (wanted !== this.#input.value.trim()) return;
    this.#rest = found;
    this.#grid.replaceChildren();
    this.#grid.scrollTop = 0;
    this.#showMore();
  }

  #showMore() {
    this.#grid.append(...this.#rest.splice(0, SHOWN).map(emojiButton));
  }

  #pick(emoji) {
    remember(emoji);
    this.#panel.hidePopover();
    this.#onPick(emoji);
  }

  #onInputKey(event) {
    const first = this.#grid.firstElementChild;
    if (isComposing(event) || !first || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") this.#pick(first.textContent);
    else first.focus();
  }

  /** Left and right move by one, up and down by a line. Above the first line is the field. */
  #onGridKey(event) {
    const buttons = [...this.#grid.children];
    const line = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: line, ArrowUp: -line }[event.key];
    if (!step) return;
    event.preventDefault();
    (buttons[buttons.indexOf(event.target) + step] ?? (step < 0 ? this.#input : null))?.focus();
  }
}

function emojiButton([emoji, names]) {
  const button = document.createElement("button");
  const name = names.split(" ")[0].replaceAll("_", " ");
  return Object.assign(button, { type: "button", textContent: emoji, title: name, ariaLabel: name, tabIndex: -1 });
}

const recentEmoji = () => storage.get(RECENT_KEY) ?? [];

function recentFirst(all) {
  const recent = recentEmoji().map((emoji) => all.find(([other]) => other === emoji));
  return [...new Set([...recent.filter(Boolean), ...all])];
}

function remember(emoji) {
  const others = recentEmoji().filter((other) => other !== emoji);
  storage.set(RECENT_KEY, [emoji, ...others].slice(0, RECENT_MAX));
}
