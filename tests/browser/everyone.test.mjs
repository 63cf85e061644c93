// Pages that everybody can use: axe-core finds nothing on any of them, in either scheme and language.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { load } from "../clients/support/paths.mjs";
import { furnish } from "./support/scene.mjs";
import { stage } from "./support/stage.mjs";

const axe = load("axe-core");

const own = (page) => page.locator("#history .mine").last();

async function act(page, selector) {
  await own(page).hover();
  await page.locator(`.actions > ${selector}`).click();
}

/** What opens in a room when somebody wants it, and is closed with Escape. */
const OPENED = {
  "what can be done with a row": (page) => own(page).hover(),
  "an emoji to pick": async (page) => {
    await act(page, "button:nth-of-type(4)");
    await page.locator(".picker-grid button").first().waitFor();
  },
  "a message in change": async (page) => {
    await act(page, "a.for-author");
    await page.locator(".edit textarea").waitFor();
  },
  "a message to be deleted": async (page) => {
    await act(page, "a.for-manager");
    await page.locator(".edit-delete").waitFor();
  },
  "names that fit": async (page) => {
    await page.locator("#body").pressSequentially("@");
    await page.locator("#names li").first().waitFor();
  },
  "rooms to go to": async (page) => {
    await page.keyboard.press("Control+k");
    await page.locator("dialog[open] .room-link").first().waitFor();
  },
  "the room's menu": (page) => page.click(".room-menu-button"),
  "the keys": async (page) => {
    await page.locator(".room-menu-button").focus();
    await page.keyboard.press("?");
    await page.locator(".keys[open]").waitFor();
  },
  "a day to jump to": (page) => page.evaluate(() => document.getElementById("jump-to-date").showPopover()).then(() => page.locator(".calendar-days").waitFor()),
};

describe("no page has a fault that axe-core knows", { timeout: 180_000 }, () => {
  const here = stage();
  let people;

  async function pages() {
    people ??= await furnish(here.server);
    const { id } = (await people.mira.history()).at(-1);
    return ["/rooms/general", `/rooms/general/messages/${id}`, "/rooms/deploys", "/rooms", "/rooms/new", "/rooms/general/settings", "/account", "/people", "/people/mira", "/direct/new", "/signout", "/rooms/nowhere"];
  }

  for (const colorScheme of ["light", "dark"]) {
    for (const locale of ["en", "zh-CN"]) {
      it(`${colorScheme}, ${locale}`, async () => {
        const paths = await pages();
        const visitor = await here.visitor({ colorScheme, locale, reducedMotion: "reduce" });
        await visitor.goto("/join");
        await passes(visitor, "/join");
        await visitor.goto("/rooms/general");
        await passes(visitor, "a room that one reads along");
        await visitor.join(`reader-${colorScheme}-${locale}`);
        here.server.command("user", "role", visitor.handle, "admin", "--db", here.server.db);
        for (const path of [...paths, "/admin/people", "/admin/rooms", "/admin/audit", "/admin/reports"]) {
          await visitor.goto(path);
          await passes(visitor, path);
        }
        await visitor.goto("/rooms/general");
        await visitor.say(`in ${colorScheme}, ${locale}`);
        await visitor.seesText(`in ${colorScheme}, ${locale}`);
        for (const [what, open] of Object.entries(OPENED)) {
          await open(visitor.page);
          await passes(visitor, what);
          await visitor.page.keyboard.press("Escape");
        }
        await visitor.page.setViewportSize({ width: 360, height: 800 });
        await visitor.goto("/rooms/general");
        await visitor.page.click(".bar-menu");
        await passes(visitor, "the rooms on a phone");
      });
    }
  }

  async function passes(visitor, what) {
    await visitor.page.evaluate(axe.source);
    const faults = await visitor.page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { preload: false, resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).slice(0, 2).join("\n")}`);
    });
    assert.deepEqual(faults, [], what);
  }
});
