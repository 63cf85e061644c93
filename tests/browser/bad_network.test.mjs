// The page on a bad road: whatever a network or a proxy does to its stream, it goes on by itself and shows everything.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CuttingProxy, beforeTheEmptyLine, inLine } from "../clients/support/cutting_proxy.mjs";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const BACK_WITHIN_MS = 60_000;
// More than the page is willing to have replayed.
const TOO_MUCH = 5000;

const html = "<!doctype html><title>Sign in to the train's network</title>";
const withBody = (head) => `HTTP/1.1 ${head}\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\nConnection: close\r\n\r\n${html}`;
// EventSource gives up for good on each of the first five; the page must not.
const ANSWERS = {
  "502 and a page": withBody("502 Bad Gateway"),
  "503 and a page": withBody("503 Service Unavailable"),
  "200 and somebody else's page": withBody("200 OK"),
  "204": "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
  "500 and nothing": "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  "the end at once": "",
};
const CUTS = [inLine("data", 1, 20), inLine("data", 1, 400, "reset"), inLine("id", 1, 5), beforeTheEmptyLine(1)];

describe("on a bad network", { timeout: 400_000 }, () => {
  const here = stage();
  let proxy;
  let bot;

  before(async () => {
    proxy = await CuttingProxy.start(here.server);
    bot = await Person.join(here.server, "bot");
  });
  after(() => proxy?.stop());

  async function somebody(handle) {
    const visitor = await here.visitor({}, proxy);
    await visitor.join(handle);
    await visitor.mark();
    await bot.post(`hello ${handle}`);
    await visitor.seesText(`hello ${handle}`);
    return visitor;
  }

  async function hasTheNewest(visitor) {
    const history = await bot.history();
    await visitor.sees("the newest message", (rows) => rows.at(-1).id === history.at(-1).id, BACK_WITHIN_MS);
    const shown = (await visitor.rows()).length;
    await visitor.seesHistory(history.slice(-shown));
    assert.ok(await visitor.wasNotReloaded(), "the page was not loaded again");
  }

  it("a stream that is cut in the middle of a block", async () => {
    const visitor = await somebody("cut");
    const made = proxy.made.length;
    for (const cut of CUTS) {
      proxy.planNow(cut);
      const { body } = await bot.post(`cut ${cut.name}`);
      await visitor.seesText(body, BACK_WITHIN_MS);
    }
    assert.equal(proxy.made.length - made, CUTS.length, "every cut was made");
    await hasTheNewest(visitor);
  });

  for (const [name, answer] of Object.entries(ANSWERS)) {
    it(`a proxy that answers with ${name}`, async () => {
      const visitor = await somebody(`proxy-${Object.keys(ANSWERS).indexOf(name)}`);
      const { asked } = proxy;
      proxy.answerWith(answer);
      const missed = await bot.post(`missed: ${name}`);
      await until("the page has asked twice in vain", () => proxy.asked >= asked + 2, BACK_WITHIN_MS);
      proxy.answerWith(null);
      await visitor.seesText(missed.body, BACK_WITHIN_MS);
      await visitor.say(`and on: ${name}`);
      await visitor.seesText(`and on: ${name}`);
      await hasTheNewest(visitor);
      assert.equal(proxy.open, 1, "one stream, not more");
    });
  }

  it("on return the page says what came meanwhile", async () => {
    const visitor = await somebody("tunnel");
    const quiet = await visitor.status();
    const edited = await bot.post("befoer");
    await visitor.seesText("befoer");
    proxy.goAway();
    await until("the page says that it has lost the stream", async () => (await visitor.status()) !== quiet);
    for (const n of [1, 2, 3]) await bot.post(`in the tunnel ${n}`);
    await bot.edit(edited.id, "before");
    proxy.comeBack();
    await until("it sums up", async () => (await visitor.status()).includes("3 messages, 1 edit"), BACK_WITHIN_MS);
    await hasTheNewest(visitor);
  });

  it("after more than can be replayed, the room is fetched again in place, and one reads on where one left off", async () => {
    const visitor = await somebody("owl");
    const { page } = visitor;
    await visitor.composer.fill("half a sent");
    proxy.goAway();
    await until("the page says that it is lost", async () => (await visitor.status()) !== "", BACK_WITHIN_MS);
    await bot.postMany(TOO_MUCH, "in the night");
    proxy.comeBack();
    const line = page.locator("#history > .new");
    await line.waitFor({ timeout: BACK_WITHIN_MS });
    await visitor.sees("where one left off and what came then", (rows) => {
      const last = rows.findIndex(({ body }) => body === "hello owl");
      return last >= 0 && rows[last + 1]?.body.startsWith("in the night");
    });
    await until("the line is in sight", () => line.evaluate((element) => {
      const { top, bottom } = document.querySelector("#scroller").getBoundingClientRect();
      return element.getBoundingClientRect().top >= top - 1 && element.getBoundingClientRect().bottom <= bottom;
    }));
    const { read_up_to } = await (await page.request.get(`${proxy.url}/api/v1/rooms/general`)).json();
    assert.ok(read_up_to < (await bot.history()).at(-1).id, "what was not shown is not read");
    await page.click("#latest");
    await hasTheNewest(visitor);
    assert.equal(await visitor.composer.inputValue(), "half a sent");
  });
});
