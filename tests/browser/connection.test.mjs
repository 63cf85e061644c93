// The page's connection: what is lost is found out and made good, and who has to know is told.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CuttingProxy } from "../clients/support/cutting_proxy.mjs";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const BACK_WITHIN_MS = 60_000;

describe("the connection", { timeout: 400_000 }, () => {
  const here = stage();
  let proxy;
  let bot;

  before(async () => {
    proxy = await CuttingProxy.start(here.server);
    bot = await Person.join(here.server, "bot");
  });
  after(() => proxy?.stop());

  async function somebody(handle, prepare = () => {}) {
    const visitor = await here.visitor({}, proxy);
    await prepare(visitor);
    await visitor.join(handle);
    await visitor.mark();
    await bot.post(`hello ${handle}`);
    await visitor.seesText(`hello ${handle}`);
    return visitor;
  }

  async function hasEverything(visitor) {
    const history = await bot.history();
    await visitor.sees("the newest message", (rows) => rows.at(-1).id === history.at(-1).id, BACK_WITHIN_MS);
    await visitor.seesHistory(history.slice(-(await visitor.rows()).length));
    assert.ok(await visitor.wasNotReloaded(), "the page was not loaded again");
  }

  async function saysSignedOut(tab, draft) {
    const door = tab.page.locator("#status a");
    await door.waitFor({ timeout: BACK_WITHIN_MS });
    assert.equal(await door.getAttribute("href"), "join?next=%2Frooms%2Fgeneral");
    assert.match(await tab.status(), /signed out/);
    assert.equal(await tab.composer.inputValue(), draft);
    assert.ok(await tab.wasNotReloaded());
  }

  it("that is dead without an end is found out and replaced", async () => {
    const visitor = await somebody("hollow", ({ page }) => page.clock.install());
    proxy.swallow();
    const missed = await bot.post("into the hole");
    await visitor.page.clock.fastForward(70_000);
    await visitor.seesText(missed.body, 20_000);
    await until("it says what came", async () => (await visitor.status()).includes("1 message while you were away"));
    await hasEverything(visitor);
    assert.equal(proxy.open, 1, "one stream, not more");
  });

  it("is live again soon after a network that swallows everything is back, in all tabs", async () => {
    const leader = await somebody("tunnel", ({ page }) => page.clock.install());
    const follower = await leader.anotherTab();
    await follower.mark();
    await follower.seesText("hello tunnel");
    proxy.swallowAll();
    const missed = await bot.post("while everything is swallowed");
    for (let seconds = 0; seconds < 70; seconds += 5) await leader.page.clock.runFor(5000);
    proxy.comeBack();
    const { asked } = proxy;
    for (let seconds = 0; seconds < 30 && proxy.asked === asked; seconds += 5) await leader.page.clock.runFor(5000);
    assert.ok(proxy.asked > asked, "it is tried again, since the former try was given up");
    for (const tab of [leader, follower]) {
      await tab.seesText(missed.body, 20_000);
      await hasEverything(tab);
    }
  });

  it("is live again though the clock was set back by an hour", async () => {
    const visitor = await here.visitor({}, proxy);
    await visitor.page.addInitScript(() => {
      const now = Date.now.bind(Date);
      window.setBack = 0;
      Date.now = () => now() - window.setBack;
    });
    await visitor.join("traveller-in-time");
    await visitor.mark();
    await visitor.seesText((await bot.post("before the clock is set back")).body);
    proxy.goAway();
    await until("the page says that it has lost the stream", async () => (await visitor.status()) === "Reconnecting…");
    await visitor.page.evaluate(() => void (window.setBack = 3_600_000));
    const missed = await bot.post("an hour earlier");
    proxy.comeBack();
    await visitor.seesText(missed.body, BACK_WITHIN_MS);
    await hasEverything(visitor);
  });

  it("is tried again as soon as the network is back", async () => {
    const visitor = await somebody("traveller");
    await visitor.context.setOffline(true);
    proxy.goAway();
    await until("the page says that it is offline", async () => (await visitor.status()).startsWith("Offline"));
    await bot.post("while offline");
    proxy.comeBack();
    await visitor.context.setOffline(false);
    await visitor.seesText("while offline", 5000);
    await hasEverything(visitor);
  });

  it("is tried again as soon as the server takes a message", async () => {
    const visitor = await somebody("poster");
    await visitor.page.evaluate(() => void (Math.random = () => 0.99)); // the longest back-off: the third try is 12 s after the loss
    proxy.goAway();
    await until("the page says that it has lost the stream", async () => (await visitor.status()) === "Reconnecting…");
    proxy.comeBack();
    await visitor.say("are you there again?");
    await until("it says so no more", async () => (await visitor.status()) === "", 4000);
    await hasEverything(visitor);
  });

  it("says what came meanwhile, edits and deletions, too, and draws a line where one left off", async () => {
    const visitor = await somebody("sleeper");
    const [edited, deleted] = [await bot.post("befoer"), await bot.post("a slip")];
    await visitor.seesText("a slip");
    proxy.goAway();
    const isSaid = async () => (await visitor.status()) === "Reconnecting…";
    await until("the page says that it has lost the stream", isSaid);
    await visitor.page.evaluate(() => {
      window.said = [];
      const line = document.getElementById("announcer");
      new MutationObserver(() => line.textContent && window.said.push(line.textContent)).observe(line, { childList: true });
    });
    await visitor.context.setOffline(true);
    await until("that it is offline", async () => (await visitor.status()).startsWith("Offline"));
    await visitor.context.setOffline(false);
    await until("that it is not any more", isSaid);
    for (const n of [1, 2]) await bot.post(`meanwhile ${n}`);
    await bot.edit(edited.id, "before");
    await bot.delete(deleted.id);
    await bot.createRoom({ slug: "aside", name: "Aside" });
    await bot.post("not of this room", "aside");
    proxy.comeBack();
    const sum = "2 messages, 1 edit, 1 deletion";
    await until("it sums up", async () => (await visitor.status()) === `${sum} while you were away`, BACK_WITHIN_MS);
    const isDrawn = async () => (await visitor.page.locator(".new").textContent()) === `New since you left · ${sum}`;
    await until("the line is drawn", isDrawn);
    await until("above what came", async () => (await visitor.page.locator(".new ~ .message").count()) === 2);
    await hasEverything(visitor);
    await bot.post("and now");
    await until("what comes now is read out", () => visitor.page.evaluate(() => window.said.length > 0));
    assert.deepEqual(await visitor.page.evaluate(() => window.said), ["bot: and now"], "the sum was said once");
  });

  it("ends in all tabs when one signs out elsewhere; what was being written stays", async () => {
    const first = await somebody("leaver");
    const second = await first.anotherTab();
    await second.mark();
    const bystander = await somebody("bystander");
    await first.composer.fill("half a sent");
    await second.composer.fill("half a sent");
    await first.signOutElsewhere(here.server);
    for (const tab of [first, second]) await saysSignedOut(tab, "half a sent");
    const after = await bot.post("after the leaver left");
    await bystander.seesText(after.body);
    assert.ok(!(await first.rows()).some((row) => row.body === after.body), "nothing more is told to them");
    await until("their stream is closed", () => proxy.open === 1);
  });

  it("says so, too, where one was signed out while it was lost", async () => {
    const visitor = await somebody("away");
    await visitor.composer.fill("half a sent");
    proxy.goAway();
    await visitor.signOutElsewhere(here.server);
    proxy.comeBack();
    await saysSignedOut(visitor, "half a sent");
  });

  it("is never that of somebody else who came in by another tab", async () => {
    const visitor = await somebody("former");
    const other = await visitor.anotherTab("/join");
    await visitor.context.clearCookies();
    await other.join("latter");
    proxy.goAway();
    proxy.comeBack();
    await saysSignedOut(visitor, "");
    await other.say("as the latter");
    await other.seesText("as the latter");
    assert.ok(!(await visitor.rows()).some((row) => row.body === "as the latter"));
  });

  it("brings edits to a page of the past, and makes no hole in it", async () => {
    const message = await bot.post("seen in the pats");
    await bot.postMany(60, "later");
    const visitor = await here.visitor({}, proxy);
    await visitor.join("historian", `/rooms/general/messages/${message.id}`);
    await visitor.mark();
    await bot.edit(message.id, "seen in the past");
    await visitor.seesText("seen in the past");
    const history = await bot.history();
    const shown = (await visitor.rows()).map(({ id }) => id);
    const first = history.findIndex(({ id }) => id === shown[0]);
    assert.deepEqual(shown, history.slice(first, first + shown.length).map(({ id }) => id), "without a hole");
    assert.ok(await visitor.wasNotReloaded());
  });
});
