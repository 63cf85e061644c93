// The rail at the edge of the history: one tick for each month, as long as the month was busy, with the years beside it.
// It is a slider: dragging and the arrow keys choose a month, to which the history then goes.

import { monthName, monthNumber } from "./calendar.js";
import { t } from "./locale.js";

const MARGIN = 18; // px above the first and below the last month
const TICK_MIN = 4; // px
const TICK_MAX = 20; // px
const YEARS_APART = 16; // px between the years that are written
const FREE_MIN = 76; // px beside the text that years need
const GO_AFTER = 400; // ms after the last key
const MONTH_STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, PageUp: -12, PageDown: 12, Home: -Infinity, End: Infinity };

export class Rail {
  #history;
  #stage;
  #months;
  #byNumber;
  #first;
  #last;
  #element = document.createElement("div");
  #svg = svg("svg");
  #paths = Object.fromEntries(["all", "loaded", "newest", "here"].map((name) => [name, svg("path", { class: name })]));
  #flag = document.createElement("output");
  #current = 0; // number of the month that is read
  #loaded = ""; // the months of the rows that are loaded, as drawn
  #chosen = null; // number of the month that is dragged to, or chosen by keys
  #timer = null;

  /**
   * @param {import("./history.js").History} history
   * @param {HTMLElement} stage what the rail lies over
   * @param {import("./calendar.js").Month[]} months oldest first, at least two
   */
  constructor(history, stage, months) {
    this.#history = history;
    this.#stage = stage;
    this.#months = months;
    this.#byNumber = new Map(months.map((month) => [monthNumber(month.month), month]));
    this.#first = monthNumber(months[0].month);
    this.#last = monthNumber(months[months.length - 1].month);
    this.#current = this.#last;
    this.#build();
    new ResizeObserver(() => this.#draw()).observe(stage);
  }

  #build() {
    const rail = this.#element;
    Object.assign(rail, { className: "rail", role: "slider", tabIndex: 0, ariaLabel: t("months"), ariaOrientation: "vertical" });
    Object.assign(rail, { ariaValueMin: "0", ariaValueMax: String(this.#last - this.#first) });
    this.#flag.ariaHidden = this.#svg.ariaHidden = "true"; // the value says the same
    this.#svg.append(...Object.values(this.#paths));
    rail.append(this.#svg, this.#flag);
    rail.addEventListener("keydown", (event) => this.#onKey(event));
    rail.addEventListener("pointerdown", (event) => this.#onPress(event));
    rail.addEventListener("pointermove", (event) => this.#onMove(event));
    rail.addEventListener("pointerleave", () => this.#rest());
    rail.addEventListener("pointerup", () => this.#release());
    rail.addEventListener("pointercancel", () => this.#rest());
    rail.addEventListener("blur", () => this.#rest());
    this.#stage.append(rail);
  }

  /**
   * Shows where the reader is.
   *
   * @param {import("./rows.js").Row} row that is read
   * @param {ArrayLike<import("./rows.js").Row>} rows that are loaded
   * @param {boolean} isScrolling
   */
  show(row, rows, isScrolling) {
    const [from, to] = [rows[0], rows[rows.length - 1]].map((edge) => monthNumber(edge.dataset.at));
    this.#last = Math.max(this.#last, to);
    this.#current = monthNumber(row.dataset.at);
    this.#element.classList.toggle("scrolling", isScrolling);
    const day = Number(row.dataset.at.slice(8, 10)) - 1;
    const isNewest = this.#history.isLive && row === rows[rows.length - 1];
    this.#paths.here.setAttribute("d", isNewest ? "" : `M26 ${this.#y(this.#current + day / 31)}h-24`);
    const loaded = `${from} ${to}`;
    if (loaded !== this.#loaded) this.#paths.loaded.setAttribute("d", this.#ticks((number) => number >= from && number <= to));
    this.#loaded = loaded;
    if (this.#chosen === null) this.#setValue(this.#current);
  }

  // Drawing

  #draw() {
    this.#loaded = "";
    const { scroller } = this.#history;
    this.#element.style.setProperty("--scrollbar", `${scroller.offsetWidth - scroller.clientWidth}px`);
    const edge = this.#history.list.getBoundingClientRect().right;
    this.#element.classList.toggle("with-years", scroller.getBoundingClientRect().right - edge >= FREE_MIN);
    this.#paths.all.setAttribute("d", this.#ticks((number) => number < this.#last));
    this.#paths.newest.setAttribute("d", this.#ticks((number) => number === this.#last));
    this.#svg.querySelectorAll("text").forEach((year) => year.remove());
    let below = 0;
    for (let number = Math.ceil(this.#first / 12) * 12; number <= this.#last; number += 12) {
      const y = this.#y(number);
      if (y < below) continue;
      below = y + YEARS_APART;
      this.#svg.append(Object.assign(svg("text", { x: -6, y: y + 4 }), { textContent: number / 12 }));
    }
  }

  #ticks(isWanted) {
    const busiest = Math.max(...this.#months.map(({ messages }) => messages));
    const length = (messages) => Math.max(TICK_MIN, TICK_MAX * Math.sqrt(messages / busiest));
    const wanted = [...this.#byNumber].filter(([number]) => isWanted(number));
    return wanted.map(([number, { messages }]) => `M23 ${this.#y(number).toFixed(1)}h-${length(messages).toFixed(1)}`).join("");
  }

  get #height() {
    return this.#stage.clientHeight - 2 * MARGIN;
  }

  #y(number) {
    return MARGIN + (this.#height * (number - this.#first)) / Math.max(1, this.#last - this.#first);
  }

  /** Returns the month with messages that is nearest to a height in the window. */
  #monthAt(clientY) {
    const y = clientY - this.#stage.getBoundingClientRect().top - MARGIN;
    return this.#nearest(this.#first + Math.round((y / this.#height) * (this.#last - this.#first)));
  }

  #nearest(wanted) {
    const numbers = [...this.#byNumber.keys()];
    return numbers.reduce((best, number) => (Math.abs(number - wanted) <= Math.abs(best - wanted) ? number : best));
  }

  // Choosing

  #setValue(number) {
    Object.assign(this.#element, { ariaValueNow: String(number - this.#first), ariaValueText: monthName(number) });
    this.#flag.textContent = monthName(number);
    this.#flag.style.setProperty("translate", `0 calc(${this.#y(number)}px - 50%)`);
  }

  #choose(number) {
    this.#chosen = number;
    this.#setValue(number);
  }

  #rest() {
    this.#element.classList.remove("dragged");
    clearTimeout(this.#timer);
    this.#chosen = null;
    this.#setValue(this.#current);
  }

  #go() {
    const chosen = this.#chosen;
    this.#rest();
    if (chosen === null || chosen === this.#current) return;
    if (chosen === this.#last) this.#history.goToLatest();
    else this.#history.goToMessage(this.#byNumber.get(chosen).first);
  }

  #onPress(event) {
    if (event.button) return;
    event.preventDefault();
    this.#element.setPointerCapture(event.pointerId);
    this.#element.classList.add("dragged");
    this.#choose(this.#monthAt(event.clientY));
  }

  #onMove(event) {
    this.#choose(this.#monthAt(event.clientY));
  }

  #release() {
    if (this.#element.classList.contains("dragged")) this.#go();
  }

  #onKey(event) {
    if (event.key === "Enter") this.#go();
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : MONTH_STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.#chosen ?? this.#current;
    const numbers = [...this.#byNumber.keys()].filter((number) => (step < 0 ? number < from : number > from));
    const wanted = Math.max(this.#first, Math.min(this.#last, from + step));
    if (numbers.length > 0) {
      this.#choose(numbers.reduce((best, number) => (Math.abs(number - wanted) < Math.abs(best - wanted) ? number : best)));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#go(), GO_AFTER);
  }
}

function svg(name, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
