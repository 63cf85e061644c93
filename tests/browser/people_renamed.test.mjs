// A rename, and rooms that come and go for a reader, from the change on the server to what open pages show.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

const LOST = "This room no longer exists, or you don’t have access.";

describe("who may see what", { timeout: 120_000 }, () => {
  const here = stage();
  let owner;

  async function member(handle, kind) {
    owner ??= await Person.join(here.server, "owner");
    const { slug } = await owner.createRoom({ name: `${kind} room of ${handle}`, kind });
    const visitor = await here.visitor();
    await visitor.join(handle);
    await owner.ask("PUT", `/api/v1/rooms/${slug}/members/${handle}`);
    await link(visitor, slug).waitFor();
    return { visitor, slug };
  }

  const link = (visitor, room) => visitor.page.locator(`#sidebar .room-link[data-room="${room}"]`);

  it("a rename is one event without a room, and reaches pages of other rooms", async () => {
    const { visitor, slug } = await member("ann", "open");
    const { visitor: other } = await member("bea", "open");
    await visitor.goto(`/rooms/${slug}`);
    await visitor.say("ann was here");
    await visitor.seesText("ann was here");
    await other.mark();
    const told = await events(here.server, owner);
    const renamed = await other.page.request.post(`${here.server.url}/account/name`, { form: { name: "Bea B" } });
    assert.ok(renamed.ok());
    await until("the page of whoever has the new name shows it", async () => (await other.page.locator(".sidebar-foot .name").textContent()) === "Bea B");
    await until("it is told once", async () => told.filter(({ data }) => data.user?.handle === "bea").length === 1);
    const { type, data } = told.find(({ data }) => data.user);
    assert.equal(type, "user");
    assert.equal(data.room, undefined);
    assert.equal(data.user.name, "Bea B");
    assert.equal(told.filter(({ type }) => type === "member").length, 0);
    assert.ok(await other.wasNotReloaded());
  });

  it("a closed room is gone for whoever is removed, and back for whoever is added", async () => {
    const { visitor, slug } = await member("carla", "closed");
    await visitor.goto(`/rooms/${slug}`);
    await visitor.mark();
    await owner.ask("DELETE", `/api/v1/rooms/${slug}/members/carla`);
    await link(visitor, slug).waitFor({ state: "detached" });
    await until("the page says so", async () => (await visitor.status()) === LOST);
    await owner.post("nothing for carla", slug);
    await owner.ask("PUT", `/api/v1/rooms/${slug}/members/carla`);
    await link(visitor, slug).waitFor();
    await visitor.seesText("nothing for carla");
    await until("the page says nothing", async () => (await visitor.status()) === "");
    assert.ok(await visitor.wasNotReloaded());
  });

  it("an open page leaves a room that is closed to its reader, or deleted", async () => {
    const { visitor, slug } = await member("dora", "open");
    const { slug: other } = await owner.createRoom({ name: "Not for Dora", kind: "open" });
    await visitor.goto(`/rooms/${other}`);
    await visitor.mark();
    await owner.ask("PATCH", `/api/v1/rooms/${other}`, { kind: "closed" });
    await link(visitor, other).waitFor({ state: "detached" });
    await until("the page says so", async () => (await visitor.status()) === LOST);
    await owner.ask("DELETE", `/api/v1/rooms/${slug}`);
    await link(visitor, slug).waitFor({ state: "detached" });
    assert.ok(await visitor.wasNotReloaded());
  });

  it("a conversation that was hidden comes back with the next message, with a badge", async () => {
    const { visitor } = await member("erna", "open");
    const opened = await owner.ask("POST", "/api/v1/direct", { handles: ["erna"] });
    const { slug } = await opened.json();
    await link(visitor, slug).waitFor();
    await visitor.page.request.delete(`${here.server.url}/api/v1/rooms/${slug}/members/me`);
    await visitor.goto("/rooms/general");
    await visitor.page.locator(".room-link[aria-current]").waitFor();
    assert.equal(await link(visitor, slug).count(), 0);
    await owner.post("are you there?", slug);
    await link(visitor, slug).locator(".badge-mention").waitFor();
  });
});

/** The events that a person's stream brings from now on, with their parsed data. */
async function events(server, person) {
  const { body } = await person.ask("GET", "/api/v1/events");
  const found = [];
  let text = "";
  const take = (chunk) => {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.data) found.push({ type: fields.event ?? "message", data: JSON.parse(fields.data) });
    }
  };
  body.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: take })).catch(() => {}); // by its end
  await until("the stream is open", () => found.some(({ type }) => type === "hello"));
  return found;
}
