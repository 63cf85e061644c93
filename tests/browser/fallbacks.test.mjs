// Browsers without locks and channels, pages that were put away, and what a tab does when it is left.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CuttingProxy } from "../clients/support/cutting_proxy.mjs";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const HIDDEN_MS = 301_000; // just over five minutes

/** Runs in the page: whether it is hidden, as far as it can know. */
function setHidden(isHidden) {
  Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
  Object.defineProperty(document, "visibilityState", { configurable: true, value: isHidden ? "hidden" : "visible" });
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("where little can be relied upon", { timeout: 300_000 }, () => {
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

  const withoutSharing = ({ context }) =>
    context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
      delete window.BroadcastChannel;
    });

  it("each tab has a stream of its own, and two tabs chat", async () => {
    const first = await somebody("alone", withoutSharing);
    assert.equal(proxy.open, 1);
    const second = await first.anotherTab();
    await until("each has a stream", () => proxy.open === 2);
    await first.say("from the first");
    await second.say("from the second");
    for (const tab of [first, second]) for (const n of ["first", "second"]) await tab.seesText(`from the ${n}`);
  });

  it("a tab that stays hidden gives its stream up, and catches up when it is shown", async () => {
    const visitor = await somebody("hider", async (one) => {
      await withoutSharing(one);
      await one.page.clock.install();
    });
    await visitor.page.evaluate(setHidden, true);
    await visitor.page.clock.fastForward(HIDDEN_MS);
    await until("its stream is closed", () => proxy.open === 0);
    for (const n of [1, 2, 3]) await bot.post(`while hidden ${n}`);
    await visitor.page.evaluate(setHidden, false);
    for (const n of [1, 2, 3]) await visitor.seesText(`while hidden ${n}`);
    assert.equal(proxy.open, 1);
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a page that was put away for another comes back and catches up", async () => {
    const visitor = await somebody("wanderer");
    await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await until("it holds no stream", () => proxy.open === 0);
    await bot.post("while it was put away");
    await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await visitor.seesText("while it was put away");
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a page that comes back with a dead stream asks anew", async () => {
    const visitor = await somebody("sleeper", ({ page }) => page.clock.install());
    proxy.swallow();
    const missed = await bot.post("into the hole");
    await visitor.page.clock.setSystemTime(Date.now() + 25_000);
    await visitor.page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await visitor.seesText(missed.body, 5000);
  });

  it("leaving a tab says at once how far it was read", async () => {
    const visitor = await somebody("leaver", ({ page }) => page.clock.install());
    await visitor.say("I am a member");
    await visitor.seesText("I am a member");
    const told = () => visitor.page.waitForRequest((request) => request.url().endsWith("/general/read"));
    const moved = told();
    await visitor.page.clock.fastForward(2000);
    await moved;
    await visitor.page.clock.pauseAt(Date.now() + 60_000);
    const { id } = await bot.post("the last one");
    const leaving = told();
    await until("it was shown and the page left", async () => {
      await visitor.page.clock.runFor(50);
      return (await visitor.rows()).at(-1).id === id;
    });
    await visitor.page.evaluate(setHidden, true);
    assert.deepEqual((await leaving).postDataJSON(), { up_to: id });
  });

  it("a text that the server sent back stays in its field, and a draft does not break into it", async () => {
    const visitor = await somebody("draftsman");
    await visitor.composer.fill("the draft");
    const long = "x".repeat(8001);
    await visitor.page.evaluate((text) => {
      const form = document.getElementById("composer");
      form.elements.body.value = text;
      HTMLFormElement.prototype.submit.call(form); // as without scripts
    }, long);
    await visitor.page.locator("#error:not([hidden])").waitFor();
    await visitor.page.locator("#jump").waitFor({ state: "detached" });
    const shown = async () => (await visitor.composer.inputValue()).replaceAll(/x+/g, (run) => `${run.length} x`);
    assert.equal(await shown(), "8001 x");
    await visitor.composer.press("Control+End");
    await visitor.composer.press("!");
    assert.equal(await shown(), "8001 x!");
  });
});
