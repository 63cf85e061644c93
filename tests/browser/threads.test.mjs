// Threads: two people answer a message in the panel, without scripts and over a lost connection.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

describe("threads", { timeout: 120_000 }, () => {
  const here = stage();

  const panel = ({ page }) => page.locator("#panel");
  const row = ({ page }, id) => page.locator(`#m${id}`);
  const line = (visitor, id) => row(visitor, id).locator(".thread-line");
  const texts = ({ page }) => page.locator("#thread > .message .message-body").allTextContents();
  const sees = (visitor, expected) =>
    until(
      () => `the thread shows ${expected}`,
      async () => `${await texts(visitor)}` === `${expected}`,
    );

  it("a message is answered in the panel, live, and the line below it tells others", async () => {
    const bob = await Person.join(here.server, "bob");
    const { id } = await bob.post("Shall we meet?");
    const ann = await here.visitor();
    await ann.join("ann");
    await ann.seesText("Shall we meet?");
    await row(ann, id).hover();
    await row(ann, id).locator(".message-thread-start").click();
    await panel(ann).waitFor();
    assert.ok(ann.page.url().endsWith(`?thread=${id}`));
    await ann.page.waitForFunction(() => document.activeElement.id === "thread-body");
    await ann.page.keyboard.type("Yes, on Monday");
    await ann.page.keyboard.press("Enter");
    await sees(ann, ["Shall we meet?", "Yes, on Monday"]);
    await line(ann, id).getByText("1", { exact: true }).waitFor();
    await bob.post("Or on Tuesday", "general", { thread: id });
    await sees(ann, ["Shall we meet?", "Yes, on Monday", "Or on Tuesday"]);
    await ann.page.locator(".thread-total").getByText("2 replies").waitFor();
    assert.deepEqual((await ann.rows()).map(({ body }) => body), ["Shall we meet?"]);
    assert.equal(await ann.page.locator("#thread-outbox > .message").count(), 0);
    // Esc closes the panel; what comes then is unread.
    await ann.page.keyboard.press("Escape");
    await panel(ann).waitFor({ state: "detached" });
    assert.ok(ann.page.url().endsWith("/rooms/general"));
    const { id: last } = await bob.post("Wednesday?", "general", { thread: id });
    await line(ann, id).locator(".thread-unread").getByText("1 new").waitFor();
    await ann.page.reload();
    await line(ann, id).locator(".thread-unread").getByText("1 new").waitFor();
    await line(ann, id).click();
    await sees(ann, ["Shall we meet?", "Yes, on Monday", "Or on Tuesday", "Wednesday?"]);
    await ann.page.locator("#thread .new + .message").waitFor();
    await line(ann, id).locator(".thread-unread").waitFor({ state: "detached" });
    await bob.edit(last, "Thursday?");
    await sees(ann, ["Shall we meet?", "Yes, on Monday", "Or on Tuesday", "Thursday?"]);
    await bob.delete(last);
    await ann.page.locator(".thread-total").getByText("2 replies").waitFor();
    await panel(ann).getByRole("button", { name: "Following" }).click();
    await panel(ann).getByRole("button", { name: "Follow", exact: true }).waitFor();
    assert.equal((await (await bob.ask("GET", `/api/v1/rooms/general/messages/${id}/follow`)).json()).follows, true);
  });

  it("a reply survives a reload and a lost connection, is posted once, and to the room if asked for", async () => {
    const cara = await Person.join(here.server, "cara");
    const { slug } = await cara.createRoom({ name: "Choir" });
    const { id } = await cara.post("Who sings?", slug);
    const dan = await here.visitor();
    await dan.join("dan", `/rooms/${slug}`);
    await dan.goto(`/rooms/${slug}?thread=${id}`);
    await panel(dan).waitFor();
    await dan.page.locator("#thread-body").fill("half a thou");
    await dan.page.reload();
    await until("the draft is back", async () => (await dan.page.locator("#thread-body").inputValue()) === "half a thou");
    assert.equal(await dan.composer.inputValue(), "");
    await dan.context.setOffline(true);
    await dan.page.locator("#thread-body").fill("I do");
    await dan.page.getByLabel("Also post to Choir").check();
    await dan.page.locator("#thread-body").press("Enter");
    await dan.page.locator("#thread-outbox .message-body").getByText("I do").waitFor();
    assert.equal(await dan.page.locator("#outbox > .message").count(), 0);
    await dan.context.setOffline(false);
    await dan.page.evaluate(() => dispatchEvent(new Event("online")));
    await sees(dan, ["Who sings?", "I do"]);
    await dan.seesText("I do");
    await dan.page.locator("#history .message-thread").waitFor();
    const whole = await (await cara.ask("GET", `/api/v1/rooms/${slug}/messages?threads=true`)).json();
    assert.equal(whole.messages.filter(({ body }) => body === "I do").length, 1);
    await dan.page.locator(".panel-close").click();
    await dan.page.locator("#history .message-thread").click();
    await sees(dan, ["Who sings?", "I do"]);
    await dan.page.goBack();
    await panel(dan).waitFor({ state: "detached" });
  });

  it("works without scripts, on a phone", async () => {
    const eve = await Person.join(here.server, "eve");
    const { id } = await eve.post("Without scripts?");
    const finn = await here.visitor({ javaScriptEnabled: false, viewport: { width: 360, height: 720 } });
    await finn.join("finn");
    await finn.goto(`/rooms/general/messages/${id}`);
    await finn.page.getByRole("link", { name: "Reply in thread" }).click();
    await finn.page.locator("#thread-body").fill("It does");
    await panel(finn).getByRole("button", { name: "Send" }).click();
    await finn.page.waitForURL(new RegExp(`thread=${id}#t`));
    assert.deepEqual(await texts(finn), ["Without scripts?", "It does"]);
    const wide = await finn.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide}`);
    await finn.page.locator(".panel-close").click();
    await finn.page.locator(".thread-line").first().waitFor();
  });
});
