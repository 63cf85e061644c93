// Passkeys, as Chromium has them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "../clients/support/until.mjs";
import { Authenticator } from "./support/authenticator.mjs";
import { stage } from "./support/stage.mjs";

const PASSWORD = "two cups, one spoon";

describe("a passkey", { timeout: 120_000 }, () => {
  const here = stage();

  /** Passkeys are bound to a name, which an IP address is not. */
  const byName = () => ({ url: here.server.url.replace("127.0.0.1", "localhost") });

  async function somebody(handle) {
    const visitor = await here.visitor({}, byName());
    await visitor.join(handle);
    const authenticator = await Authenticator.of(visitor);
    await visitor.goto("/account");
    return { visitor, page: visitor.page, authenticator };
  }

  async function add(page, name) {
    await page.click("#add-passkey summary");
    await page.fill("#passkey_name", name);
    await page.click("#add-passkey button");
    await page.locator("#passkeys li", { hasText: name }).waitFor();
  }

  async function signOut({ page, authenticator, visitor }) {
    await authenticator.setPresent(false);
    await visitor.goto("/signout");
    await page.click("form[action='signout'] button");
    await page.waitForURL((url) => url.pathname !== "/signout");
  }

  const handleOf = async (page) => {
    const answer = await page.request.get(new URL("/api/v1/me", page.url()).href);
    return answer.ok() ? (await answer.json()).handle : null;
  };

  const openSignIn = ({ visitor }) => visitor.goto("/sign-in?next=/rooms/general");
  const isIn = (page) => page.waitForURL((url) => url.pathname === "/rooms/general");

  /** The user is there when the button asks, and was not when the page did. */
  async function pressButton({ page, authenticator }) {
    await page.locator("#passkey").waitFor();
    await authenticator.setPresent(true);
    await page.click("#passkey button");
  }

  it("is added on the account page, and signs in by the field for the name and by a button", async () => {
    const ann = await somebody("ann");
    const { page, authenticator } = ann;
    await add(page, "Laptop");
    const [credential] = await authenticator.credentials();
    assert.equal(credential.isResidentCredential, true);
    assert.equal(credential.userName, "ann");
    assert.equal(Buffer.from(credential.userHandle, "base64").length, 16);
    await page.click("#add-passkey summary");
    await page.click("#add-passkey button");
    await page.locator("#add-passkey .error", { hasText: "already has a passkey" }).waitFor();

    await signOut(ann);
    assert.equal(await handleOf(page), null);
    await openSignIn(ann);
    assert.equal(await page.getAttribute("#handle", "autocomplete"), "username webauthn");
    await authenticator.setPresent(true);
    await openSignIn(ann); // the passkey is chosen where the name is typed: nothing is clicked
    await isIn(page);
    assert.equal(await handleOf(page), "ann");

    await signOut(ann);
    await openSignIn(ann);
    const sent = page.waitForRequest("**/sign-in/passkey");
    await pressButton(ann);
    const form = (await sent).postData();
    await isIn(page);
    assert.equal(await handleOf(page), "ann");

    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const again = await page.request.post(`${byName().url}/sign-in/passkey`, { headers, data: form });
    assert.equal(again.status(), 422, "an answer counts once");
    assert.match(await again.text(), /That passkey was not accepted/);
    await ann.visitor.goto("/account");
    await page.locator("#passkeys li", { hasText: "last used" }).waitFor();
  });

  it("that was removed is refused, and the only way to sign in is not removed", async () => {
    const bob = await somebody("bob");
    const { page, authenticator } = bob;
    await add(page, "Phone");
    const remove = page.locator("#passkeys li button");
    await remove.click();
    await page.locator("#passkeys .error", { hasText: "Nothing else" }).waitFor();
    await page.fill("#new", PASSWORD);
    await page.click("form[action='account/password'] button");
    await page.locator("#old").waitFor();
    await remove.click();
    await until("it is gone", async () => (await page.locator("#passkeys li").count()) === 0);

    await signOut(bob);
    await openSignIn(bob);
    assert.equal((await authenticator.credentials()).length, 1, "the device does not know");
    await pressButton(bob);
    await page.locator("#passkey-error", { hasText: "not accepted" }).waitFor();
    assert.equal(await handleOf(page), null);
    await page.fill("#handle", "bob");
    await page.fill("#password", PASSWORD);
    await page.press("#password", "Enter");
    await isIn(page);
    assert.equal(await handleOf(page), "bob");
  });
});
