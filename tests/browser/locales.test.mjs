// Pages and scripts in the reader's language.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage } from "./support/stage.mjs";

describe("every language", { timeout: 60_000 }, () => {
  const here = stage();

  for (const [locale, expected] of [
    ["en", ["1 new message", "1,000 new messages", "ann is typing…", "ann and bob are typing…", "Several people are typing…"]],
    ["zh-CN", ["1 条新消息", "1,000 条新消息", "ann 正在输入…", "ann 和 bob 正在输入…", "多人正在输入…"]],
  ]) {
    it(`formats the messages of scripts with its own plurals, ${locale}`, async () => {
      const { page } = await here.visitor({ locale });
      await page.goto(`${here.server.url}/rooms/general`);
      const texts = await page.evaluate(async () => {
        const { href } = document.querySelector("link[href$='/js/locale.js']");
        const { t } = await import(href);
        const typing = (count) => t("typing", { count, first: "ann", second: "bob" });
        return [t("new-messages", { count: 1 }), t("new-messages", { count: 1000 }), typing(1), typing(2), typing(12)];
      });
      assert.deepEqual(texts, expected);
    });
  }

  it("is spoken by pages, rows and scripts alike", async () => {
    const lin = await here.visitor({ locale: "zh-CN" });
    await lin.join("lin");
    assert.equal(await lin.page.getAttribute("html", "lang"), "zh-Hans");
    await lin.say("你好");
    await lin.seesText("你好");
    const { page } = lin;
    await page.locator(".message").last().hover();
    await page.getByRole("button", { name: "回复" }).waitFor();
    assert.match(await page.locator(".day").last().textContent(), /星期/);
    const edited = await page.evaluate(async () => {
      const row = document.querySelector(".message:last-child");
      await fetch(`/api/v1/rooms/general/messages/${row.dataset.id}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ body: "您好" }),
      });
      return row.id;
    });
    const mark = page.locator(`#${edited} .message-edited`);
    await mark.waitFor();
    assert.equal(await mark.evaluate((element) => getComputedStyle(element, "::after").content), '"已编辑"');
    await lin.say("长".repeat(8001));
    const refused = page.locator("#outbox [role=alert]");
    await refused.waitFor();
    assert.match(await refused.textContent(), /没有发出：太长：最多 8,000 个字符。/);
  });
});
