// One person on many devices, each of which came in by another way.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "../clients/support/until.mjs";
import { Authenticator } from "./support/authenticator.mjs";
import { stage } from "./support/stage.mjs";

const PASSWORD = "two cups, one spoon";
const ROOM = "/rooms/general";
const AT_ONCE_MS = 1000;

/** A stream of everything that somebody may see, read as it comes. */
class RawStream {
  said = "";

  static async open(url, headers) {
    const stream = new RawStream();
    const answer = await fetch(`${url}/api/v1/events`, { headers });
    assert.equal(answer.status, 200);
    stream.#read(answer.body.pipeThrough(new TextDecoderStream()));
    await until("the stream says hello", () => stream.said.includes("event: hello"));
    return stream;
  }

  async #read(texts) {
    try {
      for await (const text of texts) this.said += text;
    } catch {
      // cut off, at the end of the test
    }
  }

  get hasEnded() {
    return this.said.includes("event: bye");
  }
}

describe("one person", { timeout: 120_000 }, () => {
  const here = stage();

  const byName = () => ({ url: here.server.url.replace("127.0.0.1", "localhost") });

  async function device() {
    const visitor = await here.visitor({}, byName());
    visitor.handle = "ann";
    return visitor;
  }

  /** What the device's browser would send. */
  async function headersOf({ context }) {
    const cookies = await context.cookies();
    return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
  }

  const isIn = (page) => page.waitForURL((url) => url.pathname === ROOM);

  async function withPassword() {
    const laptop = await device();
    const { page } = laptop;
    await laptop.join("ann");
    await laptop.goto("/account");
    await page.fill("#new", PASSWORD);
    await page.click("form[action='account/password'] button");
    await page.locator("#old").waitFor();
    await page.context().clearCookies();
    await laptop.goto(`/sign-in?next=${ROOM}`);
    await page.fill("#handle", "ann");
    await page.fill("#password", PASSWORD);
    await page.press("#password", "Enter");
    await isIn(page);
    return laptop;
  }

  async function byLinkOf({ page }) {
    await page.goto(`${byName().url}/account`);
    await page.click("form[action='account/device'] button");
    await page.locator("svg.qr-code").waitFor();
    const link = await page.locator("main a[href*='/device/']").getAttribute("href");
    const phone = await device();
    await phone.page.goto(link);
    await phone.page.click("main form button");
    await phone.page.waitForURL((url) => !url.pathname.startsWith("/device/"));
    await phone.goto(ROOM);
    return phone;
  }

  /** The laptop's passkey is synchronised to the tablet. */
  async function byPasskeyOf(laptop) {
    const { page } = laptop;
    const authenticator = await Authenticator.of(laptop);
    await laptop.goto("/account");
    await page.click("#add-passkey summary");
    await page.fill("#passkey_name", "Synchronised");
    await page.fill("#passkey_password", PASSWORD);
    await page.click("#add-passkey button");
    await page.locator("#passkeys li", { hasText: "Synchronised" }).waitFor();
    const tablet = await device();
    const copy = await Authenticator.of(tablet);
    for (const credential of await authenticator.credentials()) await copy.add(credential);
    await tablet.goto(`/sign-in?next=${ROOM}`);
    await isIn(tablet.page);
    return tablet;
  }

  async function botOf({ page }) {
    await page.goto(`${byName().url}/account`);
    await page.click("summary:has-text('New token')");
    await page.fill("#token_name", "Bot");
    await page.click("form[action='account/tokens'] button");
    const token = await page.locator(".secret").textContent();
    return { authorization: `Bearer ${token.trim()}` };
  }

  it("ends the phone's session on the laptop: its stream says bye within a second, and the others go on", async () => {
    const laptop = await withPassword();
    const phone = await byLinkOf(laptop);
    const tablet = await byPasskeyOf(laptop);
    const bot = await botOf(laptop);
    const others = [await headersOf(laptop), await headersOf(tablet), bot];
    const streams = await Promise.all(others.map((headers) => RawStream.open(byName().url, headers)));
    const stream = await RawStream.open(byName().url, await headersOf(phone));
    await phone.say("from the phone");
    await tablet.seesText("from the phone");

    await laptop.goto("/account");
    const { sessions } = await (await phone.page.request.get(`${byName().url}/api/v1/me/sessions`)).json();
    const { id } = sessions.find(({ current }) => current);
    await laptop.page.click(`li[data-session='${id}'] button`);
    const ended = Date.now();
    await until("the phone's stream says bye", () => stream.hasEnded);
    assert.ok(Date.now() - ended < AT_ONCE_MS, `after ${Date.now() - ended} ms`);
    await until("the phone's page says so", async () => /signed out/i.test(await phone.status()));
    const again = await fetch(`${byName().url}/api/v1/me`, { headers: await headersOf(phone) });
    assert.equal(again.status, 401);

    const posted = await fetch(`${byName().url}/api/v1/rooms/general/messages`, {
      method: "POST",
      headers: { ...bot, "content-type": "application/json" },
      body: JSON.stringify({ body: "from the bot" }),
    });
    assert.equal(posted.status, 201);
    await tablet.seesText("from the bot");
    await laptop.goto(ROOM);
    await laptop.seesText("from the bot");
    await until("all other streams go on", () => streams.every(({ said }) => said.includes("from the bot")));
    assert.ok(streams.every(({ hasEnded }) => !hasEnded));
  });
});
