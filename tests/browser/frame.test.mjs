// The frame of a room's page: the page as a whole never scrolls, and no part of it paints over another.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const ROOMS = 60;
const SIZES = [[360, 640], [1280, 700], [1920, 1080]];
const MARKS = "\u030d\u030e\u0304\u0305\u033f\u0311\u0306\u0310\u0352\u0357\u0316\u0317\u0318\u0319\u031c";
const stacked = (text, times = 1) => [...text].map((character) => character + MARKS.repeat(times)).join("");
const LONG_TEXTS = [
  "W".repeat(3000),
  `https://example.org/${"a".repeat(2000)}`,
  `\`${"c".repeat(2000)}\``,
  `\`\`\`\n${"d".repeat(3000)}\n\`\`\``,
  `${"> ".repeat(8)}${"e".repeat(2000)}`,
  `${"- ".repeat(20)}${"f".repeat(500)}`,
  `\u202Ereversed ${"x".repeat(300)}`,
  `${"\n".repeat(900)}x`,
  "ﷺ".repeat(60),
];

/** How far the page and what does not scroll in it were moved. */
const moved = () =>
  [document.documentElement, document.body, ...document.querySelectorAll(".shell, .sidebar, main, .bar, .foot")]
    .filter((element) => element.scrollTop || element.scrollLeft)
    .map((element) => `${element.tagName}.${element.className} ${element.scrollLeft} ${element.scrollTop}`)
    .concat(window.scrollX || window.scrollY ? [`window ${window.scrollX} ${window.scrollY}`] : [])
    .concat(document.getElementById("scroller").scrollLeft ? ["#scroller sideways"] : [])
    .concat(document.querySelector(".bar").getBoundingClientRect().top === 0 ? [] : ["the bar is not at the top"]);

