// A server that is reached below a path: what a page does, it does there. `Visitor` fails a test whose page asks for anything
// outside of it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const PASSWORD = "wooden spoon, two cups";

describe("below a path", { timeout: 120_000 }, () => {
  const here = stage("--base-path", "/team/chat");

  it("one joins, posts, edits and reads what others write, live", async () => {
    const [ann, bob] = [await here.visitor(), await here.visitor()];
    await ann.goto("/");
    assert.equal(ann.path, "/join");
    for (const [visitor, handle] of [[ann, "ann"], [bob, "bob"]]) {
      await visitor.join(handle);
      await visitor.mark();
    }
    await ann.say("first");
    await bob.seesText("first");
    const [{ id }] = (await bob.rows()).filter(({ body }) => body === "first");
    await (await Person.join(here.server, "relay")).react(id, "👍");
    await bob.page.click(`#m${id} .reaction`);
    const reaction = ann.page.locator(`#m${id} .reaction`);
    await until("bob has reacted, too", async () => (await reaction.textContent()).includes("2"));
    const tab = await ann.anotherTab();
    await tab.say("from another tab");
    for (const visitor of [ann, bob]) await visitor.seesText("from another tab");
    for (const visitor of [ann, bob]) assert.ok(await visitor.wasNotReloaded());
  });

  it("one leafs through the history, follows links and comes back", async () => {
    const past = await Person.join(here.server, "past");
    await past.postMany(120, "past");
    const visitor = await here.visitor();
    await visitor.join("reader");
    const shown = (await visitor.rows()).length;
    await visitor.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
    await until("older rows are loaded", async () => (await visitor.rows()).length > shown);
    await visitor.page.locator(".message-time").first().click();
    await visitor.page.waitForURL(/\/team\/chat\/rooms\/general\/messages\/\d+/);
    await visitor.page.click("#latest");
    await until("the latest is shown again", () => visitor.path === "/rooms/general");
  });

  it("one sets a password and the language, signs out, and in again", async () => {
    const visitor = await here.visitor();
    await visitor.join("carol", "/account");
    const { page } = visitor;
    await page.fill("#new", PASSWORD);
    await page.click("form[action='account/password'] button");
    await page.waitForURL("**/team/chat/account");
    await page.check("[name=language][value=zh-Hans]");
    await page.click("form[action='account/looks'] button");
    await page.locator("html[lang=zh-Hans]").waitFor();
    await page.click("a[href='signout']");
    await page.click("form[action='signout'] button");
    await until("one is out", () => visitor.path === "/join");
    await visitor.goto("/sign-in?next=%2Frooms%2Fgeneral");
    await page.fill("#handle", "carol");
    await page.fill("#password", PASSWORD);
    await page.click("form[action='sign-in'] button");
    await visitor.composer.waitFor();
    assert.equal(visitor.path, "/rooms/general");
    await visitor.say("back again");
    await visitor.seesText("back again");
  });
});
