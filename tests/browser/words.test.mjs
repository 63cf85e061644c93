// The languages of the page's scripts.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { stage } from "./support/stage.mjs";

const SCRIPTS = new URL("../../static/js/", import.meta.url);

/** The words of a language as its module says them, in a realm that has a document and nothing else of a browser. */
async function wordsOf(language) {
  globalThis.document = { documentElement: { lang: language } };
  const { words } = await import(new URL("words.js", SCRIPTS));
  for (const key of Object.keys(words)) delete words[key];
  await import(new URL(`words/${language}.js`, SCRIPTS));
  delete globalThis.document;
  return { ...words };
}

describe("every language", { timeout: 60_000 }, () => {
  const here = stage();

  it("has the same words, all of which are said somewhere", async () => {
    const languages = readdirSync(new URL("words/", SCRIPTS)).map((file) => file.replace(".js", ""));
    const kinds = [];
    for (const language of languages) {
      const words = await wordsOf(language);
      kinds.push(Object.entries(words).map(([key, word]) => `${key}: ${typeof word}`));
    }
    for (const other of kinds) assert.deepEqual(other, kinds[0]);
    const modules = readdirSync(SCRIPTS).filter((file) => file.endsWith(".js"));
    const source = modules.map((file) => readFileSync(new URL(file, SCRIPTS), "utf8")).join("\n");
    const said = new Set([...source.matchAll(/(?<!\/)\bwords\.(\w+)/g)].map(([, key]) => key));
    assert.deepEqual([...said].sort(), kinds[0].map((kind) => kind.split(":")[0]).sort());
  });

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
  });
});
