// Every page at the widths of a small phone and of a screen, light and dark; pictures of them go to target/screenshots.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { screenshots } from "../clients/support/paths.mjs";
import { Person } from "../clients/support/person.mjs";
import { stage } from "./support/stage.mjs";

const NARROW = [320, 360];
const PICTURED = [360, 1280];
const HEIGHT = 800;

describe("the pages fit", { timeout: 180_000 }, () => {
  const here = stage();
  let pages;

  async function furnish() {
    const ann = await Person.join(here.server, "ann");
    const bob = await Person.join(here.server, "bob");
    await ann.createRoom({ slug: "a-room-with-a-long-name", name: "A room with a name that goes on and on and on", topic: "and a topic" });
    await ann.post("Did the backup finish?");
    const answer = await bob.post("It did, at 05:41. 全文搜索引擎 works as well 🦀");
    await ann.react(answer.id, "🎉");
    await bob.post(`a word without an end: ${"x".repeat(400)}`);
    await bob.post(`https://example.org/${"path/".repeat(60)}`);
    await ann.post("several lines\n\n    with space in front\nand an end");
    const slip = await ann.post("a slip");
    await ann.delete(slip.id);
    const edited = await ann.post("befoer");
    await ann.edit(edited.id, "before");
    pages = {
      join: "/join",
      room: "/rooms/general",
      permalink: `/rooms/general/messages/${answer.id}`,
      rooms: "/rooms",
      "new-room": "/rooms/new",
      "long-name": "/rooms/a-room-with-a-long-name",
      missing: "/rooms/nowhere",
    };
  }

  it("without scrolling sideways at 320 and 360 px", async () => {
    await furnish();
    const visitor = await here.visitor({ viewport: { width: NARROW[0], height: HEIGHT } });
    await visitor.join("phone");
    for (const [name, path] of Object.entries(pages)) {
      await visitor.goto(path);
      for (const width of NARROW) {
        await visitor.page.setViewportSize({ width, height: HEIGHT });
        const sizes = await visitor.page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll("body, main, .scroller, .composer")]
            .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "visible" || element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => `${element.tagName}.${element.className} ${element.scrollWidth}`),
        );
        assert.deepEqual(sizes, [], `${name} at ${width} px`);
      }
    }
  });

  it("and the way back to the end covers no text and moves none", async () => {
    const visitor = await here.visitor({ reducedMotion: "reduce" });
    await visitor.join("climber");
    const { page } = visitor;
    const height = () => page.locator("#scroller").evaluate((scroller) => scroller.clientHeight);
    for (const width of PICTURED) {
      await page.setViewportSize({ width, height: 300 });
      await visitor.goto(pages.room);
      const before = await height();
      await page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, -2 * scroller.clientHeight));
      await staysInItsLine(page, "#latest");
      assert.equal(await height(), before, `at ${width} px nothing moves`);
      await visitor.goto(`${pages.room}?author=ann`);
      await staysInItsLine(page, "#latest");
    }
  });

  async function staysInItsLine(page, pill) {
    await page.locator(pill).waitFor();
    const overlaps = await page.evaluate((pill) => {
      const box = (selector) => document.querySelector(selector).getBoundingClientRect();
      return [box("#scroller").bottom - box(pill).top, box(pill).bottom - box("#composer").top];
    }, pill);
    assert.ok(overlaps.every((pixels) => pixels <= 0), `${pill} reaches ${overlaps} px into what is above and below it`);
  }

  for (const colorScheme of ["light", "dark"]) {
    it(`and have their picture taken, ${colorScheme}`, async () => {
      mkdirSync(screenshots, { recursive: true });
      const visitor = await here.visitor({ colorScheme, reducedMotion: "reduce" });
      await visitor.goto(pages.join);
      await takePictures(visitor, "join", colorScheme);
      await visitor.join(`painter-${colorScheme}`);
      for (const [name, path] of Object.entries(pages).filter(([name]) => name !== "join")) {
        await visitor.goto(path);
        await takePictures(visitor, name, colorScheme);
      }
    });
  }

  async function takePictures(visitor, name, scheme) {
    for (const width of PICTURED) {
      await visitor.page.setViewportSize({ width, height: HEIGHT });
      await visitor.page.screenshot({ path: join(screenshots, `${name}-${width}-${scheme}.png`) });
    }
  }

  it("and the text is centred beside the list of rooms, in line with the composer", async () => {
    const visitor = await here.visitor();
    await visitor.join("typesetter");
    const edges = (selector) => visitor.page.locator(selector).first().evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      return { left, right };
    });
    for (const [width, measure] of [[800, null], [1280, 672], [1920, 672]]) {
      await visitor.page.setViewportSize({ width, height: HEIGHT });
      await visitor.goto(pages.room);
      const [room, list, text, composer] = [await edges("#room"), await edges("#history"), await edges(".message-text"), await edges("#body")];
      assert.ok(Math.abs(text.left - composer.left - 4) <= 1, `at ${width} px, the text begins at ${text.left}, the composer's at ${composer.left} + 4`);
      if (measure === null) continue;
      assert.equal(text.right - text.left, measure);
      assert.ok(Math.abs(list.left - room.left - (room.right - list.right)) <= 1, `at ${width} px, the column leaves ${list.left - room.left} and ${room.right - list.right} px`);
    }
  });

  it("what stands beside a button stands level with it, and every field has the type of the page", async () => {
    const visitor = await here.visitor();
    await visitor.join("level");
    await visitor.say("in");
    await visitor.seesText("in");
    const select = visitor.page.locator("#level");
    const type = (element) => element.evaluate((element) => getComputedStyle(element).fontFamily);
    assert.equal(await type(select), await type(visitor.page.locator("body")));
    const middle = async (element) => {
      const { y, height } = await element.boundingBox();
      return y + height / 2;
    };
    await visitor.page.locator("#notices").waitFor();
    const isBeside = await visitor.page.locator("#notices").evaluate((label) => {
      const text = document.createRange();
      text.selectNodeContents(label.lastChild);
      const { right } = label.firstChild.getBoundingClientRect();
      return [...text.getClientRects()].every(({ left }) => left >= right);
    });
    assert.ok(isBeside, "no line of the text stands under its box");
    await visitor.goto("/signout");
    const [button, cancel] = [visitor.page.locator(".form-end button").first(), visitor.page.locator(".form-end a")];
    assert.ok(Math.abs((await middle(button)) - (await middle(cancel))) < 1);
  });
});
