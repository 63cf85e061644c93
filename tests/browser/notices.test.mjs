// What is said of messages that nobody looks at: at the side, in the title, on the icon, beside the page.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const NIGHT = 60; // messages

describe("what is not looked at", { timeout: 180_000 }, () => {
  const here = stage();
  let bot;

  /** Somebody in the room "general", and a member of one of their own with a bot in it. */
  async function somebody(handle, options) {
    bot ??= await Person.join(here.server, "bot");
    const visitor = await here.visitor(options);
    await visitor.join(handle);
    await visitor.say(`${handle} is in`);
    await visitor.seesText(`${handle} is in`);
    const { slug } = await bot.createRoom({ name: `room of ${handle}` });
    await visitor.page.request.put(`${here.server.url}/api/v1/rooms/${slug}/members/me`);
    await link(visitor, slug).and(visitor.page.locator("[data-notify]")).waitFor();
    return { visitor, slug };
  }

  const link = (visitor, room) => visitor.page.locator(`.room-link[data-room="${room}"]`);
  const badge = async (visitor, room) => (await link(visitor, room).locator(".badge").allTextContents()).join();
  const setLevel = (visitor, room, level) => visitor.page.request.put(`${here.server.url}/api/v1/rooms/${room}/notify`, { data: { level } });

  async function shows(visitor, room, text) {
    let shown = "";
    await until(() => `${room} shows "${text}"; it shows "${shown}"`, async () => (shown = await badge(visitor, room)) === text);
  }

  async function isCalled(visitor, title) {
    let shown = "";
    await until(() => `the title is "${title}"; it is "${shown}"`, async () => (shown = await visitor.page.title()) === title);
  }

  /** As if its window were minimised. */
  const hide = (page, hidden) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);

  /** Lets notifications through, and gathers them by their tags. */
  async function noticesOf(visitor) {
    const noticed = new Map();
    await visitor.context.grantPermissions(["notifications"]);
    await visitor.context.exposeFunction("noticed", (notice) => noticed.set(notice.tag, [...(noticed.get(notice.tag) ?? []), notice]));
    await visitor.context.addInitScript(() => {
      window.Notification = class extends EventTarget {
        static permission = "granted";
        static requestPermission = async () => "granted";
        constructor(title, options) {
          super();
          window.lastNotice = this;
          this.tag = options.tag;
          window.noticed({ title, body: options.body, tag: options.tag });
        }
        close() {}
      };
    });
    await visitor.goto("/rooms/general");
    return noticed;
  }

  async function wantNotices(page) {
    await page.locator("#notices input").check();
    await until("it is kept", () => page.evaluate(() => localStorage.getItem("backscroll/notices/on")));
  }

  /** Loses a script at first: both addresses that the page tries it by. Answers with the requests that there were. */
  async function loseOnce(visitor, script) {
    const asked = [];
    await visitor.page.route(new RegExp(`/js/${script}\\.js`), (route) => (asked.push(script) <= 2 ? route.abort() : route.continue()));
    return asked;
  }

  it("other rooms count what others write, and mentions stand out, also in the title and on the icon", async () => {
    const { visitor, slug } = await somebody("ann");
    const icon = visitor.page.locator("link[rel=icon]");
    const calm = await icon.getAttribute("href");
    await bot.post("one", slug);
    await shows(visitor, slug, "1 unread");
    await isCalled(visitor, "General · Backscroll");
    await bot.post("hello @Ann, how are you? And you, @anna?", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    await isCalled(visitor, "(1) General · Backscroll");
    assert.notEqual(await icon.getAttribute("href"), calm);
    const own = await visitor.page.request.post(`${here.server.url}/api/v1/rooms/${slug}/messages`, { data: { body: "my own, @ann" } });
    assert.ok(own.ok());
    await bot.post("@annotated is somebody else", slug);
    await link(visitor, slug).click();
    await visitor.seesText("@annotated is somebody else");
    await shows(visitor, slug, "");
    await isCalled(visitor, "room of ann · Backscroll");
    assert.equal(await icon.getAttribute("href"), calm);
  });

  it("a live page and a reloaded one agree on who is mentioned", async () => {
    const texts = ["hi @{}", "[@{}]", "@{}|@bot", "`@{}`", "https://example.org/@{}", "_@{}_", "@{}.smith yes", "@{}s", "nobody"];
    for (const handle of ["mia", "renée", "Élise"]) {
      const { visitor, slug } = await somebody(handle);
      const { page } = visitor;
      for (const [n, text] of texts.entries()) {
        await bot.post(text.replace("{}", n % 2 ? handle : handle.toUpperCase()), slug);
        const isCounted = () => page.evaluate(([room, count]) => document.querySelector(`[data-room="${room}"]`).dataset.unread === count, [slug, String(n + 1)]);
        await until("it is counted", isCounted);
      }
      const live = await badge(visitor, slug);
      const { mentions } = await link(visitor, slug).evaluate(({ dataset }) => dataset);
      await page.reload();
      assert.equal(await badge(visitor, slug), live, `${handle}, reloaded`);
      await visitor.goto(`/rooms/${slug}`);
      await visitor.seesText("nobody");
      const marked = await page.evaluate(() => [...document.querySelectorAll("#history .message")].filter((row) => row.querySelector(".mention.me")).length);
      assert.equal(marked, Number(mentions), `${handle}, in the rows`);
    }
  });

  it("what is read in one tab is read in the others", async () => {
    const { visitor, slug } = await somebody("berta");
    await bot.post("@berta", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    const second = await visitor.context.newPage();
    await second.goto(`${here.server.url}/rooms/${slug}`);
    await shows(visitor, slug, "");
    await isCalled(visitor, "General · Backscroll");
  });

  it("new rooms come and renamed ones change, and the focus stays", async () => {
    const { visitor, slug } = await somebody("carla");
    await link(visitor, slug).focus();
    const { slug: fresh } = await bot.createRoom({ name: "a fresh room" });
    await bot.ask("PUT", `/api/v1/rooms/${fresh}/members/carla`);
    await link(visitor, fresh).waitFor();
    await bot.ask("PATCH", `/api/v1/rooms/${fresh}`, { name: "a room renamed" });
    await link(visitor, fresh).filter({ hasText: "a room renamed" }).waitFor();
    assert.equal(await link(visitor, "general").getAttribute("aria-current"), "page");
    assert.equal(await visitor.page.evaluate(() => document.activeElement.dataset.room), slug);
  });

  it("a muted room keeps quiet, and one that is wanted whole counts everything", async () => {
    const { visitor, slug } = await somebody("dora");
    await setLevel(visitor, slug, "nothing");
    await visitor.goto("/rooms/general");
    await bot.post("@dora", slug);
    await shows(visitor, slug, "1 unread");
    assert.ok(!(await link(visitor, slug).getAttribute("class")).includes("unread"));
    await isCalled(visitor, "General · Backscroll");
    await setLevel(visitor, slug, "everything");
    await visitor.goto("/rooms/general");
    await bot.post("a second", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    await isCalled(visitor, "(2) General · Backscroll");
  });

  it("one says in the page what one wants to be told of", async () => {
    const { visitor, slug } = await somebody("emil");
    await visitor.goto(`/rooms/${slug}`);
    await visitor.page.locator("#level").selectOption("nothing");
    await link(visitor, slug).and(visitor.page.locator(".muted")).waitFor();
    await visitor.page.reload();
    assert.equal(await visitor.page.locator("#level").inputValue(), "nothing");
    await visitor.page.route("**/notify", (route) => route.abort());
    await visitor.page.locator("#level").selectOption("everything");
    await until("what was not saved is not shown", async () => (await visitor.page.locator("#level").inputValue()) === "nothing");
    const plain = await here.visitor({ javaScriptEnabled: false });
    await plain.join("fritz");
    await plain.page.fill("#body", "here");
    await plain.page.click("#composer button[type=submit]");
    await plain.page.locator("#level").selectOption("everything");
    await plain.page.click("#notify button");
    assert.equal(await plain.page.locator("#level").inputValue(), "everything");
  });

  it("a mention in a hidden page is one notification, however many tabs there are, and leads to the message", async () => {
    const { visitor, slug } = await somebody("gerda");
    const noticed = await noticesOf(visitor);
    const second = await visitor.context.newPage();
    await second.goto(`${here.server.url}/rooms/general`);
    await bot.post("@gerda before it was asked for", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    await wantNotices(visitor.page);
    for (const page of [visitor.page, second]) await hide(page, true);
    await bot.post("nothing special", slug);
    const { id } = await bot.post("now, @gerda", slug);
    await until("there is a notification", () => noticed.size > 0);
    assert.deepEqual([...noticed.keys()], [`backscroll ${id}`], "of that message alone");
    const { title, body } = noticed.get(`backscroll ${id}`)[0];
    assert.deepEqual({ title, body }, { title: "bot · room of gerda", body: "now, @gerda" });

    await hide(second, false);
    const seen = await bot.post("@gerda, you look at it", slug);
    await shows({ page: second }, slug, "@ 3 mentions of you");
    await hide(second, true);
    const last = await bot.post("@gerda, and now you do not", slug);
    await until("there is a notification", () => noticed.has(`backscroll ${last.id}`));
    assert.ok(!noticed.has(`backscroll ${seen.id}`), "none while a tab is looked at");
    await until("this tab has shown it", () => visitor.page.evaluate((tag) => window.lastNotice?.tag === tag, `backscroll ${last.id}`));
    await visitor.page.evaluate(() => void window.lastNotice.dispatchEvent(new Event("click")));
    await visitor.page.waitForURL((url) => url.pathname === `/rooms/${slug}/messages/${last.id}`);
  });

  it("what was deleted before the page heard of it is neither counted nor told of", async () => {
    const { visitor, slug } = await somebody("hanna");
    await setLevel(visitor, slug, "everything");
    const noticed = await noticesOf(visitor);
    await wantNotices(visitor.page);
    await hide(visitor.page, true);
    await visitor.page.route("**/events?*", (route) => route.abort());
    await here.server.restart();
    const gone = await bot.post("a slip, @hanna", slug);
    await bot.delete(gone.id, slug);
    await visitor.page.unroute("**/events?*");
    const { id } = await bot.post("@hanna, this stays", slug);
    await until("the page hears of it", async () => {
      await visitor.page.evaluate(() => dispatchEvent(new Event("online")));
      return (await badge(visitor, slug)) === "@ 1 mention of you";
    });
    await until("there is a notification", () => noticed.size > 0);
    assert.deepEqual([...noticed.keys()], [`backscroll ${id}`]);
  });

  it("what the list of rooms knew first is told of all the same, once, unless it was read elsewhere", async () => {
    const { visitor, slug } = await somebody("hugo");
    const noticed = await noticesOf(visitor);
    const { page } = visitor;
    await wantNotices(page);
    await hide(page, true);
    const loseStream = async () => {
      await page.route("**/events?*", (route) => route.abort());
      await here.server.restart();
    };
    await bot.post("for everybody", slug);
    await shows(visitor, slug, "1 unread");
    const askForRooms = () => page.evaluate((room) => new BroadcastChannel("backscroll rooms").postMessage({ room, upTo: 0 }), slug);
    const findStream = async (last) => {
      await page.unroute("**/events?*");
      await until("the stream is back", async () => {
        await page.evaluate(() => dispatchEvent(new Event("online")));
        return noticed.has(`backscroll ${last.id}`);
      });
    };
    await loseStream();
    const first = await bot.post("@hugo, the list knows", slug);
    await askForRooms();
    await shows(visitor, slug, "@ 1 mention of you");
    await findStream(first);
    assert.equal(await badge(visitor, slug), "@ 1 mention of you", "and is counted once");

    await loseStream();
    const read = await bot.post("@hugo, read elsewhere", slug);
    await page.request.put(`${here.server.url}/api/v1/rooms/${slug}/read`, { data: { up_to: read.id } });
    await askForRooms();
    await shows(visitor, slug, "");
    const last = await bot.post("@hugo, and this?", slug);
    await findStream(last);
    assert.ok(!noticed.has(`backscroll ${read.id}`), "nobody wants to hear of it any more");
  });

  it("what comes while the list of rooms is on its way is counted, and a list that was lost is asked for again", async () => {
    const { visitor, slug } = await somebody("jo");
    const { page } = visitor;
    await bot.post("the first", slug);
    await shows(visitor, slug, "1 unread");
    let isLost = false;
    let isLate = false;
    await page.route(`${here.server.url}/rooms`, async (route) => {
      if (!isLost) {
        isLost = true;
        return route.abort();
      }
      if (isLate) return route.continue();
      isLate = true;
      const response = await route.fetch();
      await bot.post("while it is on its way", slug);
      await shows(visitor, slug, "2 unread");
      await route.fulfill({ response });
    });
    const { slug: another } = await bot.createRoom({ name: "Another one" });
    await bot.ask("PUT", `/api/v1/rooms/${another}/members/jo`);
    await link(visitor, another).waitFor({ timeout: 30_000 });
    assert.ok(isLost && isLate);
    await shows(visitor, slug, "2 unread");
  });

  it("what comes to a room that one has just joined elsewhere is counted, though the list of rooms is older", async () => {
    const { visitor } = await somebody("jule");
    const listed = visitor.page.waitForResponse(`${here.server.url}/rooms`);
    const { slug } = await bot.createRoom({ name: "Joined elsewhere" });
    await listed;
    await visitor.page.route(`${here.server.url}/rooms`, async (route) => {
      const response = await route.fetch();
      const { id } = await bot.post("while the list is on its way", slug);
      await bot.post("the latest", "general");
      await visitor.sees("what came after it", (rows) => rows.at(-1).id > id);
      await route.fulfill({ response });
    }, { times: 1 });
    await visitor.page.request.put(`${here.server.url}/api/v1/rooms/${slug}/members/me`);
    await shows(visitor, slug, "1 unread");
  });

  it("what comes while the code that counts is being fetched is counted whole and in order", async () => {
    const { visitor, slug } = await somebody("lea");
    const { page } = visitor;
    const bodies = Array.from({ length: 8 }, (_, n) => `quickly ${n}`);
    let arePosted = () => {};
    const posted = new Promise((resolve) => (arePosted = resolve));
    await page.route("**/js/room_list.js", async (route) => {
      await posted;
      await route.continue();
    });
    await page.reload();
    for (const body of bodies) await bot.post(body, slug);
    await bot.post("and here");
    await visitor.seesText("and here");
    arePosted();
    await shows(visitor, slug, `${bodies.length} unread`);
  });

  it("what comes back all at once is told of as one sum", async () => {
    const { visitor, slug } = await somebody("ivan");
    await setLevel(visitor, slug, "everything");
    const noticed = await noticesOf(visitor);
    const { page } = visitor;
    await wantNotices(page);
    await hide(page, true);
    await page.route("**/events?*", (route) => route.abort());
    await here.server.restart();
    await bot.postMany(NIGHT, "in the night", slug);
    await page.unroute("**/events?*");
    await until("the stream is back", async () => {
      await page.evaluate(() => dispatchEvent(new Event("online")));
      return (await badge(visitor, slug)) === `${NIGHT} unread`;
    });
    await until("there is a notification", () => noticed.has("backscroll sum"));
    assert.match(noticed.get("backscroll sum")[0].body, /^\d+ new messages$/);
    assert.ok(noticed.size <= 4, `${noticed.size} notifications`); // the rest of a stream that came in parts
  });

  it("what is deleted or names the reader no more counts no more", async () => {
    const { visitor, slug } = await somebody("ida");
    const slip = await bot.post("a slip", slug);
    const other = await bot.post("for @ida", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    await bot.edit(other.id, "for somebody else", slug);
    await shows(visitor, slug, "2 unread");
    await bot.edit(other.id, "for @ida after all", slug);
    await shows(visitor, slug, "@ 1 mention of you");
    await bot.delete(other.id, slug);
    await shows(visitor, slug, "1 unread");
    await bot.delete(slip.id, slug);
    await shows(visitor, slug, "");
    await isCalled(visitor, "General · Backscroll");
  });

  it("a script that was lost on its way is fetched when it is needed again, and nothing is left out", async () => {
    const { visitor, slug } = await somebody("jana");
    const lost = { rooms: await loseOnce(visitor, "room_list"), keyboard: await loseOnce(visitor, "keyboard_navigation") };
    await visitor.page.reload();
    await bot.post("while it was lost", slug);
    await until("the script of the rooms is lost", () => lost.rooms.length === 2);
    await bot.post("and after that", slug);
    await shows(visitor, slug, "2 unread");

    await until("the history is a stop of the keyboard", async () => {
      await visitor.page.keyboard.press("Tab");
      return visitor.page.locator("#history[aria-label]").count();
    });
    assert.ok(lost.keyboard.length > 2, "it was lost at first");
  });

  it("what a lost script left out is made good when the stream is back", async () => {
    const { visitor, slug } = await somebody("kim");
    const lost = await loseOnce(visitor, "room_list");
    await visitor.page.reload();
    await bot.post("while it was lost", slug);
    await until("the script of the rooms is lost", () => lost.length === 2);
    await here.server.restart();
    await shows(visitor, slug, "1 unread");
  });
});
