// Signing in at an OpenID provider, through real redirects between two servers.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchBrowser } from "./support/chromium.mjs";
import { FormBrowser } from "./support/form_browser.mjs";
import { CLIENT_ID, CLIENT_SECRET, LyingProvider, RealProvider } from "./support/providers.mjs";
import { Server } from "./support/server.mjs";

const PASSWORD = "wooden spoon, two cups";
const secretFile = join(mkdtempSync(join(tmpdir(), "backscroll-oidc-")), "secret");
writeFileSync(secretFile, `${CLIENT_SECRET}\n`);

/** Starts a server that people sign in to at a provider. */
function serve(provider, door, ...more) {
  const flags = ["--oidc-issuer", provider.issuer, "--oidc-client-id", CLIENT_ID, "--oidc-client-secret-file", secretFile, "--oidc-name", "Our Login"];
  return Server.start("--door", door, ...flags, ...more);
}

const callback = (server) => `${server.url}/sign-in/oidc/callback`;

/** The handle of whom the browser is signed in as. */
async function handle(server, browser) {
  const me = await browser.send(`${server.url}/api/v1/me`);
  return me.status === 401 ? null : JSON.parse(me.text).handle;
}

/** Joins a server with the open door. */
async function joined(server, name) {
  const browser = new FormBrowser();
  await browser.visit(`${server.url}/join`, { handle: name });
  assert.equal(await handle(server, browser), name);
  return browser;
}

/** Begins to connect an identity, and returns the address at the provider. */
async function connecting(server, browser) {
  const page = await browser.send(`${server.url}/account/identities`, {});
  assert.equal(page.status, 200, page.text);
  const [, address] = page.text.match(/<a class="primary" href="([^"]+)"/);
  assert.match(page.text, /http-equiv="refresh"/);
  return address.replaceAll("&#38;", "&").replaceAll("&amp;", "&");
}

const real = new RealProvider();
let open; // a server with the open door
let invite; // a server by invitation
let admin; // the token of its admin

