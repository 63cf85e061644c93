// The frame that all pages share: the list of rooms, the room's menu, keys, and who is online.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

process.env.BACKSCROLL_AWAY_AFTER = "1"; // seconds, so that nobody waits long for somebody to be away

describe("the frame that all pages share", { timeout: 180_000 }, () => {
  const here = stage();
  let bot;

  async function somebody(handle, options) {
    bot ??= await Person.join(here.server, "bot");
    const { slug } = await bot.createRoom({ name: `Room of ${handle}` });
    const visitor = await here.visitor(options);
    await visitor.join(handle);
    await bot.ask("PUT", `/api/v1/rooms/${slug}/members/${handle}`);
    await link(visitor, slug).waitFor();
    return { visitor, slug, page: visitor.page };
  }

  const link = (visitor, room) => visitor.page.locator(`#sidebar .room-link[data-room="${room}"]`);
  const sectionOf = (visitor, room) => link(visitor, room).evaluate((link) => link.closest("section").dataset.section);
  const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());

  it("every page is live: what waits comes first in the list, and counts in the title", async () => {
    const { visitor, slug, page } = await somebody("ann");
    for (const path of ["/account", "/rooms", "/people", "/people/bot", "/direct/new"]) {
      await visitor.goto(path);
      await link(visitor, slug).waitFor();
      assert.equal(await sectionOf(visitor, slug), "rooms", path);
      const title = await page.title();
      await bot.post(`@ann, from ${path}`, slug);
      await until(`${path} shows it`, async () => (await sectionOf(visitor, slug)) === "waiting");
      await until(`${path} counts it`, async () => (await page.title()) === `(1) ${title}`);
      await page.request.put(`${here.server.url}/api/v1/rooms/${slug}/read`, { data: { up_to: (await bot.history(slug)).at(-1).id } });
    }
  });

  it("the switcher opens on every page, with what is unread first, and finds rooms and people", async () => {
    const { visitor, slug, page } = await somebody("bert");
    await bot.post("@bert", slug);
    await visitor.goto("/account");
    await page.keyboard.press("Control+k");
    const found = page.locator(".switcher [role=option]");
    assert.equal(await found.first().getAttribute("data-room"), slug);
    await page.keyboard.type("bo");
    await found.filter({ hasText: "@bot" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".switcher[open]").waitFor({ state: "detached" });
    const { slug: foreign } = await bot.createRoom({ name: "Zebra crossing" });
    await page.keyboard.press("Control+k");
    await page.keyboard.type("zebra");
    await found.filter({ hasText: "Zebra crossing" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/rooms/${foreign}`);
  });

  it("a pill counts unread rooms beyond the edge, and leads there", async () => {
    const { visitor, slug, page } = await somebody("carl", { viewport: { width: 1280, height: 420 } });
    for (let n = 0; n < 14; n++) {
      const { slug: room } = await bot.createRoom({ name: `aaa ${n}` });
      await bot.ask("PUT", `/api/v1/rooms/${room}/members/carl`);
    }
    await visitor.goto("/rooms/aaa-0");
    await bot.post("unread", slug);
    const pill = page.locator(".edge-pill");
    await until("one is counted", async () => (await pill.isVisible()) && (await pill.textContent()) === "↓ 1 unread");
    await pill.click();
    await until("it is in sight", async () => !(await pill.isVisible()));
    assert.ok(await link(visitor, slug).evaluate((link) => link.getBoundingClientRect().bottom < innerHeight));
  });

  it("the room's menu is used by keys, and Escape leads back", async () => {
    const { page } = await somebody("dana");
    await page.locator(".room-menu-button").focus();
    await page.keyboard.press("Enter");
    await until("the first entry has the focus", async () => (await focused(page)).startsWith("Members"));
    for (const [key, entry] of [["ArrowDown", "Pinned messages"], ["End", "Leave room"], ["ArrowDown", "Members"], ["ArrowUp", "Leave room"], ["Home", "Members"], ["n", "Nothing"], ["r", "Room settings"]]) {
      await page.keyboard.press(key);
      assert.ok((await focused(page)).startsWith(entry), `${key}: ${await focused(page)}`);
    }
    await page.keyboard.press("Escape");
    assert.ok(await page.evaluate(() => document.activeElement.matches(".room-menu-button")));
  });

  it("the entries of the menu follow what one may do", async () => {
    const { visitor, slug, page } = await somebody("emma");
    await visitor.goto(`/rooms/${slug}`);
    const archive = page.locator("#room-menu .unless-archived");
    await page.click(".room-menu-button");
    assert.ok(!(await archive.isVisible()));
    await bot.ask("PUT", `/api/v1/rooms/${slug}/members/emma`, { role: "manager" });
    await archive.waitFor();
    await bot.ask("PATCH", `/api/v1/rooms/${slug}`, { archived: true });
    await page.locator("#room-menu .if-archived").waitFor();
  });

  it("a question mark lists the keys, but not where one writes", async () => {
    const { page } = await somebody("fred");
    await page.locator("#body").press("?");
    assert.equal(await page.locator("#body").inputValue(), "?");
    await page.locator("#body").fill("");
    await page.locator(".room-menu-button").focus();
    await page.keyboard.press("?");
    await page.locator(".keys[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".keys[open]").waitFor({ state: "detached" });
    assert.ok(await page.evaluate(() => document.activeElement.matches(".room-menu-button")));
  });

  it("a dot beside a conversation shows that the other person is online", async () => {
    const { visitor, page } = await somebody("gina");
    const { slug } = await (await bot.ask("POST", "/api/v1/direct", { handles: ["gina"] })).json();
    await bot.post("hello", slug);
    await link(visitor, slug).waitFor();
    const dot = link(visitor, slug).locator(".presence");
    await visitor.goto("/account");
    assert.equal(await sectionOf(visitor, slug), "waiting");
    assert.ok(!(await dot.isVisible()));
    const listening = new AbortController();
    const stream = await fetch(`${here.server.url}/api/v1/events`, { headers: { authorization: `Bearer ${bot.token}` }, signal: listening.signal });
    await dot.waitFor();
    listening.abort();
    await stream.body.cancel().catch(() => {});
    await dot.waitFor({ state: "hidden" });
    assert.ok(await page.locator("#sidebar-state").isVisible());
  });

  it("an admin bans the author of a message where it stands, and is asked first", async () => {
    const { page } = await somebody("ines");
    const rowdy = await Person.join(here.server, "rowdy");
    const { id } = await rowdy.post("shouting");
    here.server.command("user", "role", "ines", "admin", "--db", here.server.db);
    await page.goto(`${here.server.url}/rooms/general`);
    const row = page.locator(`#m${id}`);
    await row.hover();
    await row.locator(".actions .for-admin").click();
    await row.getByText("Ban @rowdy?").waitFor();
    await page.keyboard.press("Escape");
    await row.locator(".edit").waitFor({ state: "detached" });
    await row.hover();
    await row.locator(".actions .for-admin").click();
    await row.locator(".edit .danger").click();
    await until("the account is disabled", async () => (await rowdy.ask("GET", "/api/v1/me")).status === 401);
  });

  it("the page of a person says what time it is there", async () => {
    const { visitor, page } = await somebody("hana");
    await bot.ask("PATCH", "/api/v1/me", { time_zone: "Asia/Tokyo" });
    await visitor.goto("/people/bot");
    const time = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit" }).format(new Date());
    const shown = page.locator("[data-time-zone]");
    await until("it is the time there", async () => new RegExp(`${time}:\\d\\d local time`).test(await shown.textContent()));
  });
});
