// Where the reader is in the history: the day in a pill at the top, and the months in a rail at the edge. Loaded when the
// history is longer than the window.

import { readCalendar } from "./calendar.js";
import { button, byId } from "./dom.js";
import { t } from "./locale.js";
import { Rail } from "./rail.js";
import { formatDay } from "./row_decorator.js";
import { firstBelow, rowsOf } from "./rows.js";

const SHOWN_AFTER_SCROLLING = 1500; // ms

export class Places {
  #history;
  #stage = byId("stage");
  #pill = button("", "day-pill");
  #rail = null;
  #timer = null; // while the reader scrolls
  #isDue = false;

  /** @param {import("./history.js").History} history */
  constructor(history) {
    this.#history = history;
    Object.assign(this.#pill, { hidden: true, title: t("jump-to-date") });
    this.#pill.setAttribute("popovertarget", "jump-to-date");
    this.#stage.append(this.#pill);
    this.#openRail();
    this.update();
  }

  /** The history was scrolled. */
  scrolled() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.update();
    }, SHOWN_AFTER_SCROLLING);
    this.update();
  }

  /** Shows where the reader is now, in the next frame. */
  update() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#update();
    });
  }

  #update() {
    const { list, scroller, isLive, top } = this.#history;
    const rows = rowsOf(list);
    const row = rows[Math.min(firstBelow(rows, top), rows.length - 1)];
    if (!row) return;
    const isPast = !isLive || scroller.scrollTop < -scroller.clientHeight;
    const day = formatDay(new Date(row.dataset.at), scroller.clientWidth < 480);
    if (this.#pill.textContent !== day) this.#pill.textContent = day;
    this.#pill.hidden = !isPast && this.#timer === null && document.activeElement !== this.#pill;
    const isAtEnd = isLive && scroller.scrollTop > -1;
    this.#rail?.show(isAtEnd ? rows[rows.length - 1] : row, rows, this.#timer !== null);
  }

  async #openRail() {
    const months = await readCalendar(this.#history.main.dataset.room);
    if (!months || months.length < 2) return;
    this.#rail = new Rail(this.#history, this.#stage, months);
    this.update();
  }
}