async function ask(method, path, body) {
  const answer = await fetch(invite.url + path, {
    method,
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path} answered ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

before(async () => {
  await real.open();
  open = await serve(real, "open");
  invite = await serve(real, "invite");
  await real.serve([callback(open), callback(invite)]);
  const [, token] = invite.said.match(/\/setup\/(\S+)/);
  const answer = await fetch(`${invite.url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, server_name: "Choir", handle: "owner", password: PASSWORD }),
  });
  ({ token: admin } = await answer.json());
});

after(async () => {
  await open?.remove();
  await invite?.remove();
  await real.close();
});

test("an unknown person gets an account where everybody may join, and is the same person at the next time", async () => {
  real.people.set("s-17", { preferred_username: "cara.lee@choir.example", name: "Cara Lee" });
  for (const time of [1, 2]) {
    const browser = new FormBrowser();
    const page = await real.signIn(browser, `${open.url}/sign-in/oidc?next=/rooms/general`, "s-17");
    assert.equal(page.url, `${open.url}/rooms/general`, `time ${time}: ${page.text}`);
    assert.equal(await handle(open, browser), "cara.lee");
  }
  const browser = new FormBrowser();
  await real.signIn(browser, `${open.url}/sign-in/oidc?next=//evil.example/`, "s-17", (url) => url.includes("evil"));
  assert.equal(await handle(open, browser), "cara.lee");
});

test("nobody is recognised by a name", async () => {
  const ann = await joined(open, "ann");
  real.people.set("s-18", { preferred_username: "ann", name: "ann" });
  const other = new FormBrowser();
  await real.signIn(other, `${open.url}/sign-in/oidc`, "s-18");
  assert.equal(await handle(open, other), "ann2");
  assert.equal(await handle(open, ann), "ann");
});

test("somebody connects an account elsewhere, signs in by it, and disconnects it", async () => {
  real.people.set("s-19", { preferred_username: "bobby" });
  const bob = await joined(open, "bob");
  const account = await real.signIn(bob, await connecting(open, bob), "s-19");
  assert.equal(account.url, `${open.url}/account`);
  assert.match(account.text, /<bdi>bobby<\/bdi>/);
  const phone = new FormBrowser();
  await real.signIn(phone, `${open.url}/sign-in/oidc`, "s-19");
  assert.equal(await handle(open, phone), "bob");

  const eve = await joined(open, "eve");
  const taken = await real.signIn(eve, await connecting(open, eve), "s-19");
  assert.equal(taken.status, 409, taken.text);

  const [, form] = account.text.match(/action="(account\/identities\/\d+\/end)"/);
  const path = `/${form}`;
  assert.equal((await eve.send(open.url + path, {})).status, 404, "it is somebody else's");
  assert.equal((await bob.send(open.url + path, {})).status, 409, "nothing else signs bob in");
  await bob.send(`${open.url}/account/password`, { new: PASSWORD });
  assert.equal((await bob.send(open.url + path, {})).status, 303);
  const again = new FormBrowser();
  await real.signIn(again, `${open.url}/sign-in/oidc`, "s-19");
  assert.equal(await handle(open, again), "bobby", "somebody new");
});

test("where accounts are by invitation, an unknown person needs one, which is used up", async () => {
  real.people.set("s-20", { preferred_username: "dora" });
  const stranger = new FormBrowser();
  const refused = await real.signIn(stranger, `${invite.url}/sign-in/oidc`, "s-20");
  assert.equal(refused.status, 403);
  assert.match(refused.text, /by invitation/);
  assert.equal(await handle(invite, stranger), null);

  const { path } = await ask("POST", "/api/v1/invites", { role: "member" });
  const url = invite.url + path;
  const dora = new FormBrowser();
  const invitation = await dora.send(url);
  assert.match(invitation.text, /Join with Our Login/);
  await real.signIn(dora, `${url}/oidc`, "s-20");
  assert.equal(await handle(invite, dora), "dora");
  assert.equal((await new FormBrowser().send(url)).status, 404);
  assert.equal((await new FormBrowser().send(`${url}/oidc`)).status, 404);

  await ask("POST", "/api/v1/users/dora/ban", {});
  assert.equal(await handle(invite, dora), null);
  const banned = await real.signIn(new FormBrowser(), `${invite.url}/sign-in/oidc`, "s-20");
  assert.equal(banned.status, 403, banned.text);
});

test("an answer counts once, and only in the browser that has asked", async () => {
  real.people.set("s-21", { preferred_username: "finn" });
  const isCallback = (url) => url.startsWith(callback(open));
  const finn = new FormBrowser();
  const { next } = await real.signIn(finn, `${open.url}/sign-in/oidc`, "s-21", isCallback);
  for (const address of [callback(open), `${callback(open)}?code=x&state=x`, next.replace(/state=[^&]+/, "state=x")]) {
    assert.equal((await finn.send(address)).status, 400, address);
  }
  const thief = new FormBrowser();
  assert.equal((await thief.send(next)).status, 400);
  await thief.visit(`${open.url}/sign-in/oidc`, undefined, (url) => url.startsWith(real.issuer));
  assert.equal((await thief.send(next)).status, 400, "with a cookie of the same name");
  assert.equal((await finn.send(next)).status, 303);
  assert.equal(await handle(open, finn), "finn");
  assert.equal((await finn.send(next)).status, 400, "a second time");
});

test("a code that was asked for by somebody else is worth nothing", async () => {
  real.people.set("s-22", { preferred_username: "gus" });
  const isCallback = (url) => url.startsWith(callback(open));
  const [gus, thief] = [new FormBrowser(), new FormBrowser()];
  const stolen = await real.signIn(gus, `${open.url}/sign-in/oidc`, "s-22", isCallback);
  const own = await real.signIn(thief, `${open.url}/sign-in/oidc`, "s-thief", isCallback);
  const mixed = new URL(own.next);
  mixed.searchParams.set("code", new URL(stolen.next).searchParams.get("code"));
  assert.equal((await thief.send(mixed.href)).status, 400);
  assert.equal(await handle(open, thief), null);
});

test("the keys of a provider may change", async () => {
  real.people.set("s-23", { preferred_username: "hal" });
  await real.signIn(new FormBrowser(), `${open.url}/sign-in/oidc`, "s-23");
  await real.rotateKeys();
  const browser = new FormBrowser();
  await real.signIn(browser, `${open.url}/sign-in/oidc`, "s-23");
  assert.equal(await handle(open, browser), "hal");
});

test("nothing of what a provider sends is stored or logged", async () => {
  const isCallback = (url) => url.startsWith(callback(open));
  const browser = new FormBrowser();
  const { next } = await real.signIn(browser, `${open.url}/sign-in/oidc`, "s-24", isCallback);
  await browser.send(next);
  const kept = readFileSync(open.db, "latin1") + readFileSync(`${open.db}-wal`, "latin1") + open.said;
  const parameters = new URL(next).searchParams;
  for (const secret of [parameters.get("code"), parameters.get("state"), CLIENT_SECRET, "eyJ"]) {
    assert.ok(!kept.includes(secret), `${secret} was kept`);
  }
});

test("what a provider says is believed only if it is valid", async (t) => {
  const liar = await new LyingProvider().open();
  const server = await serve(liar, "open");
  t.after(async () => {
    await server.remove();
    await liar.close();
  });
  const signIn = async () => {
    const browser = new FormBrowser();
    const page = await browser.visit(`${server.url}/sign-in/oidc`);
    return { status: page.status, handle: await handle(server, browser) };
  };
  const now = Math.floor(Date.now() / 1000);
  const lies = {
    "another nonce": { claims: { nonce: "another" } },
    "no nonce": { claims: { nonce: undefined } },
    "another issuer": { claims: { iss: `${liar.issuer}/` } },
    "another audience": { claims: { aud: "another" } },
    "a further audience": { claims: { aud: [CLIENT_ID, "another"] } },
    "another party": { claims: { azp: "another" } },
    "an expired token": { claims: { exp: now - 1 } },
    "no signature": { header: { alg: "none" } },
    "a signature by the client's secret": { header: { alg: "HS256" } },
    "a signature by another key": { stranger: true },
    "a signature by a key that is not published": { stranger: true, header: { kid: "two" } },
    "an empty subject": { claims: { sub: "" } },
    "another issuer beside the code": { redirect: { iss: "https://another.example" } },
    "an error": { redirect: { error: "access_denied" } },
  };
  for (const [name, lie] of Object.entries(lies)) {
    await t.test(name, async () => {
      liar.honest();
      Object.assign(liar.lies, lie);
      const answer = await signIn();
      assert.ok([400, 403].includes(answer.status), `${answer.status}`);
      assert.equal(answer.handle, null);
    });
  }
  await t.test("the truth", async () => {
    liar.honest();
    assert.deepEqual(await signIn(), { status: 200, handle: "member" });
    assert.equal(liar.asked.code_challenge_method, "S256");
    assert.ok(liar.asked.code_verifier.length >= 43);
    assert.equal(liar.asked.client_secret, undefined, "it is in the header, as the document has it");
  });
});

// What a page may load and send is limited: a form that is redirected to a provider would be blocked.
test("somebody connects an account elsewhere in a browser, to a server below a path", async (t) => {
  const liar = await new LyingProvider().open();
  const server = await serve(liar, "open", "--base-path", "/chat");
  const chromium = await launchBrowser();
  t.after(async () => {
    await chromium.close();
    await server.remove();
    await liar.close();
  });
  const page = await chromium.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${server.url}/join`);
  await page.fill("#handle", "ann");
  await page.click(".form button.primary");
  await page.goto(`${server.url}/account`);
  await page.click("text=Connect Our Login");
  await page.waitForURL(`${server.url}/account`);
  await page.waitForSelector("text=Disconnect");
  assert.deepEqual(complaints, []);

  const phone = await (await chromium.newContext()).newPage();
  await phone.goto(`${server.url}/sign-in?next=/rooms/general`);
  await phone.click("text=Sign in with Our Login");
  await phone.waitForURL(`${server.url}/rooms/general`);
  const me = await phone.evaluate((url) => fetch(url).then((answer) => answer.json()), `${server.url}/api/v1/me`);
  assert.equal(me.handle, "ann");
});

test("a provider that cannot be used keeps nobody from signing in otherwise", async (t) => {
  const liar = await new LyingProvider().open();
  liar.lies.document = { issuer: `${liar.issuer}/another` };
  const server = await serve(liar, "open");
  t.after(() => server.remove());
  const ann = await joined(server, "ann");
  await ann.send(`${server.url}/account/password`, { new: PASSWORD });
  for (const what of ["another issuer", "nobody there"]) {
    const page = await new FormBrowser().visit(`${server.url}/sign-in/oidc`);
    assert.equal(page.status, 503, what);
    assert.match(page.text, /Our Login can’t be reached/);
    if (what === "another issuer") await liar.close();
  }
  const browser = new FormBrowser();
  await browser.send(`${server.url}/sign-in`, { handle: "ann", password: PASSWORD });
  assert.equal(await handle(server, browser), "ann");
});
