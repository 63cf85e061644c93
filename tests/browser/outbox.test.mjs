// Nothing that somebody wrote is lost, doubled or out of order, whatever happens between the key and the disk.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { PostingProxy } from "./support/posting_proxy.mjs";
import { stage } from "./support/stage.mjs";

const BACK_WITHIN_MS = 60_000;
const DAY_MS = 86_400_000;
const LATE_MS = 31_000;
const MINUTE_MS = 60_000;
const BUSY = { status: 503, headers: { "retry-after": "1" } };

describe("the outbox", { timeout: 400_000 }, () => {
  const here = stage();
  let proxy;
  let judge;

  before(async () => {
    proxy = await PostingProxy.start(here.server);
    judge = await Person.join(here.server, "judge");
    await judge.createRoom({ slug: "tea", name: "Tea" });
  });
  after(() => proxy?.stop());

  async function somebody(handle) {
    const visitor = await here.visitor({}, proxy);
    await visitor.join(handle);
    return visitor;
  }

  /** Their page's time goes on at the test's word, too. */
  async function somebodyWithAClock(handle) {
    const visitor = await somebody(handle);
    await visitor.page.clock.install();
    await visitor.page.reload();
    return visitor;
  }

  /** Another tab of the same browser. */
  async function tabOf(visitor, path = "/rooms/general") {
    const page = await visitor.context.newPage();
    await page.goto(proxy.url + path);
    return page;
  }

  const waiting = (page) => page.locator("#outbox .message-body").allTextContents();
  const sees = (page, what, condition, within) => until(what, async () => condition(await waiting(page)), within);
  const isEmpty = (page) => sees(page, "nothing waits any more", (texts) => texts.length === 0, BACK_WITHIN_MS);
  const kept = (page) => page.evaluate(() => JSON.stringify(localStorage));
  const written = async (handle) => (await judge.history()).filter((message) => message.author.handle === handle).map((message) => message.body);

  async function isWrittenOnce(visitor, ...bodies) {
    await isEmpty(visitor.page);
    for (const body of bodies) await visitor.seesText(body, BACK_WITHIN_MS);
    assert.deepEqual(await written(visitor.handle), bodies);
  }

  it("a message is shown at once, softer, and becomes the server's row when the answer comes", async () => {
    const visitor = await somebody("ann");
    proxy.plan("hold the answer");
    await visitor.page.route("**/events?*", (route) => route.abort()); // its stream is not what brings it
    await visitor.page.reload();
    await visitor.say("<b>bold</b>?");
    assert.deepEqual(await waiting(visitor.page), ["<b>bold</b>?"]);
    assert.equal(await visitor.composer.inputValue(), "");
    const row = visitor.page.locator("#outbox li");
    assert.equal(await row.getAttribute("aria-busy"), "true");
    assert.equal(await row.locator("b").count(), 0, "it is text");
    await until("the server has it", async () => (await written("ann")).length === 1);
    proxy.release();
    await isWrittenOnce(visitor, "<b>bold</b>?");
  });

  it("or when the stream brings it before the answer", async () => {
    const visitor = await somebody("bea");
    proxy.plan("hold the answer");
    await visitor.say("by stream");
    await isWrittenOnce(visitor, "by stream");
    proxy.release();
    await visitor.say("and on");
    await isWrittenOnce(visitor, "by stream", "and on");
  });

  it("an answer that is lost is asked for again, through a reload and a restart of the server: one message", async () => {
    const visitor = await somebody("cleo");
    await visitor.page.route("**/events?*", (route) => route.abort());
    await visitor.page.reload();
    proxy.plan("drop the answer", BUSY, BUSY, BUSY);
    await visitor.say("only once");
    await until("it was posted and posted again", () => proxy.posts.filter((body) => body === "only once").length >= 2);
    await here.server.kill();
    await visitor.page.reload().catch(() => {}); // there is no page while the server is away
    await here.server.start();
    proxy.forget();
    await visitor.page.unroute("**/events?*");
    await visitor.goto("/rooms/general");
    await isWrittenOnce(visitor, "only once");
  });

  it("a tab that dies between the post and its answer leaves the rest to the next one", async () => {
    const visitor = await somebody("dora");
    proxy.plan("drop the answer", BUSY, BUSY);
    await visitor.page.route("**/events?*", (route) => route.abort());
    await visitor.page.reload();
    await visitor.say("last words");
    await until("it was stored", async () => (await written("dora")).length === 1);
    const crashed = visitor.page.waitForEvent("crash");
    await visitor.page.goto("chrome://crash").catch(() => {});
    await crashed;
    proxy.forget();
    visitor.page = await tabOf(visitor);
    await isWrittenOnce(visitor, "last words");
  });

  it("three written while the server is away go out in order, and the page says that they wait", async () => {
    const visitor = await somebody("eve");
    await here.server.kill();
    for (const n of [1, 2, 3]) await visitor.say(`offline ${n}`);
    assert.deepEqual(await waiting(visitor.page), ["offline 1", "offline 2", "offline 3"]);
    await until("the page says so", async () => (await visitor.status()).includes("3 messages will be sent when you’re back online"));
    await here.server.start();
    await isWrittenOnce(visitor, "offline 1", "offline 2", "offline 3");
    assert.ok(!(await visitor.status()).includes("wait"));
  });

  it("a server that asks for patience is not asked before its time", async () => {
    const visitor = await somebody("fay");
    proxy.plan({ status: 429, headers: { "retry-after": "2" } });
    await visitor.say("in a moment");
    const asked = () => proxy.posts.filter((body) => body === "in a moment").length;
    await until("it was posted", () => asked() === 1);
    const refusedAt = performance.now();
    await until("it was posted again", () => asked() === 2);
    assert.ok(performance.now() - refusedAt > 1500);
    await isWrittenOnce(visitor, "in a moment");
  });

  it("a login page in the server's place is no answer", async () => {
    const visitor = await somebody("gil");
    const html = { "content-type": "text/html" };
    proxy.plan({ status: 200, headers: html, body: "<p>Sign in to the train" }, { status: 403, headers: html, body: "<p>Sign in" });
    await visitor.say("from the train");
    await isWrittenOnce(visitor, "from the train");
  });

  it("half of an emoji is repaired before it is sent, in messages and in changes of them", async () => {
    const visitor = await somebody("halina");
    const { page } = visitor;
    const write = (selector, text) =>
      page.evaluate(([selector, text]) => {
        const field = document.querySelector(selector);
        field.value = text;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }, [selector, text]);
    await write("#body", "cut here: \ud83d");
    await visitor.composer.press("Enter");
    await isWrittenOnce(visitor, "cut here: \ufffd");
    await visitor.composer.press("ArrowUp");
    await page.locator(".edit textarea").waitFor();
    await write(".edit textarea", "and \udc4d here");
    await page.locator(".edit textarea").press("Enter");
    await visitor.seesText("and \ufffd here");
  });

  it("a message that is refused keeps its place, with the reason, and is tried again, changed or discarded", async () => {
    const visitor = await somebody("hana");
    const { page } = visitor;
    const long = "x".repeat(8001);
    await visitor.say(long);
    const row = page.locator("#outbox li");
    await row.locator("[role=alert]").waitFor();
    assert.match(await row.locator("[role=alert]").textContent(), /Not sent: Too long: at most 8,000 characters\./);
    await visitor.say("goes on");
    await visitor.seesText("goes on");
    await page.reload();
    await row.getByRole("button", { name: "Retry" }).click();
    await row.locator("[role=alert]").waitFor();
    await row.getByRole("button", { name: "Edit" }).click();
    assert.equal(await visitor.composer.inputValue(), long);
    assert.equal(await row.count(), 0);
    await visitor.composer.press("Enter");
    await row.getByRole("button", { name: "Discard" }).click();
    assert.equal(await row.count(), 0);
    await page.reload();
    assert.deepEqual(await waiting(page), []);
    assert.deepEqual(await written("hana"), ["goes on"]);
  });

  it("a message that the server never takes can be given up, and those behind it go out", async () => {
    const visitor = await somebodyWithAClock("hugo");
    const { page } = visitor;
    const isIll = ({ body }) => body === "the ill one";
    await page.route("**/messages?include=html", (route) => (isIll(route.request().postDataJSON()) ? route.fulfill({ status: 500 }) : route.continue()));
    await visitor.say("the ill one");
    await visitor.say("the one behind");
    const buttons = page.locator("#outbox button");
    assert.equal(await buttons.count(), 0, "at first it waits");
    await page.clock.fastForward(LATE_MS);
    await page.locator("#outbox li", { hasText: "the ill one" }).getByRole("button", { name: "Discard" }).click();
    await page.clock.fastForward(LATE_MS);
    await isWrittenOnce(visitor, "the one behind");
  });

  it("a message can be given up, too, where the clock was set back after it was written", async () => {
    const visitor = await somebodyWithAClock("zeno");
    proxy.plan(...Array(60).fill(BUSY));
    await visitor.say("written in the future");
    await sees(visitor.page, "it waits", (texts) => texts.length === 1);
    await visitor.page.evaluate((hour) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() - hour;
    }, 60 * MINUTE_MS);
    await visitor.page.clock.runFor(LATE_MS);
    await visitor.page.locator("#outbox button").click();
    await isEmpty(visitor.page);
    proxy.forget();
  });

  it("a message can be given up, too, where nothing can be fetched", async () => {
    const visitor = await somebodyWithAClock("hilda");
    const { page } = visitor;
    await here.server.kill();
    await visitor.say("into the tunnel");
    await page.clock.fastForward(LATE_MS);
    await page.locator("#outbox").getByRole("button", { name: "Discard" }).click();
    await isEmpty(page);
    await here.server.start();
  });

  it("a proxy that asks for hours of patience is asked again after a minute", async () => {
    const visitor = await somebodyWithAClock("inga");
    const { page } = visitor;
    proxy.plan({ status: 503, headers: { "retry-after": "36000" } });
    await visitor.say("behind the maintenance");
    await until("it was refused", async () => (await kept(page)).includes("isAsked"));
    await page.clock.fastForward(MINUTE_MS + 1000);
    await isWrittenOnce(visitor, "behind the maintenance");
  });

  it("what is older than a day is not sent unasked", async () => {
    const visitor = await somebodyWithAClock("ida");
    const { page } = visitor;
    await here.server.kill();
    await visitor.say("see you at three");
    await page.clock.setFixedTime(Date.now() + DAY_MS + 60_000);
    await here.server.start();
    await visitor.goto("/rooms/general");
    const row = page.locator("#outbox li");
    await row.locator("[role=alert]").waitFor();
    assert.deepEqual(await written("ida"), []);
    await row.getByRole("button", { name: "Send" }).click();
    await isWrittenOnce(visitor, "see you at three");
  });

  it("all tabs show what is on its way, and one of them sends it", async () => {
    const visitor = await somebody("jo");
    const second = await tabOf(visitor);
    await here.server.kill();
    await visitor.say("from the first tab");
    await sees(second, "the second tab shows it", (texts) => texts.includes("from the first tab"));
    await second.locator("#body").fill("from the second tab");
    await second.locator("#body").press("Enter");
    await sees(visitor.page, "the first tab shows it", (texts) => texts.length === 2);
    await here.server.start();
    await isWrittenOnce(visitor, "from the first tab", "from the second tab");
    await isEmpty(second);
  });

  it("an answer keeps what it answers", async () => {
    const visitor = await somebody("kim");
    const asked = await judge.post("who is there?");
    await visitor.seesText("who is there?");
    await visitor.page.hover(`#m${asked.id}`);
    await visitor.page.getByRole("button", { name: "Reply" }).click();
    await visitor.composer.fill("kim is");
    await visitor.page.reload();
    assert.equal(await visitor.composer.inputValue(), "kim is");
    await here.server.kill();
    await visitor.composer.press("Enter");
    assert.match(await visitor.page.locator("#outbox .message-quote").textContent(), /who is there/);
    await here.server.start();
    await isWrittenOnce(visitor, "kim is");
    assert.equal((await judge.history()).at(-1).reply_to, asked.id);
  });

  it("a draft survives a reload, and is named beside its room", async () => {
    const visitor = await somebody("lou");
    const { page } = visitor;
    await visitor.composer.pressSequentially("half a sent");
    await page.reload();
    assert.equal(await visitor.composer.inputValue(), "half a sent");
    const link = page.locator('.room-link[data-room="general"]');
    assert.equal(await link.getAttribute("data-draft"), null, "not beside the room one is in");
    const second = await tabOf(visitor, "/rooms/tea");
    await second.locator('.room-link[data-room="general"][data-draft="Draft"]').waitFor();
    await visitor.composer.press("Enter");
    await visitor.seesText("half a sent");
    await second.locator('.room-link[data-room="general"]:not([data-draft])').waitFor();
    await page.reload();
    assert.equal(await visitor.composer.inputValue(), "");
  });

  it("a draft never breaks into a composition, and joins what was typed before it came", async () => {
    const visitor = await somebody("mei");
    const { page } = visitor;
    await visitor.composer.fill("before");
    await page.addInitScript(() => {
      document.addEventListener("readystatechange", () => {
        const field = document.getElementById("body");
        if (document.readyState === "interactive" && field) field.value = "ni";
      });
    });
    await page.reload();
    await page.waitForFunction(() => document.getElementById("outbox"));
    assert.equal(await visitor.composer.inputValue(), "ni");
    const input = (isComposing) =>
      visitor.composer.evaluate((field, isComposing) => field.dispatchEvent(new InputEvent("input", { isComposing })), isComposing);
    await input(true);
    assert.equal(await visitor.composer.inputValue(), "ni");
    await input(false);
    assert.equal(await visitor.composer.inputValue(), "before\nni");
  });

  it("signing out leaves nothing in the browser, in no tab", async () => {
    const visitor = await somebody("nan");
    const { page } = visitor;
    const second = await tabOf(visitor, "/rooms/tea");
    await second.locator("#body").fill("a secret draft");
    proxy.plan(...Array(20).fill(BUSY));
    await visitor.say("a secret message");
    await until("both are kept", async () => /secret draft.*secret message|secret message.*secret draft/.test(await kept(page)));
    await page.click("#sidebar a[href='account']");
    await page.click("a[href='signout']");
    await page.click("button:text('Sign out of this browser')");
    await page.waitForURL((url) => !url.pathname.startsWith("/rooms/general"));
    await until("the other tab is empty", async () => (await second.locator("#body").inputValue()) === "");
    await second.locator("#body").fill("too late");
    assert.doesNotMatch(await kept(second), /secret|too late/);
    assert.deepEqual(await waiting(second), []);
    proxy.forget();
  });

  it("a sign-out that nobody confirms throws nothing away, in no tab", async () => {
    const visitor = await somebody("olga");
    const { page } = visitor;
    const second = await tabOf(visitor, "/rooms/tea");
    await second.locator("#body").fill("a precious draft");
    proxy.plan(...Array(50).fill(BUSY));
    await visitor.say("a precious message");
    const leaving = await tabOf(visitor, "/signout");
    const isPost = (route) => route.request().method() === "POST";
    await leaving.route("**/signout", (route) => (isPost(route) ? route.abort() : route.continue()));
    await leaving.click("button:text('Sign out of this browser')");
    await leaving.locator("[role=alert]:text('may still be signed in')").waitFor();
    assert.equal(await second.locator("#body").inputValue(), "a precious draft");
    await second.locator("#body").fill("a precious draft, and more");
    assert.match(await kept(second), /precious draft, and more/);
    await leaving.unroute("**/signout");
    proxy.forget();
    await isWrittenOnce(visitor, "a precious message");
    await leaving.click("button:text('Sign out of this browser')");
    await leaving.waitForURL((url) => url.pathname !== "/signout");
    await until("now it is gone", async () => !/precious/.test(await kept(page)));
  });

  it("what is written after the session ended elsewhere stays in the composer, with the reason", async () => {
    const visitor = await somebody("pia");
    const { page } = visitor;
    await visitor.signOutElsewhere(here.server);
    await page.locator("#status a").waitFor();
    await visitor.say("to whom?");
    await page.locator("#composer [role=alert]:text('Not sent: You are signed out.')").waitFor();
    assert.equal(await visitor.composer.inputValue(), "to whom?");
    assert.match(await kept(page), /to whom\?/);
    assert.deepEqual(await waiting(page), []);
    assert.ok(!proxy.posts.includes("to whom?"));
  });

  it("what was on its way when the session ended can be taken back, in all tabs", async () => {
    const visitor = await somebody("quinn");
    const { page } = visitor;
    const second = await tabOf(visitor);
    proxy.plan(...Array(50).fill(BUSY));
    await visitor.say("take me back");
    await visitor.say("and me away");
    await visitor.signOutElsewhere(here.server);
    const rows = page.locator("#outbox li:has([role=alert]:has-text('Not sent: You are signed out.'))");
    await until("both say so", async () => (await rows.count()) === 2);
    proxy.forget();
    assert.equal(await page.getByRole("button", { name: "Retry" }).count(), 0);
    await rows.last().getByRole("button", { name: "Discard" }).click();
    await second.locator("#outbox").getByRole("button", { name: "Edit" }).click();
    await isEmpty(page);
    assert.equal(await second.locator("#body").inputValue(), "take me back");
    assert.match(await kept(second), /take me back/);
    assert.deepEqual(await written("quinn"), []);
  });

  it("a session that has ended is asked for once, where the stream does not tell", async () => {
    const visitor = await somebody("rosa");
    const { page } = visitor;
    await page.route(/\/(events\?|me$)/, (route) => route.abort());
    await page.reload();
    await visitor.signOutElsewhere(here.server);
    await visitor.say("knock knock");
    await page.locator("#outbox [role=alert]:has-text('signed out')").waitFor();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await visitor.say("who is there?");
    await page.locator("#composer [role=alert]:text('signed out')").waitFor();
    await page.locator("#outbox").getByRole("button", { name: "Edit" }).click();
    assert.equal(await visitor.composer.inputValue(), "knock knock\nwho is there?");
    assert.deepEqual(proxy.posts.filter((body) => /knock|who is there/.test(body)), ["knock knock"]);
  });
});
