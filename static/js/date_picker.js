// The calendar above the field that asks for a date: years, months as high as they were busy, and the days of one.

import { monthNumber, readCalendar } from "./calendar.js";
import { button, byId, element } from "./dom.js";
import { LOCALE, t } from "./locale.js";

const shortMonth = new Intl.DateTimeFormat(LOCALE, { month: "narrow" });
const longMonth = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric" });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "narrow" });
const longDay = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full" });
const DAY_STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const MONTH_STEPS = { PageUp: -1, PageDown: 1 };
const FIRST_WEEKDAY = 1; // Monday

export class DatePicker {
  #form = byId("jump-to-date");
  #view = element("div", "calendar");
  #messages = new Map(); // by number of the month
  #date = new Date();

  constructor() {
    this.#form.prepend(this.#view);
    this.#view.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /**
   * Shows the calendar at a day.
   *
   * @param {string} room
   * @param {string | undefined} at a time
   */
  async open(room, at) {
    if (at) this.#date = new Date(at);
    const months = await readCalendar(room);
    this.#messages = new Map(months?.map(({ month, messages }) => [monthNumber(month), messages]));
    this.#show();
    // Whoever has begun to type a date goes on.
    if (this.#form.matches(":popover-open") && !this.#form.contains(document.activeElement)) this.#focusDay();
  }

  #show() {
    this.#view.replaceChildren(this.#years(), this.#months(), this.#days());
  }

  #years() {
    const year = this.#date.getFullYear();
    const turn = (by, label) => Object.assign(button("", "", () => this.#move(year + by, this.#date.getMonth(), this.#date.getDate())), { ariaLabel: label });
    const line = element("div", "calendar-years");
    line.append(turn(-1, t("year-before")), element("strong", "", String(year)), turn(1, t("year-after")));
    return line;
  }

  #months() {
    const year = this.#date.getFullYear();
    const counts = Array.from({ length: 12 }, (_, month) => this.#messages.get(year * 12 + month) ?? 0);
    const busiest = Math.max(1, ...counts);
    const line = element("div", "calendar-months");
    line.append(
      ...counts.map((count, month) => {
        const first = new Date(year, month);
        const made = button(shortMonth.format(first), "", () => this.#move(year, month, 1));
        const isShown = month === this.#date.getMonth();
        Object.assign(made, { ariaLabel: `${longMonth.format(first)}: ${t("message-count", { count })}`, ariaPressed: String(isShown) });
        made.disabled = count === 0 && !isShown;
        made.style.setProperty("--busy", `${Math.round((100 * count) / busiest)}%`);
        return made;
      }),
    );
    return line;
  }

  #days() {
    const [year, month] = [this.#date.getFullYear(), this.#date.getMonth()];
    const offset = (new Date(year, month, 1).getDay() - FIRST_WEEKDAY + 7) % 7;
    const length = new Date(year, month + 1, 0).getDate();
    const table = element("table", "calendar-days");
    table.ariaLabel = longMonth.format(this.#date);
    const heads = Array.from({ length: 7 }, (_, n) => element("th", "", weekday.format(new Date(2024, 0, FIRST_WEEKDAY + n))));
    table.createTHead().insertRow().append(...heads);
    const body = table.createTBody();
    for (let day = 1 - offset; day <= length; day += 7) {
      const row = body.insertRow();
      for (let n = day; n < day + 7; n++) row.insertCell().append(...(n >= 1 && n <= length ? [this.#day(n)] : []));
    }
    return table;
  }

  #day(day) {
    const date = new Date(this.#date.getFullYear(), this.#date.getMonth(), day);
    const made = button(String(day), "", () => this.#go(date));
    made.ariaLabel = longDay.format(date);
    made.tabIndex = day === this.#date.getDate() ? 0 : -1;
    if (date.toDateString() === new Date().toDateString()) made.ariaCurrent = "date";
    return made;
  }

  #move(year, month, day) {
    const last = new Date(year, month + 1, 0).getDate();
    this.#date = new Date(year, month, Math.min(day, last));
    const focused = document.activeElement.closest?.(".calendar > *");
    const place = focused && [...focused.querySelectorAll("button")].indexOf(document.activeElement);
    const className = focused?.className;
    this.#show();
    this.#view.querySelectorAll(`.${className || "none"} button`)[place]?.focus();
  }

  #focusDay() {
    this.#view.querySelector('.calendar-days [tabindex="0"]')?.focus();
  }

  #onKey(event) {
    if (!event.target.closest(".calendar-days")) return;
    const { key } = event;
    const [year, month, day] = [this.#date.getFullYear(), this.#date.getMonth(), this.#date.getDate()];
    if (key in DAY_STEPS) this.#date = new Date(year, month, day + DAY_STEPS[key]);
    else if (key in MONTH_STEPS) this.#move(year, month + MONTH_STEPS[key], day);
    else return;
    event.preventDefault();
    this.#show();
    this.#focusDay();
  }

  #go(date) {
    const parts = [String(date.getFullYear()).padStart(4, "0"), String(date.getMonth() + 1).padStart(2, "0"), String(date.getDate()).padStart(2, "0")];
    byId("jump-at").value = parts.join("-");
    this.#form.requestSubmit();
  }
}
