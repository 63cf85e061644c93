// Who is here and who is writing, seen by somebody else.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

process.env.BACKSCROLL_AWAY_AFTER = "1"; // seconds, so that nobody waits long for somebody to be away

describe("the people of a room", { timeout: 120_000 }, () => {
  const here = stage();

  let herald;

  /** Their pages listen: what is signalled from now on reaches them. */
  async function together(...handles) {
    herald ??= await Person.join(here.server, "herald");
    const visitors = [];
    for (const handle of handles) {
      const visitor = await here.visitor();
      await visitor.join(handle);
      visitors.push(visitor);
      await visitor.say(`${handle} is in`);
    }
    const { body } = await herald.post(`${handles} are in`);
    for (const visitor of visitors) await visitor.seesText(body);
    return visitors;
  }

  const listed = (visitor, list) => visitor.page.locator(`#${list} li`).allTextContents();

  async function sees(visitor, list, handle) {
    let shown = [];
    await until(
      () => `${visitor.handle} sees ${handle} under "${list}"; there: ${shown}`,
      async () => (shown = await listed(visitor, list)).includes(handle),
    );
  }

  const typing = (visitor) => visitor.page.locator("#typing");

  const leftOf = ({ page }, selector) =>
    page.locator(selector).evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect().left;
    });

  it("whoever writes is named until their message is there, and nothing moves", async () => {
    const [ann, bob] = await together("ann", "bob");
    const place = () => ann.page.evaluate(() => ["#scroller", "#composer"].map((name) => document.querySelector(name).getBoundingClientRect().top));
    const before = await place();
    await until("ann sees bob typing", async () => {
      await bob.composer.press("h");
      return (await typing(ann).textContent()) === "bob is typing…";
    });
    assert.deepEqual(await place(), before);
    assert.equal(await leftOf(ann, "#typing"), await leftOf(ann, "#beginning"), "it begins where the text does");
    assert.equal(await typing(bob).textContent(), "", "one knows that oneself");
    await bob.say("hello");
    await ann.seesText("hello");
    assert.equal(await typing(ann).textContent(), "");
  });

  it("two are named, and more are several", async () => {
    const [ann] = await together("anna");
    const others = [];
    for (const handle of ["ben", "chen", "dora"]) others.push(await Person.join(here.server, handle));
    const says = (person) => person.ask("POST", "/api/v1/rooms/general/typing");
    await says(others[0]);
    await says(others[1]);
    await typing(ann).filter({ hasText: "ben and chen are typing…" }).waitFor();
    await says(others[2]);
    await typing(ann).filter({ hasText: "Several people are typing…" }).waitFor();
  });

  it("and nobody is named for long who falls silent", async () => {
    const [ann] = await together("anke");
    const bert = await Person.join(here.server, "bert");
    await ann.page.clock.install();
    await bert.ask("POST", "/api/v1/rooms/general/typing");
    await typing(ann).filter({ hasText: "bert" }).waitFor();
    await ann.page.clock.fastForward(7000);
    await until("nobody is named", async () => (await typing(ann).textContent()) === "");
  });

  it("somebody is here while a page of theirs is open, and away a moment later", async () => {
    const [ann, bob] = await together("annika", "boris");
    await sees(ann, "here", "boris");
    assert.ok((await listed(ann, "here")).includes("annika"), "and so is whoever looks");
    const count = () => ann.page.locator("#here-title .count").textContent().then(Number);
    assert.equal(await count(), (await listed(ann, "here")).length);
    const second = await bob.context.newPage();
    await second.goto(`${here.server.url}/rooms/general`);
    await second.close();
    await bob.page.goto("about:blank");
    await sees(ann, "away", "boris");
    assert.equal(await count(), (await listed(ann, "here")).length);
    await bob.goto("/rooms/general");
    await sees(ann, "here", "boris");
  });

  it("are called by their new names at once, in every open page", async () => {
    const [ann, bob] = await together("agnes", "bruno");
    const answers = await Person.join(here.server, "clara");
    const asked = (await answers.history()).find(({ body }) => body === "agnes is in");
    await answers.post("I saw that", "general", { reply_to: asked.id });
    await bob.seesText("I saw that");
    const account = await ann.context.newPage();
    await account.goto(`${here.server.url}/account`);
    for (const [name, title] of [["Agnes <Lee>", "@agnes"], ["agnes", ""]]) {
      await account.fill("#name", name);
      await account.click("form[action='account/name'] button");
      await account.waitForURL("**/account");
      for (const { page } of [ann, bob]) {
        const author = page.locator(".message[data-author=agnes] > .name").first();
        await until(`agnes is ${name}`, async () => (await author.textContent()) === name);
        assert.equal((await author.getAttribute("title")) ?? "", title);
        assert.equal(await page.locator("#members [data-handle=agnes]").textContent(), name);
        assert.equal(await page.locator(".message-quote").textContent(), `${name}: agnes is in`);
      }
      assert.equal(await ann.page.locator(".sidebar-foot .name").textContent(), name);
      assert.equal(await bob.page.locator(".sidebar-foot .name").textContent(), "bruno");
      assert.equal(await bob.page.locator(".message[data-author=bruno] > .name").first().textContent(), "bruno");
    }
    await account.fill("#name", "a\u200bb");
    await account.click("form[action='account/name'] button");
    await account.locator("#name-error").waitFor();
  });

  it("see in their own time where they are signed in", async () => {
    const visitor = await here.visitor({ timezoneId: "Pacific/Kiritimati" });
    await visitor.join("teeta", "/account");
    const time = visitor.page.locator("time");
    const { iso, shown } = await until("it is told", () => time.evaluate(({ dateTime, textContent }) => !textContent.includes("UTC") && { iso: dateTime, shown: textContent }));
    assert.ok(shown.includes(new Date(iso).toLocaleTimeString("en-GB", { timeZone: "Pacific/Kiritimati", timeStyle: "short" })), shown);
  });

  it("a page without scripts says who is here, too", async () => {
    const [ann] = await together("antje");
    await sees(ann, "here", "antje");
    const reader = await here.visitor({ javaScriptEnabled: false });
    await reader.goto("/rooms/general");
    await until("antje is here", async () => {
      await reader.page.reload();
      return (await listed(reader, "here")).includes("antje");
    });
  });
});
