// Reading and writing with scripts: nothing under one's eyes moves, and no key sends what is not finished.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const MESSAGES = 160;

describe("reading a long history", { timeout: 180_000 }, () => {
  const here = stage();

  /** The first row in sight, and where its top is. */
  const landmark = (visitor) =>
    visitor.page.evaluate(() => {
      const top = document.querySelector("#scroller").getBoundingClientRect().top;
      const row = [...document.querySelectorAll("#history li.message")].find((row) => row.getBoundingClientRect().top > top + 50);
      return { id: row.id, top: row.getBoundingClientRect().top };
    });
  const topOf = (visitor, id) => visitor.page.locator(`#${id}`).evaluate((row) => row.getBoundingClientRect().top);

  it("older messages come while scrolling up, down to the first, none missing", async () => {
    const bot = await Person.join(here.server, "bot");
    for (let n = 1; n <= MESSAGES; n++) await bot.post(`number ${n}\n${"and more ".repeat(n % 40)}`);
    const visitor = await here.visitor();
    await visitor.join("reader");
    const history = await bot.history();
    await visitor.page.hover("#scroller");
    await until("the first message is there", async () => {
      await visitor.page.mouse.wheel(0, -1500);
      return (await visitor.rows())[0].id === history[0].id;
    });
    await visitor.seesHistory(history);
  });

  it("what comes above or below does not move what one reads", async () => {
    const bot = await Person.join(here.server, "poster");
    const visitor = await here.visitor();
    await visitor.join("watcher");
    await visitor.page.evaluate(() => document.querySelector("#history li.message:nth-child(20)").scrollIntoView());
    const older = (await visitor.rows()).length;
    await visitor.page.evaluate(() => document.querySelector("#older")?.scrollIntoView({ block: "end" }));
    const mark = await landmark(visitor);
    await until("older messages are there", async () => (await visitor.rows()).length > older);
    assert.ok(Math.abs((await topOf(visitor, mark.id)) - mark.top) <= 1, "older messages move nothing");
    const { body } = await bot.post("a live one, far below");
    await visitor.seesText(body);
    assert.ok(Math.abs((await topOf(visitor, mark.id)) - mark.top) <= 1, "a new message moves nothing");
    await visitor.page.click("#latest");
    await until("the end is in sight", () => visitor.page.getByText(body).isVisible());
  });

  it("Enter sends, Shift+Enter does not, and an input method's Enter neither", async () => {
    const visitor = await here.visitor();
    await visitor.join("typist");
    await visitor.composer.fill("first line");
    await visitor.composer.press("Shift+Enter");
    await visitor.composer.pressSequentially("second line");
    await visitor.composer.evaluate((composer) => {
      const key = (more) => composer.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
      key({ isComposing: true });
      key({ keyCode: 229 }); // Safari: after the end of the composition
    });
    assert.equal(await visitor.composer.inputValue(), "first line\nsecond line");
    await visitor.composer.press("Enter");
    await visitor.seesText("first line\nsecond line");
    const history = await (await Person.join(here.server, "judge")).history();
    assert.equal(history.filter((message) => message.author.handle === "typist").length, 1);
  });
});
