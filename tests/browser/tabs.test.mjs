// Many tabs of one browser: they share one stream, and each of them shows everything.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CuttingProxy } from "../clients/support/cutting_proxy.mjs";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const TABS = 12; // twice as many as a browser has connections to one server
const FROZEN_MS = 45_000; // longer than it takes to be missed, and less than a minute

describe("tabs of one browser", { timeout: 400_000 }, () => {
  const here = stage();

  async function withTabs(handle, count, test) {
    const proxy = await CuttingProxy.start(here.server);
    try {
      const first = await here.visitor({}, proxy);
      await first.join(handle);
      const tabs = [first];
      while (tabs.length < count) tabs.push(await first.anotherTab());
      for (const tab of tabs) await tab.mark();
      await until("there is a stream", () => proxy.open > 0);
      await test(tabs, proxy, await Person.join(here.server, `${handle}-bot`));
    } finally {
      await proxy.stop();
    }
  }

  async function allShow(tabs, reader, within) {
    const history = await reader.history();
    for (const tab of tabs) {
      const shown = (await tab.rows()).length;
      await tab.seesHistory(history.slice(-Math.max(shown, 1)), within);
      assert.ok(await tab.wasNotReloaded(), "no tab was loaded again");
    }
  }

  it("twelve of them read and write over one stream", async () => {
    await withTabs("twelve", TABS, async (tabs, proxy, bot) => {
      const { asked } = proxy;
      for (const [n, tab] of tabs.entries()) await tab.say(`from tab ${n}`);
      await bot.post("from outside");
      for (const tab of tabs) {
        for (const n of tabs.keys()) await tab.seesText(`from tab ${n}`);
        await tab.seesText("from outside");
      }
      await allShow(tabs, bot);
      assert.equal(proxy.open, 1, "they share one stream");
      assert.equal(proxy.asked, asked, "and no other was asked for");
    });
  });

  it("a tab of another room brings it what the others' stream carries", async () => {
    await withTabs("roomy", 1, async ([tab], proxy, bot) => {
      await bot.createRoom({ slug: "elsewhere", name: "Elsewhere" });
      const other = await tab.anotherTab("/rooms/elsewhere");
      await other.mark();
      await bot.post("in the other room", "elsewhere");
      await bot.post("in this room");
      await other.seesText("in the other room");
      await tab.seesText("in this room");
      assert.equal((await tab.rows()).filter((row) => row.body === "in the other room").length, 0);
      assert.equal(proxy.open, 1);
    });
  });

  it("the tab that listens is closed: another takes over, and nothing is missed", async () => {
    await withTabs("closer", 4, async (tabs, proxy, bot) => {
      while (tabs.length > 1) {
        const posting = bot.postMany(20, `while ${tabs.length} tabs are open`);
        await tabs.shift().page.close();
        await posting;
        const last = await bot.post(`${tabs.length} tabs are left`);
        for (const tab of tabs) await tab.seesText(last.body);
        await allShow(tabs, bot);
        await until("one stream is left", () => proxy.open === 1);
      }
    });
  });

  it("the tab that listens crashes: another takes over, and nothing is missed", async () => {
    await withTabs("crasher", 3, async (tabs, proxy, bot) => {
      const posting = bot.postMany(20, "around the crash");
      tabs[0].page.goto("chrome://crash").catch(() => {});
      await tabs[0].page.waitForEvent("crash");
      await posting;
      const last = await bot.post("after the crash");
      for (const tab of tabs.slice(1)) await tab.seesText(last.body);
      await allShow(tabs.slice(1), bot);
    });
  });

  it("the tab that listens freezes: another takes over within a minute, and the frozen one catches up later", async () => {
    await withTabs("freezer", 3, async (tabs, proxy, bot) => {
      const [frozen, ...others] = tabs;
      const thaw = frozen.page.evaluate((end) => {
        while (Date.now() < end);
      }, Date.now() + FROZEN_MS);
      const missed = await bot.post("while one is frozen");
      for (const tab of others) await tab.seesText(missed.body, FROZEN_MS);
      await thaw;
      await frozen.seesText(missed.body);
      const last = await bot.post("after the thaw");
      for (const tab of tabs) await tab.seesText(last.body);
      await allShow(tabs, bot);
      await until("one stream is left", () => proxy.open === 1);
    });
  });
});
