// Whatever happens to the room, the stream and the page, in whatever order: at no moment does the page show a hole, and
// in the end it shows what the server has. A failure names its seed; BACKSCROLL_SEED=… runs that one again.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CuttingProxy } from "../clients/support/cutting_proxy.mjs";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { dice } from "./support/dice.mjs";
import { stage } from "./support/stage.mjs";

const SEEDS = process.env.BACKSCROLL_SEED ? [Number(process.env.BACKSCROLL_SEED)] : [1, 2, 3];
const STEPS = 100;
const HISTORY = 400;
const MORE_THAN_IS_REPLAYED = 520;
const PAGE_WITHIN_MS = 200;
const BACK_WITHIN_MS = 60_000;

/** Remembers every list of ids that could be seen, without the reader's own: those may overtake what is on its way. */
function watchRows(handle) {
  window.seen = new Set();
  const look = () => {
    const rows = [...document.querySelectorAll(`#history > .message:not([data-author="${handle}"])`)];
    window.seen.add(rows.map((row) => row.dataset.id).join());
  };
  new MutationObserver(look).observe(document.getElementById("history"), { childList: true });
  look();
}

/** A page takes its time, on its way to the server or back. */
async function slowly(route, roll) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, PAGE_WITHIN_MS * roll()));
  try {
    if (roll() < 0.5) await pause();
    const response = await route.fetch();
    if (roll() < 0.5) await pause();
    await route.fulfill({ response });
  } catch {
    await route.abort().catch(() => {}); // the server was killed meanwhile, or the tab is closed
  }
}

function goToTheEnd() {
  dispatchEvent(new Event("online"));
  const latest = document.getElementById("latest");
  if (!latest.hidden) latest.click();
}

/** Everything that a row says. */
function readState() {
  return [...document.querySelectorAll("#history > .message")].map((row) => ({
    id: Number(row.dataset.id),
    by: row.querySelector(".message-author").textContent,
    body: row.querySelector(".message-body")?.textContent ?? null,
    edited: row.querySelector(".message-edited") !== null,
    reactions: [...row.querySelectorAll(".reaction")].map((reaction) => `${reaction.value} ${reaction.title}`),
    replies: row.querySelector(":scope > .thread-line")?.dataset.count ?? null,
  }));
}

const stateOf = ({ id, author, body, edited_at, reactions, thread, thread_summary: summary }) => ({
  id,
  by: author.name,
  body: body ?? null,
  edited: body !== undefined && edited_at !== null,
  reactions: body === undefined ? [] : reactions.map(({ emoji, by }) => `${emoji} ${by.join(", ")}`),
  replies: !thread && summary?.count ? String(summary.count) : null,
});

const WEIGHTS = { "misses more than is replayed": 0.3, "the server is killed": 0.3, "is cut off": 0.7 };

/** Some message of a bot, the newest ones most often, and the bot. */
async function someMessage({ roll, room, handle, bots }) {
  const written = (await bots[0].history(room)).filter(({ author, body }) => author.handle !== handle && body !== undefined);
  const message = written.at(-1 - Math.floor(written.length * roll() ** 3));
  return [message, bots.find((bot) => bot.handle === message.author.handle)];
}

/** What may happen in threads, by name. `posted` is told of each reply. */
function inThreads({ roll, room, handle, bots }, posted = () => {}) {
  const oneOf = (things) => things[Math.floor(roll() * things.length)];
  return {
    async "answers in a thread"() {
      const [{ id }] = await someMessage({ roll, room, handle, bots });
      for (let n = Math.floor(roll() * 3); n >= 0; n--) {
        const body = `in a thread ${Math.floor(roll() * 1_000_000)}`;
        await posted(await oneOf(bots).post(body, room, { thread: id, also_in_room: roll() < 0.3 }));
      }
    },
    async "deletes in a thread"() {
      const written = await (await bots[0].ask("GET", `/api/v1/rooms/${room}/messages?threads=true&limit=200`)).json();
      const replies = written.messages.filter(({ thread, body, author }) => thread && body !== undefined && author.handle !== handle);
      if (replies.length === 0) return;
      const { id, author } = oneOf(replies);
      await bots.find((bot) => bot.handle === author.handle).delete(id, room);
    },
  };
}

