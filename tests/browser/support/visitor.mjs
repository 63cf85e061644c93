// Somebody in a browser of their own: what they do in the page, and what the page then shows.

import assert from "node:assert/strict";
import { until } from "../../clients/support/until.mjs";

const SHOWN_WITHIN_MS = 15_000;

/** The rows of the history, top to bottom, and what has no id yet. */
function readRows() {
  return [...document.querySelectorAll("#history li.message")].map((row) => ({
    id: Number(row.dataset.id),
    author: row.dataset.author,
    body: row.querySelector(".message-body")?.textContent ?? null,
    edited: row.querySelector(".message-edited") !== null,
    deleted: row.classList.contains("message-deleted"),
  }));
}

export class Visitor {
  /** What went against the page's own policy, left the server's origin or was thrown in the page: all of it is wrong. */
  offences = [];

  static async open(browser, server, options = {}) {
    const visitor = new Visitor();
    visitor.server = server;
    visitor.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    visitor.page = await visitor.context.newPage();
    await visitor.#watch(options.javaScriptEnabled !== false);
    return visitor;
  }

  /** The path of the page, as the server knows it. */
  get path() {
    const { origin, pathname } = new URL(this.page.url());
    return (origin + pathname).slice(this.server.url.length);
  }

  /** Another tab of the same browser, at the same place or another. */
  async anotherTab(path = this.path) {
    const tab = new Visitor();
    Object.assign(tab, { server: this.server, context: this.context, handle: this.handle, offences: this.offences });
    tab.page = await this.context.newPage();
    await tab.#watch(true);
    await tab.goto(path);
    return tab;
  }

  async #watch(withScripts) {
    const { page, server } = this;
    page.setDefaultTimeout(SHOWN_WITHIN_MS);
    page.on("pageerror", (error) => this.offences.push(`thrown: ${error.stack ?? error}`));
    page.on("console", (message) => {
      if (/content.security.policy/i.test(message.text())) this.offences.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${server.url}/`)) this.offences.push(`asked elsewhere: ${request.url()}`);
    });
    if (!withScripts) return;
    await page.exposeFunction("reportViolation", (violation) => this.offences.push(violation));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
      );
    });
  }

  goto(path) {
    return this.page.goto(this.server.url + path);
  }

  /** Comes in through the page that asks for a name. */
  async join(handle, path = "/rooms/general") {
    this.handle = handle;
    await this.goto(`/join?next=${encodeURIComponent(path)}`);
    await this.page.fill("#handle", handle);
    await this.page.click("form[action='join'] button");
    await this.page.waitForURL(({ origin, pathname }) => origin + pathname === this.server.url + path);
  }

  /** Ends the session as from another place, where `server` is reached. */
  async signOutElsewhere(server) {
    const cookies = await this.context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${server.url}/signout`, { method: "POST", headers: { cookie }, redirect: "manual" });
    assert.equal(answer.status, 303);
  }

  get composer() {
    return this.page.locator("#body");
  }

  /** Writes and sends as with a keyboard. */
  async say(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  rows() {
    return this.page.evaluate(readRows);
  }

  /** Waits until the rows fulfil `condition`; says what was shown where they do not. */
  async sees(what, condition, within = SHOWN_WITHIN_MS) {
    let rows = [];
    return until(
      () => `${this.handle} sees ${what}; shown: ${JSON.stringify(rows.slice(-8))}`,
      async () => condition((rows = await this.rows())),
      within,
    );
  }

  async seesText(text, within) {
    await this.sees(`"${text}"`, (rows) => rows.filter((row) => row.body === text).length === 1, within);
  }

  /** The page holds exactly this history: nothing missing, nothing double, in order. */
  async seesHistory(history, within = SHOWN_WITHIN_MS) {
    const expected = history.map(({ id, body }) => `${id} ${body ?? null}`);
    let shown = [];
    const firstFault = () => expected.findIndex((row, n) => row !== shown[n]);
    await until(
      () => `${this.handle} sees ${expected.length} messages, and no others: ${shown.length} are shown; the first that differs is "${shown[firstFault()]}" in place of "${expected[firstFault()]}"`,
      async () => {
        shown = (await this.rows()).map(({ id, body }) => `${id} ${body}`);
        return shown.length === expected.length && firstFault() < 0;
      },
      within,
    );
  }

  /** Leaves a mark that does not survive a reload. */
  mark() {
    return this.page.evaluate(() => void (window.markOfTheTest = "here since"));
  }

  wasNotReloaded() {
    return this.page.evaluate(() => window.markOfTheTest === "here since");
  }

  async status() {
    return (await this.page.locator("#status").textContent()).trim();
  }

  close() {
    return this.context.close();
  }
}
