// What a visit costs, and that what is served is what was written.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { stage } from "./support/stage.mjs";

/** Bytes, uncompressed, of all scripts and styles that a member's room fetches by itself, in one language. */
const BUDGET = 60_000;

describe("scripts and styles", { timeout: 60_000 }, () => {
  const here = stage();

  for (const locale of ["en", "zh-CN"]) {
    it(`of a room stay within ${BUDGET} bytes, ${locale}`, async (test) => {
      const visitor = await here.visitor({ locale });
      await visitor.join(`guest-${locale}`);
      await visitor.say(`${locale} is a member`);
      await visitor.seesText(`${locale} is a member`);
      await visitor.page.reload();
      await visitor.say(`hello ${locale}`);
      await visitor.seesText(`hello ${locale}`);
      const sizes = await visitor.page.evaluate(() =>
        performance.getEntriesByType("resource").filter(({ name }) => /\.(js|css)$/.test(name)).map((entry) => entry.decodedBodySize),
      );
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      test.diagnostic(`${bytes} bytes in ${sizes.length} files`);
      assert.ok(sizes.length > 8 && bytes < BUDGET, `${bytes} bytes in ${sizes.length} files`);
    });
  }

  it("are served as they were written, without comments and spaces", async () => {
    const visitor = await here.visitor();
    await visitor.goto("/join");
    const directory = new URL("../../static/css/", import.meta.url);
    for (const file of readdirSync(directory)) {
      const written = readFileSync(new URL(file, directory), "utf8");
      const [ours, served] = await visitor.page.evaluate(readRules, [written, `/assets/0/css/${file}`]);
      assert.deepEqual(served, ours, file);
    }
  });
});

async function readRules([written, address]) {
  const served = await (await fetch(address)).text();
  return [written, served].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    // Where a value is not known before it is used, it is kept as it is spelt.
    const spelt = (rule) => rule.cssText.replaceAll(/\s+/g, " ").replaceAll(/([,:]) /g, "$1").replaceAll(/(?<![\w.])\.(?=\d)/g, "0.");
    return [...sheet.cssRules].map(spelt);
  });
}
