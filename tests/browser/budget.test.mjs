// How many bytes the first load of a room transfers, as the server compresses them for a browser.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage } from "./support/stage.mjs";

/** Bytes of all scripts and styles that a member's room fetches by itself, in one language. */
const SCRIPTS_AND_STYLES_MAX = 60_000;
/** Bytes of everything, the page included. */
const EVERYTHING_MAX = 110_000;

describe("the first load of a room", { timeout: 60_000 }, () => {
  const here = stage();

  for (const locale of ["en", "zh-CN"]) {
    it(`transfers at most ${SCRIPTS_AND_STYLES_MAX} bytes of scripts and styles, ${EVERYTHING_MAX} in all, ${locale}`, async (test) => {
      const visitor = await here.visitor({ locale });
      await visitor.join(`guest-${locale}`);
      await visitor.say(`${locale} is a member`);
      await visitor.seesText(`${locale} is a member`);
      await visitor.page.reload();
      await visitor.say(`hello ${locale}`);
      await visitor.seesText(`hello ${locale}`);
      const entries = await visitor.page.evaluate(() =>
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
          ({ name, encodedBodySize, decodedBodySize }) => ({ name, encodedBodySize, decodedBodySize }),
        ),
      );
      const files = entries.filter(({ name }) => /\.(js|css)$/.test(name));
      const [some, all] = [files, entries].map((list) => list.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
      test.diagnostic(`${some} bytes in ${files.length} scripts and styles, ${all} bytes in ${entries.length} answers`);
      assert.ok(files.length > 8);
      for (const { name, encodedBodySize, decodedBodySize } of files) {
        assert.ok(decodedBodySize < 1024 || encodedBodySize < decodedBodySize, `${name} is compressed`);
      }
      assert.ok(some <= SCRIPTS_AND_STYLES_MAX, `${some} bytes in ${files.length} scripts and styles`);
      assert.ok(all <= EVERYTHING_MAX, `${all} bytes in ${entries.length} answers`);
    });
  }
});
