// Two people in two browsers, each with a page that stays open.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const BACK_WITHIN_MS = 60_000;

describe("two people in one room", { timeout: 240_000 }, () => {
  const here = stage();

  async function annAndBob(ann, bob) {
    const visitors = [await here.visitor(), await here.visitor()];
    await visitors[0].join(ann);
    await visitors[1].join(bob);
    for (const visitor of visitors) await visitor.mark();
    return visitors;
  }

  async function bothHaveEverything(visitors, reader, within) {
    const history = await reader.history();
    for (const visitor of visitors) {
      await visitor.seesHistory(history, within);
      assert.ok(await visitor.wasNotReloaded(), `${visitor.handle}'s page was not loaded again`);
    }
  }

  it("the page asks for a name, and one chats", async () => {
    const visitor = await here.visitor();
    await visitor.goto("/");
    await visitor.page.fill("#handle", "first");
    await visitor.page.press("#handle", "Enter");
    await visitor.composer.waitFor();
    await visitor.say("hello, is anybody here?");
    await visitor.seesText("hello, is anybody here?");
    assert.equal(await visitor.composer.inputValue(), "", "the composer is empty again");
  });

  it("both see what either writes, at once and in one order", async () => {
    const visitors = await annAndBob("ann", "bob");
    const [ann, bob] = visitors;
    for (const turn of [1, 2, 3]) {
      await ann.say(`ann's turn ${turn}`);
      await bob.seesText(`ann's turn ${turn}`);
      await bob.say(`bob's turn ${turn} <b>&amp; 汉字 🦀`);
      await ann.seesText(`bob's turn ${turn} <b>&amp; 汉字 🦀`);
    }
    await bothHaveEverything(visitors, await Person.join(here.server, "reader"));
  });

  it("an edit, a deletion and a reaction by API appear in the open page", async () => {
    const visitors = await annAndBob("anna", "bert");
    const bot = await Person.join(here.server, "bot");
    const edited = await bot.post("befoer");
    const deleted = await bot.post("a slip");
    for (const visitor of visitors) await visitor.seesText("a slip");
    await bot.edit(edited.id, "before");
    await bot.delete(deleted.id);
    await bot.react(edited.id, "👍");
    for (const visitor of visitors) {
      await visitor.sees("the edit", (rows) => rows.some((row) => row.id === edited.id && row.body === "before" && row.edited));
      await visitor.sees("the deletion", (rows) => rows.some((row) => row.id === deleted.id && row.deleted && row.body === null));
      await visitor.page.locator(`#m${edited.id} .reaction`).waitFor();
      assert.match(await visitor.page.locator(`#m${edited.id} .reaction`).textContent(), /👍\s*1/);
      assert.ok(!(await visitor.page.content()).includes("a slip"), "the text of a deleted message is nowhere in the page");
    }
    await bothHaveEverything(visitors, bot);
  });

  it("one who may not post any more has no composer, and gets it back, in the open page", async () => {
    const keeper = await Person.join(here.server, "keeper");
    await keeper.createRoom({ name: "Notices", slug: "notices" });
    const visitor = await here.visitor();
    await visitor.join("anselm", "/rooms/notices");
    await visitor.say("a draft is kept");
    await visitor.seesText("a draft is kept");
    await visitor.composer.fill("half a sentence");
    await visitor.mark();
    const change = async (method, path, body) => assert.ok((await keeper.ask(method, `/api/v1/rooms/notices${path}`, body)).ok, path);
    const shows = async (archived, onlyManagers, composer) => {
      for (const [id, isShown] of Object.entries({ archived, "only-managers": onlyManagers, composer })) {
        await visitor.page.locator(`#${id}`).waitFor({ state: isShown ? "visible" : "hidden" });
      }
    };
    await shows(false, false, true);
    await change("PATCH", "", { archived: true });
    await shows(true, false, false);
    await change("PATCH", "", { archived: false });
    await shows(false, false, true);
    await change("PATCH", "", { announcements: true });
    await shows(false, true, false);
    await change("PUT", "/members/anselm", { role: "manager" });
    await shows(false, false, true);
    await change("PUT", "/members/anselm", { role: "member" });
    await shows(false, true, false);
    await change("PATCH", "", { announcements: false });
    await shows(false, false, true);
    assert.equal(await visitor.composer.inputValue(), "half a sentence");
    assert.ok(await visitor.wasNotReloaded());
  });

  it("the server is killed with -9 and comes back while both pages stay open", async () => {
    const visitors = await annAndBob("anne", "bobby");
    const [ann, bob] = visitors;
    const bot = await Person.join(here.server, "relay");
    await ann.say("before the first kill");
    await bob.seesText("before the first kill");

    for (const round of [1, 2, 3]) {
      const posts = bot.postMany(8, `by API, around kill ${round}`);
      await here.server.restart();
      await posts;
      await ann.seesText(`by API, around kill ${round} 7`, BACK_WITHIN_MS);
      await ann.say(`ann after kill ${round}`);
      await bob.seesText(`ann after kill ${round}`, BACK_WITHIN_MS);
      await bob.say(`bob after kill ${round}`);
      await ann.seesText(`bob after kill ${round}`, BACK_WITHIN_MS);
    }
    await bothHaveEverything(visitors, bot, BACK_WITHIN_MS);
  });

  it("while the server is away the page says so, and stops saying so when it is back", async () => {
    const visitors = await annAndBob("annika", "bo");
    const bot = await Person.join(here.server, "messenger");
    await bot.post("still here");
    for (const visitor of visitors) await visitor.seesText("still here");
    const quiet = await Promise.all(visitors.map((visitor) => visitor.status()));
    await here.server.kill();
    for (const [n, visitor] of visitors.entries()) {
      await until("the page says that it is reconnecting", async () => {
        const status = await visitor.status();
        return status !== "" && status !== quiet[n];
      });
    }
    const lost = await Promise.all(visitors.map((visitor) => visitor.status()));
    await here.server.start();
    const back = await bot.post("back again");
    for (const [n, visitor] of visitors.entries()) {
      await visitor.seesText(back.body, BACK_WITHIN_MS);
      await until("the page no longer says so", async () => (await visitor.status()) !== lost[n]);
    }
    await bothHaveEverything(visitors, bot);
  });
});