/** What may happen to a room and to the tabs that show it, by name. */
function happenings({ roll, room, handle, bots, tabs, proxy, server }) {
  const below = (count) => Math.floor(roll() * count);
  const oneOf = (things) => things[below(things.length)];
  const number = () => below(1_000_000);
  const inATab = (act, argument) => oneOf(tabs).page.evaluate(act, argument);

  const scrollTo = (place) =>
    inATab((place) => {
      const scroller = document.getElementById("scroller");
      scroller.scrollTop = { top: -scroller.scrollHeight, end: 0, up: scroller.scrollTop - 1500, down: scroller.scrollTop + 1500 }[place];
    }, place);

  return {
    async posts() {
      for (let n = below(5); n >= 0; n--) await oneOf(bots).post(`post ${number()}`, room);
    },
    "many posts": () => oneOf(bots).postMany(60, `one of many ${number()}`, room),
    async edits() {
      const [{ id }, author] = await someMessage({ roll, room, handle, bots });
      await author.edit(id, `edited ${number()}`, room);
    },
    async deletes() {
      const [{ id }, author] = await someMessage({ roll, room, handle, bots });
      await author.delete(id, room);
    },
    async reacts() {
      const [{ id }] = await someMessage({ roll, room, handle, bots });
      await oneOf(bots).react(id, oneOf(["👍", "🎉"]), room);
    },
    ...inThreads({ roll, room, handle, bots }),
    renames: () => oneOf(bots).ask("PATCH", "/api/v1/me", { name: `name ${number()}` }),
    "scrolls to the top": () => scrollTo("top"),
    "scrolls to the end": () => scrollTo("end"),
    "scrolls up": () => scrollTo("up"),
    "scrolls down": () => scrollTo("down"),
    "goes to the latest": () => inATab(() => document.getElementById("latest").click()),
    "goes to a day": () =>
      inATab(() => {
        document.getElementById("jump-at").value = "2001-01-01";
        document.getElementById("jump-to-date").requestSubmit();
      }),
    writes: () => oneOf(tabs).say(`mine ${number()}`),
    "is cut off": () => proxy.goAway(),
    "is back": () => proxy.comeBack(),
    hurries: () => inATab(() => dispatchEvent(new Event("online"))),
    async "misses more than is replayed"() {
      proxy.goAway();
      await bots[0].postMany(MORE_THAN_IS_REPLAYED, "missed", room);
      proxy.comeBack();
    },
    "the server is killed": () => server.restart(),
  };
}

/** Lets some of it happen; `done` gathers the names. */
async function happen(events, roll, done) {
  const names = Object.keys(events);
  for (let step = 0; step < STEPS; step++) {
    const name = names[Math.floor(roll() * names.length)];
    if (roll() > (WEIGHTS[name] ?? 1)) continue;
    done.push(name);
    await events[name]();
  }
}

/** The page shows the end of what the server has, and sends nothing any more. */
async function showsTheTruth(tab, { bots, room }, newest, told) {
  let shown = [];
  let expected = [];
  const fault = () => expected.findIndex((row, place) => JSON.stringify(row) !== JSON.stringify(shown[place]));
  await until(
    () => `it shows what the server has; ${JSON.stringify(shown[fault()])} in place of ${JSON.stringify(expected[fault()])}; ${told}`,
    async () => {
      await tab.page.evaluate(goToTheEnd);
      shown = await tab.page.evaluate(readState);
      expected = (await bots[0].history(room)).slice(-Math.max(1, shown.length)).map(stateOf);
      return shown.at(-1)?.id >= newest.id && fault() < 0 && (await tab.page.locator("#outbox > *").count()) === 0;
    },
    BACK_WITHIN_MS,
  );
}

describe("the page of a room in which everything happens", { timeout: 600_000 }, () => {
  const here = stage();
  let proxy;

  before(async () => {
    proxy = await CuttingProxy.start(here.server);
  });
  after(() => proxy?.stop());

  /** Two tabs of one reader, one of them in the middle of the room's past. */
  async function openTabs({ room, handle, bots, roll }) {
    const middle = (await bots[0].history(room))[HISTORY / 2];
    const visitor = await here.visitor({}, proxy);
    await visitor.join(handle, `/rooms/${room}/messages/${middle.id}`);
    const tabs = [visitor, await visitor.anotherTab(`/rooms/${room}`)];
    for (const tab of tabs) {
      await tab.page.route(`**/rooms/${room}?*`, (route) => slowly(route, roll));
      await tab.mark();
      await tab.page.evaluate(watchRows, handle);
    }
    return tabs;
  }

  async function neverShowedAHole(tab, { bots, room, handle }, told) {
    const others = (await bots[0].history(room)).filter(({ author }) => author.handle !== handle);
    const all = `,${others.map(({ id }) => id).join()},`;
    for (const ids of await tab.page.evaluate(() => [...window.seen])) assert.ok(ids === "" || all.includes(`,${ids},`), `a hole in ${ids}; ${told}`);
  }

  for (const seed of SEEDS) {
    it(`never shows a hole, and ends with what the server has, seed ${seed}`, async () => {
      const bots = await Promise.all(["one", "two", "three"].map((name) => Person.join(here.server, `${name}-${seed}`)));
      const scene = { roll: dice(seed), room: `everything-${seed}`, handle: `reader-${seed}`, bots, proxy, server: here.server };
      await bots[0].createRoom({ slug: scene.room, name: `Everything ${seed}` });
      await bots[0].postMany(HISTORY, `a line${" and more".repeat(9)}`, scene.room);
      const tabs = await openTabs(scene);
      const done = [];
      await happen(happenings({ ...scene, tabs }), scene.roll, done);
      proxy.comeBack();
      const newest = await bots[0].post("the last of all", scene.room);
      for (const [n, tab] of tabs.entries()) {
        const told = `seed ${seed}, tab ${n}: ${done.join(", ")}`;
        await showsTheTruth(tab, scene, newest, told);
        await neverShowedAHole(tab, scene, told);
        assert.ok(await tab.wasNotReloaded());
      }
    });
  }
});

