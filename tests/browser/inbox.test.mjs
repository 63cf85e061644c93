// What a person is told of, on two devices: the inbox, read marks, pinned and saved messages, favourites.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

describe("the inbox and what one has read", { timeout: 180_000 }, () => {
  const here = stage();
  let bot;

  /** Somebody in the room "general", by two browsers. */
  async function twoDevices(handle) {
    bot ??= await Person.join(here.server, "bot");
    const one = await here.visitor();
    await one.join(handle);
    await one.say(`${handle} is in`);
    await one.seesText(`${handle} is in`);
    const other = await here.visitor();
    await other.context.addCookies(await one.context.cookies());
    other.handle = handle;
    return { one, other, id: (await one.rows()).at(-1).id };
  }

  const inboxBadge = (visitor) => visitor.page.locator("#sidebar .inbox-link .badge");
  const items = (visitor) => visitor.page.locator(".inbox-item");

  async function openMenu(visitor, id) {
    await visitor.page.locator(`#m${id}`).hover();
    await visitor.page.locator(`#m${id} .actions button[aria-haspopup=menu]`).click();
    await visitor.page.locator(".message-menu").waitFor();
  }

  const choose = (visitor, name) => visitor.page.getByRole("menuitem", { name }).click();

  it("a reply to me is an item that comes by itself, and is gone everywhere once it is read", async () => {
    const { one, other, id } = await twoDevices("ida");
    await other.goto("/inbox");
    await other.page.locator(".inbox-empty").waitFor();
    await one.goto("/account");
    const reply = await bot.post("I do", "general", { reply_to: id });
    await items(other).filter({ hasText: "I do" }).waitFor();
    assert.match(await items(other).first().textContent(), /Reply/);
    await inboxBadge(other).waitFor();
    await one.goto("/rooms/general");
    await one.page.locator(`#m${reply.id} .message-quote.me`).waitFor();
    await until("the item is read on the other device", async () => (await other.page.locator(".inbox-item.unread").count()) === 0);
    await until("the badge is gone", async () => (await inboxBadge(other).count()) === 0);
    await items(other).first().locator("a").click();
    await other.page.waitForURL(/\/rooms\/general\/messages\/\d+/);
    await other.page.locator(`#m${reply.id}.marked, #m${reply.id}:target`).waitFor();
  });

  it("all items are marked as read at once, without scripts, too", async () => {
    const { one, id } = await twoDevices("uma");
    await one.goto("/inbox");
    await bot.post("@uma look", "general", { reply_to: id });
    await items(one).first().waitFor();
    await one.page.locator(".bar-tools button").click();
    await until("nothing is unread", async () => (await one.page.locator(".inbox-item:not(.unread)").count()) === 1);
    const plain = await here.visitor({ javaScriptEnabled: false });
    await plain.context.addCookies(await one.context.cookies());
    await bot.post("@uma again");
    await plain.goto("/inbox");
    assert.equal(await items(plain).count(), 2);
    await plain.page.locator(".bar-tools button").click();
    assert.equal(await plain.page.locator(".inbox-item.unread").count(), 0);
  });

  it("what is marked as unread stays so here, and is unread on the other device", async () => {
    const { one, other } = await twoDevices("ola");
    const first = await bot.post("first of two");
    const second = await bot.post("second of two");
    await one.seesText("second of two");
    const { slug } = await bot.createRoom({ name: "away" });
    await other.page.request.put(`${here.server.url}/api/v1/rooms/${slug}/members/me`);
    await other.goto(`/rooms/${slug}`);
    const general = other.page.locator('.room-link[data-room="general"]');
    await until("both are read", async () => (await general.getAttribute("data-unread")) === "0");
    await openMenu(one, first.id);
    await choose(one, "Mark unread from here");
    await one.page.locator(`.new + #m${first.id}, .new + .day + #m${first.id}`).waitFor();
    await until("two are unread", async () => (await general.getAttribute("data-unread")) === "2");
    const mark = async () => (await (await one.page.request.get(`${here.server.url}/api/v1/rooms/general`)).json()).read_up_to;
    assert.ok((await mark()) < first.id);
    await bot.post("a third one");
    await one.seesText("a third one");
    assert.ok((await mark()) < second.id, "the mark stays while the page stays open");
  });

  it("a message is pinned, saved and forwarded from its menu, by the keyboard as well", async () => {
    const { one, other } = await twoDevices("pia");
    const { id } = await bot.post("the address of the hall");
    await one.seesText("the address of the hall");
    await other.goto("/rooms/general");
    await openMenu(one, id);
    await choose(one, "Pin message");
    await until("the other device knows", async () => (await other.page.locator("#room").getAttribute("data-pins")) === String(id));
    await openMenu(one, id);
    await one.page.keyboard.press("End");
    await one.page.keyboard.press("ArrowUp");
    assert.equal(await one.page.locator("[role=menuitem]:focus").textContent(), "Save for later");
    await one.page.keyboard.press("Enter");
    await one.goto("/saved");
    await items(one).filter({ hasText: "the address of the hall" }).waitFor();
    await one.goto("/rooms/general/pins");
    await items(one).filter({ hasText: "the address of the hall" }).waitFor();
    const { slug } = await bot.createRoom({ name: "hallway" });
    await one.page.request.put(`${here.server.url}/api/v1/rooms/${slug}/members/me`);
    await one.goto("/rooms/general");
    await openMenu(one, id);
    await choose(one, "Forward…");
    await one.page.locator("#to").selectOption(slug);
    await one.page.locator("#forward button.primary").click();
    await one.page.waitForURL(new RegExp(`/rooms/${slug}`));
    await one.page.locator("#history blockquote").filter({ hasText: "the address of the hall" }).waitFor();
  });

  it("favourites stand first on every device, and the menu names who has read a message", async () => {
    const { one, other } = await twoDevices("flo");
    const reader = await here.visitor();
    await reader.join("rea");
    await reader.say("rea is in");
    await one.seesText("rea is in");
    await one.say("seen by many");
    await one.seesText("seen by many");
    await reader.seesText("seen by many");
    const { id } = (await one.rows()).at(-1);
    await reader.page.bringToFront();
    await until("rea has read it", async () => (await (await reader.page.request.get(`${here.server.url}/api/v1/rooms/general`)).json()).read_up_to >= id);
    await openMenu(one, id);
    await one.page.locator(".message-menu .menu-title").filter({ hasText: "rea" }).waitFor();
    await one.page.keyboard.press("Escape");
    await other.goto("/rooms/general");
    await other.say("here, too"); // its stream is open
    await one.page.locator(".room-menu-button").click();
    await one.page.locator('#room-menu form[action$="/favourite"] button').click();
    await one.page.locator(".sidebar-head h2").filter({ hasText: "Favourites" }).waitFor();
    await other.page.locator(".sidebar-head h2").filter({ hasText: "Favourites" }).waitFor();
  });
});
