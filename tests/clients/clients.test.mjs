// Real clients against the real program. Whatever happens to the stream, each ends with the complete set:
// every message once, in order, and never a hole that somebody would have to notice by himself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { everyClient } from "./support/clients.mjs";
import { CuttingProxy, afterBytes, beforeTheEmptyLine, inLine } from "./support/cutting_proxy.mjs";
import { Person } from "./support/person.mjs";
import { Server } from "./support/server.mjs";
import { until } from "./support/until.mjs";

const STREAM = "/api/v1/rooms/general/events?after=0";
const RECOVERY_MS = 60_000;
const SCENARIO_MS = 240_000;

// The first block is hello; each message after it is a block with one data and one id line.
const CUTS_OF_A_REPLAY = [
  afterBytes(1),
  inLine("data", 1, 12), // hello, before its id: the cursor is still the one that was asked with
  inLine("data", 3, 3),
  inLine("data", 3, 40, "reset"),
  inLine("data", 4, 60),
  inLine("id", 3, 2),
  inLine("id", 4, 5),
  inLine("id", 3, 5, "reset"),
  beforeTheEmptyLine(4),
];
const CUTS_WHILE_LIVE = [inLine("data", 2, 30), inLine("id", 2, 5), beforeTheEmptyLine(2)];

/** One server and all clients at once; `road` is where a client reaches the server. */
class Scene {
  clients = everyClient();
  proxies = [];

  async open({ behindProxies }) {
    this.server = await Server.start();
    this.ann = await Person.join(this.server, "ann");
    if (!behindProxies) return;
    for (const client of this.clients) {
      client.proxy = await CuttingProxy.start(this.server);
      this.proxies.push(client.proxy);
    }
  }

  async startClients() {
    await this.each((client) => client.start((client.proxy ?? this.server).url + STREAM, this.ann.token));
  }

  each(action) {
    return Promise.all(this.clients.map(action));
  }

  /** Waits until `condition` holds for every client; says of each how far it came where it does not. */
  async everyClient(what, condition) {
    const states = () => this.clients.map((client) => `${client.name}: ${client.ids.length} seen, ${client.failures} failures ${client.complaints}`);
    await until(() => `every client ${what}; ${states().join("; ")}`, () => this.clients.every(condition));
  }

  /** Whether every client has got to `id`. Who has not is found by its own test, so a deadline here is no failure. */
  async everybodyHas(id, within = RECOVERY_MS) {
    await until("everybody caught up", () => this.clients.every((client) => client.ids.includes(id)), within).catch(() => {});
  }

  async close() {
    await this.each((client) => client.stop());
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await this.server?.remove();
  }
}

function hasEverythingOnceInOrder(client, history) {
  assert.deepEqual(client.ids, history.map((message) => message.id), `what ${client.name} saw; it said: ${client.complaints}`);
  for (const { id, data } of client.of("message")) assert.equal(id, String(data.id), "the id of the block is the message's");
  for (const { data } of client.of("hello")) assert.match(data.outcome, /^(live|replay)$/, "nothing had to be given up");
  const bodies = new Map(history.map((message) => [message.id, message.body]));
  for (const { data } of client.of("message")) assert.equal(data.message.body, bodies.get(data.id));
}

/**
 * Sets the scene, lets `story` happen, and asks of every client whether it has the whole history: also where the story
 * came to no good end, since that shows whose fault it was.
 */
function scenario(name, options, story, alsoHolds = () => {}) {
  test(name, { timeout: SCENARIO_MS }, async (t) => {
    const scene = new Scene();
    let trouble = null;
    try {
      await scene.open(options);
      await story(scene).catch((error) => (trouble = error));
      const history = await scene.ann.history();
      for (const client of scene.clients) {
        await t.test(client.name, () => {
          hasEverythingOnceInOrder(client, history);
          alsoHolds(client, history);
        });
      }
    } finally {
      await scene.close();
    }
    if (trouble !== null) throw trouble;
  });
}

scenario(
  "the server is killed with -9 and started again, on the same port and file",
  { behindProxies: false },
  async (scene) => {
    const { ann, server } = scene;
    await scene.startClients();
    await ann.post("before the first kill");
    await scene.everyClient("is live", (client) => client.ids.length === 1);

    // Down for as long as it takes every client to find the door shut once.
    const losses = new Map(scene.clients.map((client) => [client, client.failures]));
    await server.kill();
    const posted = ann.postMany(20, "posted while the server was away");
    await scene.everyClient("was refused", (client) => client.failures >= losses.get(client) + 2);
    await server.start();
    await posted;

    // Under way: killed in the middle of posts, and back at once.
    for (const round of [1, 2]) {
      const posts = ann.postMany(100, `round ${round}`);
      await server.restart();
      await posts;
    }
    const last = await ann.post("after the last restart");
    await scene.everybodyHas(last.id);
  },
);

scenario(
  "the stream is cut in the middle of a block",
  { behindProxies: true },
  async (scene) => {
    await scene.ann.postMany(60, "a message that is long enough to be cut anywhere, with 汉字 and 🦀 in it:");
    const [newest] = (await scene.ann.history()).slice(-1);
    for (const { proxy } of scene.clients) proxy.plan(CUTS_OF_A_REPLAY);
    await scene.startClients();
    await scene.everybodyHas(newest.id, 2 * RECOVERY_MS);

    for (const [n, cut] of CUTS_WHILE_LIVE.entries()) {
      for (const { proxy } of scene.clients) proxy.planNow(cut);
      await scene.ann.post(`live, whole ${n}`);
      const last = await scene.ann.post(`live, cut ${n}`);
      await scene.everybodyHas(last.id);
    }
  },
  (client) => {
    const planned = [...CUTS_OF_A_REPLAY, ...CUTS_WHILE_LIVE].map((cut) => cut.name);
    assert.deepEqual(client.proxy.made, planned, "every planned cut was made");
  },
);

scenario(
  "a thousand messages are missed while away",
  { behindProxies: true },
  async (scene) => {
    await scene.startClients();
    await scene.ann.postMany(10, "before");
    await scene.everyClient("is live", (client) => client.ids.length === 10);
    for (const { proxy } of scene.clients) proxy.goAway();
    await scene.ann.postMany(1000, "missed");
    await scene.everyClient("asked in vain", (client) => client.proxy.asked > 1);
    for (const { proxy } of scene.clients) proxy.comeBack();
    const last = await scene.ann.post("and on, live");
    await scene.everybodyHas(last.id);
  },
  (client) => {
    const [caughtUp] = client.of("caught-up").slice(-1);
    assert.ok(caughtUp.data.messages >= 1000, `one replay brought them all: ${JSON.stringify(caughtUp.data)}`);
    assert.equal(client.proxy.open, 1, "it holds one stream, not more");
  },
);