/** What may happen to a reader's rights in a room, and in it meanwhile. `reader` says what the reader has now. */
function turns({ roll, room, handle, bots: [owner, bot], tab, reader }) {
  const number = () => Math.floor(roll() * 1_000_000);
  const oneOf = (things) => things[Math.floor(roll() * things.length)];
  const must = async (answer) => assert.ok((await answer).ok, `${(await answer).status}`);
  const member = `/api/v1/rooms/${room}/members/${handle}`;
  const give = (role) => must(owner.ask("PATCH", `/api/v1/users/${handle}`, { role }));
  const posted = async (message) => {
    if (!reader.isInside) reader.unseen.push(message.id);
  };

  return {
    async posts() {
      for (let n = Math.floor(roll() * 4); n >= 0; n--) await posted(await oneOf([owner, bot]).post(`post ${number()}`, room));
    },
    async edits() {
      const own = (await owner.history(room)).filter(({ author, body }) => author.handle === owner.handle && body !== undefined);
      await owner.edit(oneOf(own).id, `edited ${number()}`, room);
    },
    async deletes() {
      const own = (await bot.history(room)).filter(({ author, body }) => author.handle === bot.handle && body !== undefined);
      if (own.length > 0) await bot.delete(oneOf(own).id, room);
    },
    async writes() {
      if (reader.isInside) await tab.say(`mine ${number()}`);
    },
    async "is removed"() {
      // What is on its way belongs to whoever is a member.
      await until("all is sent", async () => (await tab.page.locator("#outbox > *").count()) === 0);
      await must(owner.ask("DELETE", member));
      reader.isInside = false;
    },
    async "is added"() {
      if (reader.isInside) return;
      const shown = (await tab.rows()).map(({ id }) => id);
      assert.deepEqual(reader.unseen.filter((id) => shown.includes(id)), [], "what was said behind the reader's back was not shown");
      await must(owner.ask("PUT", member));
      Object.assign(reader, { isInside: true, unseen: [] });
    },
    "becomes a guest": () => give("guest"),
    "becomes a member": () => give("member"),
    "becomes an admin": () => give("admin"),
    ...inThreads({ roll, room, handle, bots: [owner, bot] }, posted),
    renames: () => bot.ask("PATCH", "/api/v1/me", { name: `name ${number()}` }),
  };
}

describe("the page of a reader whose rights change", { timeout: 300_000 }, () => {
  const here = stage();
  const TURNS = 45;

  for (const seed of SEEDS.slice(0, 2)) {
    it(`shows nothing behind the reader's back, and ends with what the server has, seed ${seed}`, async () => {
      const bots = await Promise.all(["owner", "bot"].map((name) => Person.join(here.server, `${name}-${seed}`)));
      const [owner, bot] = bots;
      here.server.command("user", "role", owner.handle, "admin", "--db", here.server.db);
      const { slug: room } = await owner.createRoom({ name: `Rights ${seed}`, kind: "closed" });
      const handle = `reader-${seed}`;
      const tab = await here.visitor();
      await tab.join(handle, "/rooms/general");
      for (const person of [bot.handle, handle]) assert.ok((await owner.ask("PUT", `/api/v1/rooms/${room}/members/${person}`)).ok);
      await owner.postMany(80, "a line", room);
      await tab.goto(`/rooms/${room}`);
      await tab.mark();
      const reader = { isInside: true, unseen: [] };
      const roll = dice(seed);
      const events = turns({ roll, room, handle, bots, tab, reader });
      const done = [];
      for (let n = 0; n < TURNS; n++) {
        const names = Object.keys(events);
        done.push(names[Math.floor(roll() * names.length)]);
        await events[done.at(-1)]();
      }
      await events["is added"]();
      const newest = await owner.post("the last of all", room);
      await showsTheTruth(tab, { bots, room }, newest, `seed ${seed}: ${done.join(", ")}`);
      assert.ok(await tab.wasNotReloaded());
    });
  }
});
