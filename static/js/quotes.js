// Quotes: the line of a reply that quotes the first line of the message that it replies to, and leads to it.

import { blocks } from "./blocks.js";
import { byId } from "./dom.js";
import { request } from "./http.js";
import { excerpt, rowOf } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */

const FETCHED_LENGTH_MAX = 200; // characters

export class Quotes {
  #list;
  /** Quotes whose original is not on the page. It is fetched when the quote is seen. */
  #unseen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) this.#fetch(target);
  });

  /** @param {Element} list the history */
  constructor(list) {
    this.#list = list;
    list.addEventListener("click", (event) => this.#goToOriginal(event));
  }

  /**
   * Fills a quote from its original or, if that is not on the page, from the server.
   *
   * @param {HTMLAnchorElement} quote
   */
  fill(quote) {
    const original = originalOf(quote);
    if (original) quote.dataset.author = original.dataset.author;
    if (blocks.has(quote.dataset.author)) return void (quote.textContent = "");
    const text = original && excerpt(original);
    if (text && quote.textContent !== text) quote.textContent = text;
    else if (!original && !quote.textContent) this.#unseen.observe(quote);
  }

  /**
   * Fills all quotes of a message that is on the page.
   *
   * @param {Row} row
   */
  fillAllOf(row) {
    for (const quote of this.#allOf(row)) this.fill(quote);
  }

  /**
   * Updates the quotes of a message that changed. If its row is on the page, that row is at least as new.
   *
   * @param {Row} row
   */
  update(row) {
    if (blocks.has(row.dataset.author)) return;
    for (const quote of this.#allOf(row)) quote.textContent = excerpt(rowOf(row.dataset.id) ?? row);
  }

  /**
   * Updates the quotes of a user whose name changed, if their originals are not on the page.
   *
   * @param {{ handle: string, name: string }} user
   */
  rename({ handle, name }) {
    for (const quote of this.#list.querySelectorAll(`.message-quote[data-author="${CSS.escape(handle)}"]`)) {
      if (originalOf(quote) || quote.textContent.startsWith(`${name}: `)) continue;
      quote.textContent = "";
      this.fill(quote);
    }
  }

  /**
   * Copies the quote of a row to the one that is about to replace it.
   *
   * @param {Row} row
   * @param {Row} next
   */
  copy(row, next) {
    const [former, quote] = [row, next].map((one) => one.querySelector(".message-quote"));
    if (!former || !quote) return;
    quote.textContent = former.textContent;
    Object.assign(quote.dataset, former.dataset);
  }

  #allOf({ id }) {
    return this.#list.querySelectorAll(`.message-quote[href$="#${id}"]`);
  }

  /** If there is no answer, the original is fetched again when the row of the quote is decorated next. */
  async #fetch(quote) {
    this.#unseen.unobserve(quote);
    const response = await request(`api/v1/rooms/${byId("room").dataset.room}/messages/${quote.hash.slice(2)}`);
    const message = response?.ok && (await response.json().catch(() => null));
    if (!message) return;
    const { author, body } = message;
    const isOutdated = quote.textContent !== ""; // the original was changed or deleted meanwhile
    quote.dataset.author = author.handle;
    if (body === undefined || isOutdated || blocks.has(author.handle)) return;
    quote.textContent = `${author.name}: ${body.trim().split("\n")[0].slice(0, FETCHED_LENGTH_MAX)}`;
  }

  /** Scrolls to the original if it is on the page; otherwise the browser follows the link. */
  #goToOriginal(event) {
    const quote = event.target.closest(".message-quote");
    const original = quote && originalOf(quote);
    if (!original || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = quote.hash;
    original.scrollIntoView({ block: "center" });
    original.querySelector(".message-time").focus({ preventScroll: true });
  }
}

const originalOf = (quote) => byId(quote.hash.slice(1));
