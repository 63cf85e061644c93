// The card of a person, blocking and reporting from it, and mentions of a whole room.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { stage } from "./support/stage.mjs";

describe("peace in a room", { timeout: 120_000 }, () => {
  const here = stage();

  const card = ({ page }) => page.locator(".card:popover-open");
  const rowOf = ({ page }, text) => page.locator("#history .message", { hasText: text });
  const authorOf = (visitor, text) => rowOf(visitor, text).locator(".message-author");

  it("whoever is blocked is folded in all tabs, shown by a click, and back when it ends", async () => {
    const bob = await Person.join(here.server, "bob");
    await bob.post("before");
    const ann = await here.visitor();
    await ann.join("ann");
    const tab = await ann.anotherTab();
    await tab.seesText("before");
    await authorOf(ann, "before").click();
    await card(ann).getByRole("button", { name: "Block", exact: true }).click();
    await card(ann).getByRole("button", { name: "Unblock" }).waitFor();
    for (const { page } of [ann, tab]) await page.locator(".message-blocked .message-fold").waitFor();
    await bob.ask("POST", "/api/v1/rooms/general/typing");
    const { id } = await bob.post("@ann after");
    for (const visitor of [ann, tab]) {
      await visitor.sees("the new row", (rows) => rows.some((row) => row.id === id));
      assert.equal(await visitor.page.locator(`#m${id} .message-body`).isVisible(), false);
      assert.equal(await visitor.page.locator("#typing").textContent(), "");
    }
    await ann.page.keyboard.press("Escape");
    await ann.page.locator(`#m${id} .message-fold`).click();
    await ann.page.locator(`#m${id} .message-body`).waitFor();
    assert.equal(await tab.page.locator(`#m${id} .message-body`).isVisible(), false);
    await authorOf(ann, "after").click();
    await card(ann).getByRole("button", { name: "Unblock" }).click();
    await tab.page.locator(`#m${id} .message-body`).waitFor();
    assert.equal(await tab.page.locator(".message-fold").count(), 0);
  });

  it("a card opens by the keyboard, and the focus returns to the name", async () => {
    const cara = await Person.join(here.server, "cara");
    await cara.ask("PATCH", "/api/v1/me", { about: "Sings alto", time_zone: "Asia/Tokyo" });
    await cara.post("from cara");
    const dan = await here.visitor();
    await dan.join("dan");
    await dan.seesText("from cara");
    await authorOf(dan, "from cara").focus();
    await dan.page.keyboard.press("Enter");
    await card(dan).getByText("Sings alto").waitFor();
    await card(dan).getByText(/local time/).waitFor();
    assert.equal(await card(dan).getByRole("button", { name: "Message", exact: true }).evaluate((button) => button === document.activeElement), true);
    await dan.page.keyboard.press("Escape");
    await card(dan).waitFor({ state: "detached" }).catch(() => {});
    assert.equal(await authorOf(dan, "from cara").evaluate((name) => name === document.activeElement), true);
    await authorOf(dan, "from cara").click();
    await card(dan).getByRole("button", { name: "Message", exact: true }).click();
    await dan.page.waitForURL(/\/rooms\/r-/);
  });

  it("a message is reported from its action bar", async () => {
    const eve = await Person.join(here.server, "eve");
    await eve.post("rude words");
    const finn = await here.visitor();
    await finn.join("finn");
    await rowOf(finn, "rude words").hover();
    await finn.page.locator(".actions .of-others").click();
    await card(finn).getByLabel("Reason").fill("Rude.");
    const sent = finn.page.waitForResponse((response) => response.url().endsWith("/report"));
    await card(finn).getByRole("button", { name: "Report", exact: true }).click();
    assert.equal((await sent).status(), 204);
    await card(finn).getByText("Reported. Thank you.").waitFor();
  });

  it("@room is completed for those who may, and marks the others' pages", async () => {
    const gil = await Person.join(here.server, "gil");
    const { slug } = await gil.createRoom({ name: "Choir" });
    const hana = await here.visitor();
    await hana.join("hana", `/rooms/${slug}`);
    await hana.say("I am in");
    await hana.composer.fill("");
    await hana.composer.pressSequentially("@ro");
    assert.equal(await hana.page.locator("#names").count(), 0);
    await gil.ask("PATCH", `/api/v1/rooms/${slug}`, { room_mentions: true });
    await gil.ask("POST", `/api/v1/rooms/${slug}/messages`, { body: "@room rehearsal" });
    await hana.page.locator(".mention.me", { hasText: "@room" }).waitFor();
    await hana.goto(`/rooms/${slug}`);
    await hana.composer.fill("");
    await hana.composer.pressSequentially("@ro");
    await hana.page.locator("#names li", { hasText: "everybody in this room" }).waitFor();
  });
});
