// Whatever a person, a bot or an archive writes into any field: no page runs it, asks another server for it, or lets it
// become markup. The stage fails where a policy was violated, another server asked, or anything thrown.
// A failure names the text; BACKSCROLL_SEED=… makes other variations.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { INJECTIONS, mutations } from "./support/injections.mjs";
import { stage } from "./support/stage.mjs";

const SEED = Number(process.env.BACKSCROLL_SEED ?? 1);
const MUTATIONS = 500;
const ON_A_PAGE = 200;
const PAGES_MAX = 120;
const AT_ONCE = 8;

const TEXTS = [...INJECTIONS, ...mutations(MUTATIONS, SEED)];

/** Runs in the page: what no text may have made. */
function findMarkup() {
  const faults = [];
  const describeFault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 300)}`);
  const SCHEMES = ["http:", "https:", "mailto:"];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on") || name === "style" || name === "srcdoc") describeFault(name, element);
      if (!["href", "src", "action", "formaction", "data", "xlink:href", "srcset", "poster"].includes(name)) continue;
      if (element.localName === "link" && value.startsWith("data:image/")) continue;
      const address = URL.parse(value, document.baseURI);
      if (!SCHEMES.includes(address?.protocol) && !/^https?:\/\//.test(value)) describeFault("an address", element);
      if (!["href"].includes(name) && address?.origin !== location.origin) describeFault("another server", element);
    }
    if (element.localName === "base" && (element !== document.head.querySelector("base") || URL.parse(element.href)?.origin !== location.origin)) describeFault("a base", element);
    if (["iframe", "object", "embed", "math", "style", "marquee", "frame", "applet", "video", "audio"].includes(element.localName)) describeFault("an element", element);
    if (element.localName === "script" && (element.textContent.trim() !== "" || !element.src) && element.type !== "application/json") describeFault("a script", element);
    if (element.localName === "meta" && /refresh/i.test(element.httpEquiv)) describeFault("a refresh", element);
    if (element.localName === "a" && URL.parse(element.href)?.origin !== location.origin && !/\bnoopener\b/.test(element.rel)) describeFault("an opener", element);
  }
  const MADE_BY_MARKDOWN = "p, br, strong, em, del, a, code, pre, blockquote, ul, ol, li, span, h1, h2, h3, h4, h5, h6, hr, table, thead, tbody, tr, th, td, button";
  for (const element of document.querySelectorAll(".message-body *")) if (!element.matches(MADE_BY_MARKDOWN)) describeFault("in a text", element);
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const double = ids.filter((id, n) => ids.indexOf(id) !== n);
  if (double.length > 0) faults.push(`ids twice: ${double.slice(0, 5)}`);
  if (window.hasRun) faults.push("it ran");
  return faults;
}

/** Runs before the scripts of a page. */
function listen() {
  window.ran = () => (window.hasRun = true);
}

async function inTurn(things, act) {
  let next = 0;
  const one = async () => {
    while (next < things.length) {
      const n = next++;
      await act(things[n], n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

describe("texts that try to be more than text", { timeout: 300_000 }, () => {
  const here = stage();
  let writer;
  let cookies;
  let visitor; // an admin, whose browser has a name like that, too
  const refused = [];

  /** What is refused is no fault; what the server cannot answer is one. */
  async function send(method, path, body, by = writer) {
    const answer = await by.ask(method, path, body);
    assert.ok(answer.status < 500, `${method} ${path} ${JSON.stringify(body)}: ${answer.status}`);
    if (!answer.ok) refused.push(`${method} ${path}`);
    return answer.ok && answer.status !== 204 ? answer.json() : null;
  }

  /** A test ends with its browsers: the next one goes on with the session. */
  async function openBrowser() {
    visitor = await here.visitor({ userAgent: `Mozilla/5.0 ${INJECTIONS[7]}` });
    visitor.handle = "visitor";
    await visitor.context.addInitScript(listen);
    visitor.page.on("dialog", (dialog) => visitor.offences.push(`a dialog: ${dialog.message()}`));
    if (cookies) await visitor.context.addCookies(cookies);
  }

  async function isClean(page, what) {
    const faults = await page.evaluate(findMarkup);
    assert.deepEqual(faults, [], `${what}, seed ${SEED}`);
  }

  async function opens(path) {
    const answer = await visitor.goto(path);
    if (!/text\/html/.test(answer?.headers()["content-type"] ?? "")) return [];
    assert.ok(answer.status() < 500, `${path}: ${answer.status()}`);
    await isClean(visitor.page, path);
    return visitor.page.evaluate(() => [...document.querySelectorAll("a[href]")].map((link) => link.href));
  }

  const wellFormed = (line) => JSON.stringify(line).toWellFormed() === JSON.stringify(line);

  /** An archive in which every field that takes any text has such a text. */
  function archive() {
    const lines = TEXTS.map((text, n) => {
      const other = TEXTS[(n * 7 + 3) % TEXTS.length];
      return {
        room: n < 40 ? `imported-${n}` : "archive",
        room_info: { name: text.slice(0, 60), topic: other.slice(0, 100), made_by: `someone-${n % 90}`, members: [`someone-${n % 80}`, "reader"] },
        author: `someone-${n % 100}`,
        author_name: text.slice(0, 70),
        names: { [`someone-${n % 90}`]: other.slice(0, 70) },
        reactions: [{ emoji: "👍", by: `someone-${n % 70}` }],
        at: new Date(Date.UTC(2024, 0, 1, 0, n)).toISOString(),
        body: other,
      };
    });
    return lines.filter(wellFormed).map((line) => JSON.stringify(line));
  }

  /** Lines with such a text in the place of a name, an emoji or an id. The program may refuse them. */
  function oddLines() {
    const line = { room: "archive", author: "someone-1", at: "2024-01-01T00:00:00Z", body: "x" };
    const FIELDS = [
      (text) => ({ author: text }),
      (text) => ({ room: text }),
      (text) => ({ reactions: [{ emoji: text, by: "someone-2" }] }),
      (text) => ({ reactions: [{ emoji: "👍", by: text }] }),
      (text) => ({ nonce: text }),
      (text) => ({ names: { [text]: text } }),
      (text) => ({ room_info: { made_by: text, members: [text] }, room: "odd" }),
      (text) => ({ room_kind: text }),
    ];
    return FIELDS.flatMap((field, n) => TEXTS.slice(n * 3, n * 3 + 3).map((text) => ({ ...line, ...field(text) })));
  }

  before(async () => {
    await Person.join(here.server, "reader");
    await here.server.kill();
    const file = here.server.path("archive.ndjson");
    const take = (lines) => {
      writeFileSync(file, lines.join("\n"));
      return here.server.command("import", file, "--db", here.server.db);
    };
    let lines = archive();
    for (let isTaken = false; !isTaken; ) {
      try {
        take(lines);
        isTaken = true;
      } catch (error) {
        // One invalid line ends an import.
        const line = Number(/line (\d+)/.exec(error)?.[1]);
        if (!line) throw error;
        lines = lines.toSpliced(line - 1, 1);
      }
    }
    assert.ok(lines.length > TEXTS.length * 0.9, `${lines.length} lines are valid`);
    for (const line of oddLines()) {
      try {
        take([JSON.stringify(line)]);
      } catch (error) {
        assert.match(String(error), /ended with 3: backscroll: line/);
      }
    }
    await here.server.start();
    writer = await Person.join(here.server, "writer");
    here.server.command("user", "role", "writer", "admin", "--db", here.server.db);
  });

  it("markup that comes through is noticed", async () => {
    const browser = await here.browser.newContext();
    const page = await browser.newPage();
    for (const text of INJECTIONS.slice(0, 30).filter((text) => text.startsWith("<"))) {
      await page.setContent(`<div class="message-body">${text}</div>`);
      assert.notDeepEqual(await page.evaluate(findMarkup), [], text);
    }
    await browser.close();
  });

  it("messages, as they come, are edited, and are read again", async () => {
    await writer.createRoom({ name: "Live", slug: "live" });
    await openBrowser();
    await visitor.join("visitor", "/rooms/live");
    cookies = await visitor.context.cookies();
    here.server.command("user", "role", "visitor", "admin", "--db", here.server.db);
    const posted = [];
    await inTurn(TEXTS, async (body) => {
      const message = await send("POST", "/api/v1/rooms/live/messages", { body });
      if (message) posted.push(message);
    });
    assert.ok(posted.length > TEXTS.length * 0.8, `${posted.length} were accepted`);
    await inTurn(posted.slice(-150), ({ id }, n) => send("PATCH", `/api/v1/rooms/live/messages/${id}`, { body: TEXTS[n] }));
    await inTurn(posted.slice(-50), ({ id, body }) => send("POST", "/api/v1/rooms/live/messages", { body, reply_to: id }));
    const last = await writer.post("the last one", "live");
    await visitor.sees("the last one", (rows) => rows.some(({ id }) => id === last.id));
    await isClean(visitor.page, "the live page");
    for (let before = last.id + 1; before; ) {
      await opens(`/rooms/live?before=${before}&limit=${ON_A_PAGE}`);
      const rows = await visitor.rows();
      before = rows.length > 0 && rows[0].id < before ? rows[0].id : 0;
    }
    const [some] = posted;
    await opens(`/rooms/live/messages/${some.id}`);
  });

  it("names of people, rooms, tokens, sessions and the server, and whatever else has a field", async () => {
    const people = await Promise.all(TEXTS.slice(0, 60).map((_, n) => Person.join(here.server, `person-${n}`)));
    await inTurn(people, async (person, n) => {
      const text = TEXTS[n];
      await send("PATCH", "/api/v1/me", { name: text }, person);
      await send("PATCH", "/api/v1/me", { about: text, time_zone: text }, person);
      await send("PATCH", "/api/v1/me", { about: text }, person);
      await send("PUT", "/api/v1/rooms/live/members/me", undefined, person);
      await send("POST", "/api/v1/rooms/live/messages", { body: `${text} @person-${n}` }, person);
      await send("POST", "/api/v1/rooms/live/events", { type: "ci.build", payload: { html: text, [text]: text } }, person);
      await send("POST", "/api/v1/rooms/live/events", { type: text, payload: text }, person);
      await fetch(`${here.server.url}/api/v1/join`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ handle: text, name: text }) });
    });
    await inTurn(TEXTS.slice(0, 60), async (text, n) => {
      const room = await send("POST", "/api/v1/rooms", { name: text, topic: TEXTS[n + 1], slug: `room-${n}` });
      if (!room) await send("POST", "/api/v1/rooms", { name: `Room ${n}`, topic: text });
      await send("POST", "/api/v1/me/tokens", { name: text, scopes: ["read"] });
      await send("POST", "/api/v1/invites", { role: "member", note: text, as: text, room: text });
      await send("PATCH", "/api/v1/users/reader", { role: text });
      await send("PATCH", "/api/v1/server", { name: text });
    });
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const [n, text] of TEXTS.slice(0, 20).entries()) {
      const form = new URLSearchParams({ name: text, rooms: text, scopes: "read" });
      const headers = { cookie, "content-type": "application/x-www-form-urlencoded" };
      await fetch(`${here.server.url}/account/tokens`, { method: "POST", headers, body: form.toString(), redirect: "manual" });
      if (n < 5) await send("PATCH", "/api/v1/server", { name: text });
    }
  });

  it("every page that shows them, found by its links", async () => {
    await openBrowser();
    const START = ["/rooms/live", "/rooms", "/rooms/new", "/people", "/account", "/admin", "/admin/audit", "/direct/new", "/rooms/live/settings", "/rooms/archive?limit=200", "/rooms/archive/settings", "/people/person-3", "/people/writer"];
    const shape = (path) => path.replace(/[?#].*$/, "").replace(/\d+/g, "N");
    const shapes = new Map();
    const seen = new Set();
    const queue = [...START];
    while (queue.length > 0 && seen.size < PAGES_MAX) {
      const path = queue.shift();
      const kind = shape(path).split("/").slice(0, 2).join("/") + (path.includes("?") ? "?" : "") + shape(path).split("/").length;
      if (seen.has(path) || (!START.includes(path) && (shapes.get(kind) ?? 0) >= 12)) continue;
      seen.add(path);
      shapes.set(kind, (shapes.get(kind) ?? 0) + 1);
      const links = await opens(path);
      queue.push(...links.map((link) => URL.parse(link)).filter((url) => url?.origin === here.server.url && !/signout/.test(url.pathname)).map((url) => url.pathname + url.search));
    }
    assert.ok(seen.size > 30, `${seen.size} pages`);
  });

  it("what an address says", async () => {
    await openBrowser();
    const PATHS = ["/join?next=", "/sign-in?next=", "/people?q=", "/people?after=", "/people?before=", "/rooms?after=", "/admin/audit?before=", "/admin/people?q=", "/admin/rooms?q=", "/rooms/live?at=", "/rooms/live?before=", "/rooms/live/settings?after=", "/direct/new?with=", "/direct/new?handles=", "/signout?", "/nothing/", "/people/", "/rooms/", "/invite/", "/device/", "/setup/", "/rooms/live/messages/", "/?lang="];
    for (const [n, path] of PATHS.entries()) {
      for (const text of [INJECTIONS[(n * 3) % INJECTIONS.length], "javascript:ran()", "//elsewhere.invalid/x"]) {
        await opens(path + encodeURIComponent(text.toWellFormed()));
        assert.equal(new URL(visitor.page.url()).origin, here.server.url, path + text);
      }
    }
  });

  it("what the scripts of a page make of them", async () => {
    await openBrowser();
    const { page } = visitor;
    await visitor.goto("/rooms/live");
    for (const typed of ["hi @", "hi @p", "hi @<", ":sm"]) {
      await visitor.composer.fill("");
      await visitor.composer.pressSequentially(typed);
      await isClean(page, `completing ${typed}`);
    }
    await visitor.composer.fill("");
    await page.keyboard.press("Control+k");
    await page.locator("dialog.switcher").waitFor();
    await isClean(page, "the room switcher");
    await page.keyboard.press("Escape");
    const rows = page.locator("#history > li.message");
    const count = await rows.count();
    for (let n = Math.max(0, count - 12); n < count; n++) {
      await rows.nth(n).hover();
      const author = rows.nth(n).locator(".message-author");
      if (await author.isVisible()) await author.click({ noWaitAfter: true, trial: true });
    }
    await isClean(page, "rows with the pointer over them");
    for (const text of TEXTS.slice(0, 40)) {
      if (text.includes("\n") || !text.isWellFormed()) continue;
      await visitor.say(text);
    }
    await visitor.say("the end of it");
    await visitor.seesText("the end of it");
    await isClean(page, "one's own messages");
    await page.locator("#history > li.message").last().hover();
    assert.equal(await page.evaluate(() => window.hasRun ?? false), false);
  });
});