describe("the frame of the page", { timeout: 300_000 }, () => {
  const here = stage();
  let bot;
  let last; // room by name
  let ids; // of messages

  async function furnish() {
    if (bot) return;
    bot = await Person.join(here.server, "bot");
    for (let n = 0; n < ROOMS; n++) last = (await bot.createRoom({ name: `room ${String(n).padStart(2, "0")}`, topic: "t".repeat(200) })).slug;
    ids = [];
    for (const text of LONG_TEXTS) ids.push((await bot.post(text)).id);
    for (let n = 0; n < 60; n++) ids.push((await bot.post(`line ${n}`)).id);
  }

  async function member(handle, options) {
    await furnish();
    const visitor = await here.visitor(options);
    await visitor.join(handle);
    await post(visitor, `${handle} is in`);
    for (let n = 0; n < ROOMS; n++) {
      await visitor.page.request.put(`${here.server.url}/api/v1/rooms/room-${String(n).padStart(2, "0")}/members/me`);
    }
    return visitor;
  }

  async function post(visitor, text) {
    await visitor.composer.fill(text);
    await visitor.page.click("#composer button[type=submit]");
    await visitor.seesText(text);
  }

  it("stays where it is with unread rooms beyond the edge, long texts, permalinks and fragments", async () => {
    const visitor = await member("ann");
    const { page } = visitor;
    for (let n = 0; n < ROOMS; n++) await bot.post("@ann, unread", `room-${String(n).padStart(2, "0")}`);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      for (const path of ["/rooms/general", `/rooms/general#m${ids.at(-30)}`, `/rooms/general/messages/${ids[3]}#m${ids[3]}`, `/rooms/${last}`]) {
        await visitor.goto(path);
        await page.locator("#history .message").last().waitFor();
        const { overflow } = await page.evaluate(() => {
          const { scrollWidth, scrollHeight } = document.documentElement;
          return { overflow: [scrollWidth - innerWidth, scrollHeight - innerHeight] };
        });
        assert.deepEqual(overflow, [0, 0], `${path} at ${width} px reaches beyond the window`);
        await page.evaluate(() => {
          for (const element of document.querySelectorAll("a, button, [tabindex]")) element.focus();
          for (const element of document.querySelectorAll(".badge .visually-hidden, .message-author, .message")) element.scrollIntoView();
          window.scrollTo(500, 500);
        });
        assert.deepEqual(await page.evaluate(moved), [], `${path} at ${width} px`);
      }
    }
  });

  it("shows the current room in the sidebar, at load and where it moves", async () => {
    const visitor = await member("berta", { viewport: { width: 1280, height: 500 } });
    await visitor.goto(`/rooms/${last}`);
    const isInSight = () =>
      visitor.page.evaluate(() => {
        const box = document.querySelector(".room-link[aria-current]").getBoundingClientRect();
        const edges = document.querySelector(".sidebar-rooms").getBoundingClientRect();
        return box.top >= edges.top && box.bottom <= edges.bottom;
      });
    await until("it is in sight", isInSight);
    await bot.ask("PATCH", `/api/v1/rooms/${last}`, { name: "aaa, the first" });
    await visitor.page.locator(".room-link[aria-current]").filter({ hasText: "aaa" }).waitFor();
    await until("it is in sight where it went", isInSight);
    await visitor.page.setViewportSize({ width: 1280, height: 900 });
    await visitor.goto("/rooms/room-15");
    await visitor.page.setViewportSize({ width: 1280, height: 400 });
    await until("it is in sight in a smaller window", isInSight);
    await bot.ask("PATCH", `/api/v1/rooms/${last}`, { name: "room 59" });
    await visitor.page.setViewportSize({ width: 360, height: 500 });
    await visitor.goto(`/rooms/${last}`);
    await visitor.page.click(".bar-menu");
    await until("it is in sight on a phone", isInSight);
  });

  it("keeps stacked accents in their row: in messages, names, rooms and topics", async () => {
    const visitor = await member("carla");
    const { page } = visitor;
    await bot.createRoom({ slug: "accents", name: "Accents" });
    await bot.ask("PATCH", "/api/v1/rooms/accents", { name: stacked("Room"), topic: stacked("topic of it") });
    const eve = await Person.join(here.server, "eve");
    await eve.ask("PATCH", "/api/v1/me", { name: stacked("rzr") });
    await bot.post("above", "accents");
    const { id } = await bot.post(stacked("a a z g o", 20), "accents");
    await bot.post("below", "accents");
    await eve.post("a name over the neighbours", "accents");
    await bot.post("the end", "accents");
    await visitor.goto("/rooms/accents");
    await page.locator("#history .message").last().waitFor();
    const findBoxes = () => page.evaluate((id) => {
      const parts = [...document.querySelectorAll(`#history .message:not([data-author=eve], [data-id="${id}"]) > :is(.message-text, .message-author), .room-link:not([data-room=accents]), .bar-tools`)];
      const box = ({ x, y, width, height }) => ({ x, y, width, height });
      return parts.map((part) => box(part.getBoundingClientRect())).filter(({ x, y, width, height }) => width > 1 && x >= 0 && y >= 0 && y + height < innerHeight);
    }, id);
    const paint = (color) => page.evaluate(([id, color]) => {
      const accented = document.querySelectorAll(`#m${id} .message-body, [data-author=eve] .message-author, #room-name, #room-topic, [data-room=accents] .room-name, [data-handle=eve] .name`);
      for (const element of accented) element.style.color = color;
    }, [id, color]);
    const picturesOf = (boxes) => Promise.all(boxes.map(async (clip) => (await page.screenshot({ clip, animations: "disabled" })).toString("base64")));
    // The page is live: what else changes between two pictures does not change between the next ones.
    await until("nothing is painted over its neighbours", async () => {
      await paint("");
      const boxes = await findBoxes();
      assert.ok(boxes.length > 8, `${boxes.length} parts are looked at`);
      const withAccents = await picturesOf(boxes);
      await paint("transparent");
      const without = await picturesOf(boxes);
      return boxes.every((_, n) => withAccents[n] === without[n]);
    });
  });

  it("shows what can be done with a message in a sheet, after a long press", async () => {
    const visitor = await member("dora-fingers", { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true });
    const { page } = visitor;
    const devtools = await visitor.context.newCDPSession(page);
    const touch = (type, touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    const sheet = page.locator(".action-sheet[open]");
    const press = async () => {
      const { x, y } = await page.locator("#history .mine .message-text").last().boundingBox();
      await touch("touchStart", [{ x: x + 20, y: y + 8 }]);
      await sheet.waitFor();
      await touch("touchEnd", []);
    };
    await press();
    assert.equal(await sheet.locator(".sheet-quote").textContent(), "dora-fingers: dora-fingers is in");
    const heights = await sheet.locator(".actions > :visible").evaluateAll((actions) => actions.map(({ offsetHeight }) => offsetHeight));
    assert.ok(heights.length > 8 && heights.every((height) => height >= 44), `${heights}`);
    await sheet.getByText("Reply", { exact: true }).click();
    assert.equal(await page.locator("#answer .answer-text").textContent(), "dora-fingers: dora-fingers is in");
    await press();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.locator("#history .mine .message-text").last().tap();
    assert.equal(await sheet.count(), 0, "a tap opens nothing");
    await press();
    await sheet.getByText("Reply in thread").click();
    await page.locator("#panel").waitFor();
    assert.equal(await sheet.count(), 0, "the thread is not behind the sheet");
  });

  for (const [width, height] of [[800, 1000], [1280, 800], [1920, 900], [500, 1000]]) {
    it(`shows what can be done with a message in one line that covers no text, ${width} px wide`, async () => {
      const visitor = await member(`dora-${width}`, { viewport: { width, height } });
      const { page } = visitor;
      for (const n of [1, 2, 3]) await post(visitor, `${width} ${n} ${"long lines fill the measure ".repeat(20)}\nend`);
      for (const n of [3, 2, 1]) {
        const row = page.locator("#history .mine").nth(-n);
        await row.locator(".message-text").hover();
        await row.locator(".actions").waitFor();
        const covered = await row.evaluate((row) => {
          const bar = row.querySelector(".actions").getBoundingClientRect();
          const texts = [...document.querySelectorAll("#history :is(.message-body, .message-author)")].flatMap((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return [...range.getClientRects()];
          });
          const { top, bottom } = document.getElementById("scroller").getBoundingClientRect();
          const isUnder = (box) => box.right > bar.left && box.left < bar.right && Math.min(box.bottom, bottom) > Math.max(bar.top, top) && box.top < bar.bottom && box.width > 1;
          const isInWindow = bar.left >= 0 && bar.right <= innerWidth && bar.top >= 0 && bar.bottom <= innerHeight;
          const tops = new Set([...row.querySelectorAll(".actions > *")].filter(({ offsetWidth }) => offsetWidth).map(({ offsetTop }) => offsetTop));
          return { covered: texts.filter(isUnder).length, isInWindow, lines: tops.size };
        });
        assert.deepEqual(covered, { covered: 0, isInWindow: true, lines: 1 }, `the row that is ${n} from the end`);
      }
      const scrollTop = await page.locator("#scroller").evaluate((scroller) => scroller.scrollTop);
      assert.ok(Math.abs(scrollTop) <= 1, `the history was moved by ${scrollTop} px`);
    });
  }
});
