// Where one is in a long history, and what messages look like: the rail, the day, and texts that are more than a line.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const YEARS = [2019, 2020, 2021, 2022];
const TALL = Array.from({ length: 80 }, (_, n) => `line ${n}`).join("\n");

describe("a history of years", { timeout: 120_000 }, () => {
  const here = stage();
  let bot;

  async function reader(handle, options) {
    if (!bot) {
      bot = await Person.join(here.server, "bot");
      const months = YEARS.flatMap((year) => Array.from({ length: 12 }, (_, month) => `${year}-${String(month + 1).padStart(2, "0")}`));
      const days = months.flatMap((month) => Array.from({ length: 9 }, (_, n) => `${month}-${String(3 * n + 1).padStart(2, "0")}`));
      const lines = days.map((day) => ({ room: "years", room_info: { name: "Years" }, author: "bot", at: `${day}T12:00:00Z`, body: `on ${day}` }));
      const file = here.server.path("years.ndjson");
      writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
      await here.server.kill();
      here.server.command("import", file, "--db", here.server.db);
      await here.server.start();
    }
    const visitor = await here.visitor({ timezoneId: "UTC", ...options });
    await visitor.join(handle, "/rooms/years");
    await visitor.mark();
    return { visitor, page: visitor.page };
  }

  const firstShown = (page) =>
    page.evaluate(() => {
      const { top } = document.getElementById("scroller").getBoundingClientRect();
      return [...document.querySelectorAll("#history > .message")].find((row) => row.getBoundingClientRect().bottom > top).dataset.at.slice(0, 7);
    });

  it("the rail says where one is, and leads to other months by keys and by dragging", async () => {
    const { visitor, page } = await reader("ann");
    const rail = page.getByRole("slider", { name: "Months" });
    await rail.waitFor();
    assert.equal(await rail.getAttribute("aria-valuetext"), "December 2022");
    await rail.focus();
    await page.keyboard.press("PageUp");
    await until("a year earlier is shown", async () => (await firstShown(page)) === "2021-12");
    await page.keyboard.press("Home");
    await until("the beginning is shown", async () => (await firstShown(page)) === "2019-01");
    assert.equal(await rail.getAttribute("aria-valuetext"), "January 2019");
    const { x, y, width, height } = await rail.boundingBox();
    await page.mouse.move(x + width / 2, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 18 + ((height - 36) * 18) / 47, { steps: 4 });
    assert.equal(await rail.locator("output").textContent(), "July 2020");
    await page.mouse.up();
    await until("that month is shown", async () => (await firstShown(page)) === "2020-07");
    await page.reload();
    await until("so it is after a reload", async () => (await firstShown(page)).startsWith("2020-0"));
    await rail.focus();
    await page.keyboard.press("End");
    await visitor.sees("the end", (rows) => rows.at(-1)?.body === "on 2022-12-25");
  });

  it("the day is named in the past, and its calendar leads to any other, by keys", async () => {
    const { page } = await reader("bea");
    const pill = page.locator(".day-pill");
    await page.locator("#scroller").evaluate((scroller) => (scroller.scrollTop = -3 * scroller.clientHeight));
    await until("the day is named", async () => /^\w+,? \d+ \w+ 2022$/.test((await pill.isVisible()) && (await pill.textContent())));
    await pill.focus();
    await page.keyboard.press("Enter");
    const focused = () => page.evaluate(() => document.activeElement.ariaLabel ?? "");
    await until("a day has the focus", async () => /2022$/.test(await focused()));
    await page.getByRole("button", { name: "Previous year" }).click();
    await page.getByRole("button", { name: /^March 2021/ }).click();
    await page.locator(".calendar-days").getByText("10", { exact: true }).focus();
    await page.locator('.calendar-days [tabindex="0"]').focus();
    for (const key of ["ArrowDown", "ArrowRight", "PageDown"]) await page.keyboard.press(key);
    assert.match(await focused(), /9 April 2021/);
    await page.keyboard.press("Enter");
    await page.locator(".message.marked").filter({ hasText: "on 2021-04-10" }).waitFor();
    assert.ok(!(await page.locator("#jump-to-date").isVisible()));
  });

  it("a tall message is cut, and shown whole by a button without moving; without scripts it is whole", async () => {
    const { visitor, page } = await reader("cara");
    const { id } = await bot.post(TALL, "years");
    await visitor.seesText(TALL);
    const row = page.locator(`#m${id}`);
    const button = row.getByRole("button", { name: "Show all" });
    await button.waitFor();
    const box = () => row.evaluate((row) => row.getBoundingClientRect().toJSON());
    const before = await box();
    assert.ok(before.height < 700);
    await button.press("Enter");
    await until("it is whole", async () => (await box()).height > 1500);
    assert.ok(Math.abs((await box()).top - before.top) <= 1, "its first line stays where it is");
    assert.ok(await row.evaluate((row) => row.contains(document.activeElement)));
    await bot.edit(id, `${TALL}\nand more`, "years");
    await visitor.seesText(`${TALL}\nand more`);
    assert.equal(await button.count(), 0, "it stays so when it is edited");
    const plain = await here.visitor({ javaScriptEnabled: false });
    await plain.goto("/rooms/years");
    assert.ok((await plain.page.locator(`#m${id} .message-text`).boundingBox()).height > 1500);
  });

  it("tables, tasks, headings, coloured code and emoji look alike in the stream and in the page", async () => {
    const { visitor, page } = await reader("dora");
    const bodies = ["# Seats\n\n| Row | Price |\n|-|-:|\n| Stalls | 18.00 |", "- [ ] pencil\n- [x] folder", "```go\nfunc doors() { return 45 }\n```", ":tada: 👏"];
    const ids = [];
    for (const body of bodies) ids.push((await bot.post(body, "years")).id);
    await page.locator(`#m${ids.at(-1)} .jumbo`).waitFor();
    const rows = () => Promise.all(ids.map((id) => page.locator(`#m${id} .message-body`).evaluate((body) => body.innerHTML)));
    const live = await rows();
    assert.match(live[0], /<h2>Seats<\/h2>.*<th class="end">Price/s);
    assert.match(live[2], /<span class="k">func<\/span> <span class="f">doors<\/span>.*<span class="d">45<\/span>/);
    assert.equal(await page.locator(`#m${ids[3]} .message-body`).evaluate((body) => getComputedStyle(body).fontSize), "40px");
    assert.equal(await page.locator(`#m${ids[2]} pre`).evaluate((block) => getComputedStyle(block, "::before").content), '"Go"');
    await page.reload();
    await page.locator(`#m${ids.at(-1)} .jumbo`).waitFor();
    const withoutButtons = (html) => html.replace(/<button.*?<\/button>/g, "");
    await until("the page shows the same", async () => JSON.stringify((await rows()).map(withoutButtons)) === JSON.stringify(live.map(withoutButtons)));
    await bot.edit(ids[3], "no more :tada:", "years");
    await visitor.seesText("no more 🎉");
    assert.equal(await page.locator(`#m${ids[3]} .jumbo`).count(), 0);
  });
});
