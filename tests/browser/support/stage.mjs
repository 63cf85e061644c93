// What every browser test stands on: one server, one browser, both gone afterwards.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { launchBrowser } from "../../clients/support/chromium.mjs";
import { Server } from "../../clients/support/server.mjs";
import { Visitor } from "./visitor.mjs";

/**
 * Call inside `describe`. `stage.visitor()` opens a browser of somebody's own, where asked for at another address than
 * the server's; whatever went wrong in any of them fails the test. `flags` are further ones of the server.
 */
export function stage(...flags) {
  const stage = { server: null, browser: null };
  const visitors = [];

  const clear = async () => {
    await stage.browser?.close();
    await stage.server?.remove();
  };

  before(async () => {
    try {
      stage.server = await Server.start(...flags);
      stage.browser = await launchBrowser();
    } catch (error) {
      await clear(); // node:test leaves out `after` where `before` failed, and would then wait for the server for ever
      throw error;
    }
  });
  afterEach(async () => {
    const offences = visitors.flatMap((visitor) => visitor.offences);
    await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
    assert.deepEqual(offences, [], "no policy was violated, no other server asked, nothing thrown");
  });
  after(clear);

  stage.visitor = async (options, server = stage.server) => {
    const visitor = await Visitor.open(stage.browser, server, options);
    visitors.push(visitor);
    return visitor;
  };
  return stage;
}
