// Rooms that come and go for a reader, and names that change: what the page makes of the events of the stream. The events
// are handed to the page's own stream, so that each of them comes alone.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

describe("what the stream says that a reader may see", { timeout: 120_000 }, () => {
  const here = stage();
  let bot;
  let nextId = 1_000_000; // beyond everything that the server says

  /** Somebody in a room of their own, whose stream can be spoken through. */
  async function somebody(handle) {
    bot ??= await Person.join(here.server, "bot");
    const { slug } = await bot.createRoom({ name: `room of ${handle}` });
    const visitor = await here.visitor();
    await visitor.context.addInitScript(() => {
      window.streams = [];
      window.EventSource = class extends EventSource {
        constructor(...options) {
          super(...options);
          window.streams.push(this);
        }
      };
    });
    await visitor.join(handle, `/rooms/${slug}`);
    await visitor.say(`${handle} is in`);
    await visitor.seesText(`${handle} is in`);
    await link(visitor, slug).and(visitor.page.locator("[data-notify]")).waitFor();
    await visitor.mark();
    return { visitor, slug };
  }

  const link = (visitor, room) => visitor.page.locator(`#sidebar .room-link[data-room="${room}"]`);

  /** Hands an event to the page as if it had come over its stream. */
  const tell = ({ page }, type, data) =>
    page.evaluate(
      ([type, data]) => {
        const options = { data: JSON.stringify(data), lastEventId: String(data.id ?? "") };
        window.streams.at(-1).dispatchEvent(new MessageEvent(type, options));
      },
      [type, { at: new Date().toISOString(), by: { handle: "bot", name: "bot" }, ...data }],
    );

  const statusIs = (visitor, text) => until(`the status is "${text}"`, async () => (await visitor.status()) === text);
  const LOST = "This room no longer exists, or you don’t have access.";

  it("a new name is shown in rows, quotes, members and one's own menu", async () => {
    const { visitor, slug } = await somebody("ann");
    const { page } = visitor;
    const asked = (await bot.history(slug)).find(({ body }) => body === "ann is in");
    await bot.post("I saw that", slug, { reply_to: asked.id });
    await visitor.seesText("I saw that");
    const quote = page.locator(".message-quote");
    assert.equal(await quote.textContent(), "ann: ann is in");
    await tell(visitor, "user", { id: nextId++, by: { handle: "ann", name: "Ann Lee" }, user: { handle: "ann", name: "Ann Lee" } });
    const author = page.locator(".message[data-author=ann] > .name").first();
    await until("it is in the row", async () => (await author.textContent()) === "Ann Lee");
    assert.equal(await author.getAttribute("title"), "@ann");
    assert.equal(await quote.textContent(), "Ann Lee: ann is in");
    assert.equal(await page.locator("#members [data-handle=ann]").textContent(), "Ann Lee");
    assert.equal(await page.locator(".sidebar-foot .name").textContent(), "Ann Lee");
    assert.equal(await page.locator(".message[data-author=bot] > .name").first().textContent(), "bot");
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a quote of a message that is far away has the new name, too", async () => {
    const { visitor, slug } = await somebody("berta");
    const { page } = visitor;
    const [asked] = (await bot.history(slug)).filter(({ body }) => body === "berta is in");
    await bot.postMany(200, "between", slug);
    const answer = await bot.post("an answer", slug, { reply_to: asked.id });
    await visitor.goto(`/rooms/${slug}/messages/${answer.id}`);
    await visitor.mark();
    const quote = page.locator(".message-quote");
    await until("it is quoted", async () => (await quote.textContent()) === "berta: berta is in");
    assert.equal(await page.locator(`#m${asked.id}`).count(), 0, "the message is not on the page");
    const renamed = await page.request.post(`${here.server.url}/account/name`, { form: { name: "Berta B" } });
    assert.ok(renamed.ok());
    await tell(visitor, "user", { id: nextId++, user: { handle: "berta", name: "Berta B" } });
    await until("the quote has the new name", async () => (await quote.textContent()) === "Berta B: berta is in");
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a room that was lost leaves the list, and its page says so until it is there again", async () => {
    const { visitor, slug } = await somebody("carla");
    const { page } = visitor;
    await page.route("**/rooms", (route) => route.abort()); // the server still has it
    await tell(visitor, "room-deleted", { id: nextId++, room: slug });
    await link(visitor, slug).waitFor({ state: "detached" });
    await statusIs(visitor, LOST);
    assert.deepEqual(await page.locator("#leave-room, #join-room, #notify").evaluateAll((forms) => forms.map(({ hidden }) => hidden)), [true, true, true]);
    await page.keyboard.press("Control+k");
    const found = page.locator(".switcher .room-link");
    await found.first().waitFor();
    assert.ok(!(await found.evaluateAll((links) => links.map(({ dataset }) => dataset.room))).includes(slug), "the switcher has it no more");
    await page.keyboard.press("Escape");
    await page.unroute("**/rooms");
    await bot.post("while it was lost", slug);
    await tell(visitor, "member", { id: nextId++, room: slug, handle: "carla", state: "joined" });
    await link(visitor, slug).waitFor();
    await statusIs(visitor, "");
    await visitor.seesText("while it was lost");
    assert.ok(await page.locator("#leave-room").evaluate(({ hidden }) => !hidden));
    assert.ok(await visitor.wasNotReloaded());
  });

  it("another room that was lost only leaves the list, and a new one comes", async () => {
    const { visitor } = await somebody("dora");
    const { slug: other } = await bot.createRoom({ name: "another room" });
    await bot.ask("PUT", `/api/v1/rooms/${other}/members/dora`);
    await link(visitor, other).waitFor();
    await visitor.page.route("**/rooms", (route) => route.abort());
    await tell(visitor, "room-deleted", { id: nextId++, room: other });
    await link(visitor, other).waitFor({ state: "detached" });
    assert.equal(await visitor.status(), "");
    await visitor.page.unroute("**/rooms");
    await tell(visitor, "room", { id: nextId++, room: other, room_info: { slug: other, name: "another room", topic: "" } });
    await link(visitor, other).waitFor();
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a stream that ends since all is gone is not opened again", async () => {
    const { visitor, slug } = await somebody("edda");
    const { page } = visitor;
    const opened = () => page.evaluate(() => window.streams.length);
    const before = await opened();
    await tell(visitor, "room-deleted", { id: nextId++, room: slug });
    await page.clock.install();
    await tell(visitor, "bye", { reason: "gone" });
    await statusIs(visitor, LOST);
    await page.clock.fastForward(120_000);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    assert.equal(await opened(), before);
    assert.equal(await page.evaluate(() => window.streams.at(-1).readyState), 2, "it is closed");
    assert.equal(await visitor.status(), LOST);
    assert.ok(await visitor.wasNotReloaded());
  });
});
