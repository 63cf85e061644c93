// What one can do with words: marks, code, quotes, reactions, changes, names, rooms.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

describe("writing", { timeout: 240_000 }, () => {
  const here = stage();

  /** Somebody in a room of their own, and a bot beside them. */
  async function scene(name, options, slug = name) {
    const bot = await Person.join(here.server, `${slug}bot`);
    await bot.createRoom({ slug, name });
    const visitor = await here.visitor(options);
    await visitor.join(name, `/rooms/${slug}`);
    const post = (body, more) => bot.post(body, slug, more);
    return { bot, visitor, page: visitor.page, post };
  }

  const row = (page, message) => page.locator(`#m${message.id}`);

  it("marks are shown, and where one is named is marked for oneself alone", async () => {
    const { page, post } = await scene("anna");
    const message = await post("**@Anna** and @annabell: `x < y` :tada:\n\n- one\n- two");
    const body = row(page, message).locator(".message-body");
    await body.waitFor();
    assert.deepEqual(await body.locator(".me").allTextContents(), ["@Anna"]);
    assert.equal(await body.locator("code").textContent(), "x < y");
    assert.equal(await body.locator("li").count(), 2);
    assert.ok((await body.textContent()).includes("🎉"));
    const other = await here.visitor();
    await other.join("another", "/rooms/anna");
    assert.equal(await row(other.page, message).locator(".me").count(), 0);
    assert.equal(await row(other.page, message).locator(".mention").count(), 2);
  });

  it("a name within a sentence without spaces is marked alone", async () => {
    const { page, post } = await scene("王五", {}, "wangwu");
    const message = await post("谢谢@王五，你好");
    assert.equal(await row(page, message).locator(".me").textContent(), "@王五");
    assert.equal(await row(page, message).locator(".message-body").textContent(), "谢谢@王五，你好");
  });

  it("code is copied with a button that a keyboard reaches and that is no part of the text", async () => {
    const { visitor, page, post } = await scene("coder", { permissions: ["clipboard-read", "clipboard-write"] });
    const message = await post("see:\n```\ncurl -N \"$url\"\n  | tail\n```");
    const copy = row(page, message).getByRole("button", { name: "Copy code" });
    await copy.focus();
    await page.keyboard.press("Enter");
    await until("the page says so", async () => (await visitor.status()) === "Copied");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "curl -N \"$url\"\n  | tail");
    assert.equal((await row(page, message).locator(".message-body").textContent()).trim(), "see:\ncurl -N \"$url\"\n  | tail");
  });

  it("the button that copies code covers none of it", async () => {
    for (const [handle, options] of [["tapper", { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true }], ["pointer", {}]]) {
      const { page, post } = await scene(handle, options);
      const message = await post(`\`\`\`\n${"a line that goes on ".repeat(20)}\n\`\`\``);
      const copy = row(page, message).getByRole("button", { name: "Copy code" });
      await copy.waitFor({ state: "attached" });
      const gap = await copy.evaluate((copy) => copy.getBoundingClientRect().left - copy.previousSibling.getBoundingClientRect().right);
      assert.ok(gap >= 0, `it reaches ${-gap} px into the code of ${handle}`);
    }
  });

  it("an answer quotes what it answers, also where that is not on the page, and leads there", async () => {
    const { bot, visitor, page, post } = await scene("quoter");
    const first = await post("long ago\nand more");
    for (let n = 0; n < 60; n++) await post(`line ${n}`);
    const near = await post("close by");
    const answers = [await post("to the far one", { reply_to: first.id }), await post("to the near one", { reply_to: near.id })];
    await page.reload();
    await visitor.mark();
    assert.equal(await row(page, first).count(), 0);
    const quotes = answers.map((answer) => row(page, answer).locator(".message-quote"));
    await quotes[0].filter({ hasText: /^quoterbot: long ago$/ }).waitFor();
    await quotes[1].filter({ hasText: /^quoterbot: close by$/ }).waitFor();
    await bot.edit(first.id, "long since", "quoter");
    await quotes[0].filter({ hasText: /^quoterbot: long since$/ }).waitFor();
    await bot.react(answers[0].id, "👀", "quoter");
    await row(page, answers[0]).locator(".reaction").waitFor();
    assert.equal(await quotes[0].textContent(), "quoterbot: long since");
    await quotes[1].click();
    await page.waitForURL((url) => url.hash === `#m${near.id}`);
    assert.ok(await visitor.wasNotReloaded());
    await quotes[0].click();
    await page.waitForURL((url) => url.pathname.endsWith(`/messages/${first.id}`));
    await row(page, first).waitFor();
    await page.goto(`${here.server.url}/rooms/quoter`);
    await quotes[0].filter({ hasText: /^quoterbot: long since$/ }).waitFor();
    await bot.delete(first.id, "quoter");
    await until("deleted text is gone from what quotes it", async () => !(await quotes[0].textContent()).includes("long since"));
  });

  it("a reaction is put and taken back with a click, and any emoji is found by its name", async () => {
    const { page, post } = await scene("reactor");
    const message = await post("react to this");
    const message2 = await post("and to this");
    await row(page, message).hover();
    await page.getByRole("button", { name: "React with ❤️" }).click();
    const heart = row(page, message).locator(".reaction.mine");
    await heart.waitFor();
    assert.equal(await heart.getAttribute("title"), "reactor");
    await heart.click();
    await heart.waitFor({ state: "detached" });

    const more = page.getByRole("button", { name: "React with any emoji" });
    await row(page, message).hover();
    await more.click();
    await page.getByPlaceholder("Find an emoji").fill("information source");
    await page.locator(".picker-grid button").first().and(page.getByTitle("information source")).waitFor();
    await page.keyboard.press("Enter");
    await row(page, message).locator(".reaction.mine", { hasText: "ℹ️" }).waitFor();

    await row(page, message2).hover();
    await more.click();
    await page.locator(".picker-grid button").first().filter({ hasText: "ℹ️" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await row(page, message2).locator(".reaction.mine").waitFor();
    assert.equal(await page.locator(".picker:popover-open").count(), 0);
    const strays = await page.evaluate(() => Object.keys(localStorage).filter((key) => !key.startsWith("backscroll/")));
    assert.deepEqual(strays, [], "what signing out would leave behind");
  });

  it("one changes one's last message with the arrow key, in its place", async () => {
    const { visitor, page, post } = await scene("editor");
    await visitor.say("my frist *words*");
    await visitor.sees("them", (rows) => rows.some(({ id, body }) => id && body === "my frist words"));
    await post("somebody else's");
    await visitor.composer.press("ArrowUp");
    const field = page.getByLabel("Your message");
    await field.waitFor();
    assert.equal(await field.inputValue(), "my frist *words*");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    await visitor.composer.and(page.locator(":focus")).waitFor();

    await page.keyboard.press("ArrowUp");
    await field.fill("my first *words*");
    await field.press("Enter");
    await visitor.sees("the change", (rows) => rows.some(({ body, edited }) => edited && body === "my first words"));
    await field.waitFor({ state: "detached" });
  });

  it("a double click opens one text to change, not two", async () => {
    const { visitor, page } = await scene("twice");
    await visitor.say("to be changed");
    await visitor.sees("it", (rows) => rows.some(({ id, body }) => id && body === "to be changed"));
    const asked = [];
    await page.route("**/api/v1/rooms/twice/messages/*", (route) => {
      asked.push(route);
      if (asked.length >= 2) asked.forEach((each) => each.continue());
    });
    await page.locator("#history .message.mine").hover();
    await page.getByRole("link", { name: "Edit", exact: true }).dblclick();
    const field = page.getByLabel("Your message");
    await field.fill("changed once");
    await page.unroute("**/api/v1/rooms/twice/messages/*");
    await field.press("Enter");
    await visitor.sees("the change", (rows) => rows.some(({ edited, body }) => edited && body.startsWith("changed once")));
    await page.locator(".edit").waitFor({ state: "detached" });
  });

  it("a message that was deleted meanwhile is not opened, and the page says so", async () => {
    const { visitor, page } = await scene("late");
    await visitor.say("gone in a moment");
    await visitor.sees("it", (rows) => rows.some(({ id }) => id));
    await page.route("**/api/v1/rooms/late/messages/*", (route) => route.fulfill({ json: { deleted_at: "2026-11-27T12:00:00.000Z" } }));
    await visitor.composer.press("ArrowUp");
    await until("it says so", async () => (await visitor.status()).includes("Nothing was changed"));
    assert.equal(await page.locator(".edit").count(), 0);
  });

  it("a text in change survives what happens to its row, and a refusal", async () => {
    const { bot, visitor, page } = await scene("keeper");
    await visitor.say("to be changed");
    await visitor.sees("it", (rows) => rows.some(({ id, body }) => id && body === "to be changed"));
    const { id } = (await visitor.rows()).find(({ body }) => body === "to be changed");
    await visitor.composer.press("ArrowUp");
    const field = page.getByLabel("Your message");
    await field.fill("half of a new te");
    await bot.react(id, "👀", "keeper");
    await page.locator(`#m${id} .reaction`).waitFor();
    assert.equal(await field.inputValue(), "half of a new te");
    await page.keyboard.type("xt");
    assert.equal(await field.inputValue(), "half of a new text");
    await field.fill(" ");
    await field.press("Enter");
    await page.locator(".edit .error").filter({ hasText: "rite something" }).waitFor();
    assert.equal(await field.inputValue(), " ");
  });

  it("a change that was begun is still there after a reload, until it is saved or given up", async () => {
    const { visitor, page } = await scene("reloader");
    await visitor.say("to be changed");
    await visitor.sees("it", (rows) => rows.some(({ id, body }) => id && body === "to be changed"));
    const field = page.getByLabel("Your message");
    const beginAndReload = async (text) => {
      await visitor.composer.press("ArrowUp");
      await field.fill(text);
      await page.reload();
      await field.waitFor();
      assert.equal(await field.inputValue(), text);
    };
    await beginAndReload("changed");
    await field.press("Enter");
    await visitor.sees("the change", (rows) => rows.some(({ body, edited }) => edited && body === "changed"));
    await beginAndReload("given up");
    await field.press("Escape");
    await page.reload();
    await visitor.composer.press("ArrowUp");
    await field.waitFor();
    assert.equal(await field.inputValue(), "changed");
  });

  it("a change that is on its way loses nothing that is typed meanwhile, and takes the focus from nothing", async () => {
    const { visitor, page } = await scene("hasty");
    for (const text of ["the one", "the other"]) await visitor.say(text);
    await visitor.sees("both", (rows) => rows.filter(({ id }) => id).length === 2);
    let letGo = null;
    await page.route("**/messages/*", async (route) => {
      if (route.request().method() === "PATCH") await new Promise((resolve) => (letGo = resolve));
      await route.continue();
    });
    const save = async () => {
      letGo = null;
      await page.keyboard.press("Enter");
      await until("it is on its way", () => letGo);
    };
    const [one, other] = await Promise.all(["the one", "the other"].map(async (text) => `#m${(await visitor.rows()).find(({ body }) => body === text).id}`));
    const field = page.locator(`${other} textarea`);
    await visitor.composer.press("ArrowUp");
    await field.fill("changed");
    await save();
    await page.keyboard.type(" and more");
    letGo();
    await visitor.sees("the change", (rows) => rows.some(({ body, edited }) => edited && body.startsWith("changed")));
    assert.equal(await field.inputValue(), "changed and more");
    await until("it can be saved", () => page.locator(`${other} .edit[aria-busy=false]`).count());
    await save();
    await page.locator(one).hover();
    await page.locator(`${one} .actions`).getByText("Edit").click();
    await page.locator(`${one} textarea`).waitFor();
    letGo();
    await field.waitFor({ state: "detached" });
    await page.keyboard.type(" goes on");
    assert.equal(await page.locator(`${one} textarea`).inputValue(), "the one goes on");
    assert.equal(await visitor.composer.inputValue(), "");
  });

  it("one deletes a message where it stands, once one has said so twice", async () => {
    const { visitor, page } = await scene("deleter");
    await visitor.say("a slip");
    await visitor.sees("it", (rows) => rows.some(({ id, body }) => id && body === "a slip"));
    await page.locator("#history .message", { hasText: "a slip" }).hover();
    await page.locator(".actions").getByText("Delete").click();
    await page.locator(".edit-delete").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".edit-delete").waitFor({ state: "detached" });
    await page.locator("#history .message", { hasText: "a slip" }).hover();
    await page.locator(".actions").getByText("Delete").click();
    await page.locator(".edit-delete").getByRole("button", { name: "Delete" }).click();
    await page.locator("#history .message-deleted").waitFor();
  });

  it("names of people and emoji are completed with keys and with the mouse", async () => {
    const { visitor, page } = await scene("speller");
    for (const handle of ["zoe", "zoltan"]) {
      const person = await Person.join(here.server, handle);
      await person.post("hello", "speller");
    }
    await visitor.sees("both", (rows) => rows.length === 2);
    const field = visitor.composer;
    const names = page.getByRole("listbox");
    const options = names.getByRole("option");
    await field.pressSequentially("so @zo");
    await options.nth(1).waitFor();
    assert.equal(await field.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await field.inputValue(), "so @zoltan ");
    await field.pressSequentially("and @ZO");
    await options.filter({ hasText: "@zoe" }).click();
    assert.equal(await field.inputValue(), "so @zoltan and @zoe ");
    await field.pressSequentially(":tad");
    await options.first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await field.inputValue(), "so @zoltan and @zoe 🎉 ");
    await field.pressSequentially("@zo");
    await options.first().waitFor();
    await page.keyboard.press("Escape");
    await names.waitFor({ state: "detached" });
    assert.equal(await field.getAttribute("aria-activedescendant"), null);
    await page.keyboard.press("Enter");
    await visitor.seesText("so @zoltan and @zoe 🎉 @zo");
    await field.pressSequentially("all of it @zoe");
    await page.keyboard.press("Enter");
    await visitor.seesText("all of it @zoe");
    await field.fill("for , and more");
    await field.evaluate((element) => element.setSelectionRange(4, 4));
    await field.pressSequentially("@zo");
    await options.first().waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await visitor.seesText("for @zo, and more");
  });

  it("Ctrl K leads to another room by its name", async () => {
    const { bot, page } = await scene("switcher");
    await bot.createRoom({ slug: "tea-house", name: "Tea house" });
    await page.reload();
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog", { name: "Jump to…" });
    await dialog.getByRole("combobox").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: /Jump to…/ }).click();
    await dialog.getByRole("combobox").pressSequentially("TEA");
    await dialog.getByRole("group", { name: "Rooms" }).getByRole("option", { name: "Tea house", selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/rooms/tea-house");
    await page.locator("#body:focus").waitFor();
  });
});
