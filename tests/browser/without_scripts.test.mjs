// Everything that matters works with links and forms alone.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { stage } from "./support/stage.mjs";

describe("without JavaScript", { timeout: 120_000 }, () => {
  const here = stage();

  async function somebody(handle, path) {
    const visitor = await here.visitor({ javaScriptEnabled: false });
    await visitor.join(handle, path);
    return visitor;
  }

  const bodies = (visitor) => visitor.page.locator("#history li.message .message-body").allTextContents();
  const row = (visitor, text) => visitor.page.locator("#history li.message", { hasText: text });

  async function send(visitor, text) {
    await visitor.composer.fill(text);
    await visitor.page.click("#composer button[type=submit]");
  }

  it("one joins, writes, and sees it", async () => {
    const ann = await somebody("ann");
    await send(ann, "hello\nin two lines, <i>plainly</i>");
    assert.deepEqual(await bodies(ann), ["hello\nin two lines, <i>plainly</i>"]);
    await ann.page.reload();
    assert.equal((await bodies(ann)).length, 1, "loading the page again posts nothing");
  });

  it("a text that is refused stays, and nothing takes it away", async () => {
    const visitor = await somebody("wordy");
    const refresh = visitor.page.locator("meta[http-equiv=refresh]");
    assert.equal(await refresh.count(), 1, "the page comes anew by itself");
    const text = "long ".repeat(2000);
    await send(visitor, text);
    await visitor.page.locator("#error").filter({ hasText: "8,000 characters" }).waitFor();
    assert.equal(await visitor.composer.inputValue(), text);
    assert.equal(await refresh.count(), 0, "and would throw it away");
  });

  it("sending the same form twice posts once", async () => {
    const visitor = await somebody("twice");
    const form = { body: "only once", nonce: await visitor.page.inputValue("#composer input[name=nonce]") };
    const address = `${here.server.url}/rooms/general/messages`;
    for (const _ of [1, 2]) assert.ok((await visitor.page.request.post(address, { form })).ok());
    await visitor.page.reload();
    assert.equal((await bodies(visitor)).filter((body) => body === "only once").length, 1);
  });

  it("one changes and deletes what one wrote", async () => {
    const visitor = await somebody("editor");
    await send(visitor, "befoer");
    await row(visitor, "befoer").locator(".message-time").click();
    await visitor.page.click("text=Edit or delete");
    await visitor.page.fill("#body", "before");
    await visitor.page.click("button:text-is('Save')");
    assert.equal(await row(visitor, "before").locator(".message-edited").count(), 1);

    await visitor.goto("/rooms/general");
    await row(visitor, "before").locator(".message-time").click();
    await visitor.page.click("text=Edit or delete");
    await visitor.page.click("button:text('Delete message')");
    await visitor.goto("/rooms/general");
    assert.ok(!(await bodies(visitor)).includes("before"));
    assert.ok((await visitor.page.locator("li.message-deleted").count()) > 0, "its place stays");
  });

  it("an answer quotes what it answers", async () => {
    const visitor = await somebody("asker");
    await send(visitor, "is it true?");
    const bot = await Person.join(here.server, "answerer");
    const { id } = (await bot.history()).at(-1);
    await bot.post("it is", "general", { reply_to: id });
    await visitor.page.reload();
    assert.equal(await row(visitor, "it is").last().locator(".message-quote").textContent(), "asker: is it true?");
  });

  it("one makes a room and writes in it", async () => {
    const visitor = await somebody("maker", "/rooms/new");
    await visitor.page.fill("#name", "Tea & Cake");
    await visitor.page.click("button:text('Create room')");
    await visitor.page.waitForURL(/\/rooms\/tea/);
    await send(visitor, "the kettle is on");
    assert.deepEqual(await bodies(visitor), ["the kettle is on"]);
    await visitor.goto("/rooms");
    assert.ok(await visitor.page.locator("main").getByText("Tea & Cake").isVisible());
  });

  it("one pages back to the first message and forward to the last, and misses none", async () => {
    const bot = await Person.join(here.server, "bot");
    await bot.createRoom({ slug: "long", name: "Long" });
    for (let n = 1; n <= 120; n++) await bot.post(`number ${n}`, "long");
    const visitor = await somebody("reader", "/rooms/long");

    const expected = Array.from({ length: 120 }, (_, n) => `number ${n + 1}`);
    const turn = (link) => Promise.all([visitor.page.waitForEvent("load"), visitor.page.click(link)]);
    let back = await bodies(visitor);
    while (await visitor.page.locator("#older").count()) {
      await turn("#older");
      back = [...(await bodies(visitor)), ...back];
    }
    assert.deepEqual(back, expected);
    const forward = await bodies(visitor);
    while (await visitor.page.locator("#newer").count()) {
      await turn("#newer");
      forward.push(...(await bodies(visitor)));
    }
    assert.deepEqual(forward, expected);
  });

  it("a link to a message shows it marked, in its surroundings", async () => {
    const bot = await Person.join(here.server, "linker");
    await bot.createRoom({ slug: "links", name: "Links" });
    const posted = [];
    for (let n = 1; n <= 70; n++) posted.push(await bot.post(`line ${n}`, "links"));
    const wanted = posted[34];
    const visitor = await somebody("follower", `/rooms/links/messages/${wanted.id}`);
    assert.equal(await visitor.page.locator(`li.here + li.message`).getAttribute("data-id"), String(wanted.id));
    const shown = await bodies(visitor);
    assert.ok(shown.includes("line 30") && shown.includes("line 40"), "what stands around it is there");
    assert.ok(await visitor.page.locator(`#m${wanted.id}`).isVisible());
  });

  it("one signs out, and is asked for a name again", async () => {
    const visitor = await somebody("leaver");
    await visitor.page.click("#sidebar a[href='account']");
    await visitor.page.click("a[href='signout']");
    await visitor.page.click("button:text('Sign out of this browser')");
    await visitor.goto("/rooms/general");
    assert.equal(await visitor.composer.count(), 0);
  });
});
