// Files: attached, sent, seen and kept.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "../clients/support/until.mjs";
import { stage } from "./support/stage.mjs";

/** A picture of 8 × 6 pixels. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR4nGM4ISeHFTEMpAQAaYgwwWSFouIAAAAASUVORK5CYII=",
  "base64",
);
const text = (name, content) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

describe("files", { timeout: 240_000 }, () => {
  const here = stage();

  async function somebody(handle, options) {
    const visitor = await here.visitor(options);
    await visitor.join(handle);
    return visitor;
  }

  const attach = (visitor, ...files) => visitor.page.setInputFiles("#files", files);
  const chips = (visitor) => visitor.page.locator("#attachments .chip");
  const cards = (visitor) => visitor.page.locator("#history .file-card .file-name").allTextContents();

  it("a file is attached, sent without a text, and downloaded by others as it was", async () => {
    const [ann, bob] = [await somebody("ann"), await somebody("bob")];
    await attach(ann, text("tenor <1>.txt", "breathe"), text("bass.txt", "hold"));
    await chips(ann).nth(1).waitFor();
    await chips(ann).nth(1).getByRole("button").click();
    await ann.composer.press("Enter");
    await bob.sees("the message", (rows) => rows.some(({ author }) => author === "ann"));
    assert.deepEqual(await cards(bob), ["tenor <1>.txt"]);
    const [download] = await Promise.all([bob.page.waitForEvent("download"), bob.page.click("#history .file-card")]);
    assert.equal(download.suggestedFilename(), "tenor <1>.txt".replaceAll(/[<>]/g, "_"));
    await until(
      () => "the chips are gone",
      async () => (await ann.page.locator(".chip").count()) === 0,
    );
  });

  it("a pasted picture is shown in a place that was reserved, and in the viewer", async () => {
    const ann = await somebody("painter");
    await ann.page.evaluate((bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
      const field = document.getElementById("body");
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, [...PICTURE]);
    await chips(ann).waitFor();
    await ann.say("look");
    const image = ann.page.locator("#history .file-picture img");
    await image.waitFor();
    assert.deepEqual([await image.getAttribute("width"), await image.getAttribute("height")], ["8", "6"]);
    await attach(ann, { name: "second.png", mimeType: "image/png", buffer: PICTURE });
    await chips(ann).waitFor();
    await ann.say("and this");
    await image.nth(1).waitFor();
    await image.first().click();
    const viewer = ann.page.locator("dialog.viewer");
    await viewer.waitFor();
    const name = () => viewer.locator(".viewer-name").textContent();
    assert.equal(await name(), "image.png");
    await ann.page.keyboard.press("ArrowRight");
    assert.equal(await name(), "second.png");
    await ann.page.keyboard.press("Escape");
    await viewer.waitFor({ state: "hidden" });
  });

  it("an upload that a reload interrupts continues, and is posted once and in its order", async () => {
    const ann = await somebody("traveller");
    const large = Buffer.alloc(3 * 512 * 1024, "0123456789abcdef");
    let pieces = 0;
    await ann.page.route("**/files/*", (route) => {
      if (route.request().method() !== "PATCH") return route.continue();
      pieces += 1;
      return pieces === 2 ? undefined : route.continue(); // the second one is never answered
    });
    await attach(ann, { name: "large.bin", mimeType: "application/octet-stream", buffer: large });
    await ann.say("with a large one");
    await ann.say("and after it");
    await until(
      () => "a piece is under way",
      () => pieces === 2,
    );
    await ann.page.reload();
    await ann.seesText("and after it", 60_000);
    await ann.seesText("with a large one");
    const bodies = (await ann.rows()).filter(({ author }) => author === "traveller").map(({ body }) => body);
    assert.deepEqual(bodies, ["with a large one", "and after it"]);
    assert.ok(pieces <= 4, `${pieces} pieces: what had arrived was not sent again`);
    const address = await ann.page.locator("#history .file-card").last().getAttribute("href");
    const received = await ann.page.request.get(`${ann.server.url}/${address}`);
    assert.ok(large.equals(await received.body()));
  });

  it("a draft keeps its files over a reload", async () => {
    const ann = await somebody("drafty");
    await attach(ann, text("later.txt", "soon"));
    await chips(ann).waitFor();
    await ann.page.reload();
    await chips(ann).waitFor();
    await ann.composer.press("Enter");
    await ann.sees("the message", (rows) => rows.some(({ author }) => author === "drafty"));
  });

  it("files dropped onto a room in the sidebar wait there", async () => {
    const ann = await somebody("dropper");
    await ann.goto("/rooms/new");
    await ann.page.fill("#name", "Attic");
    await ann.page.click("main form button.primary");
    await ann.goto("/rooms/general");
    await ann.page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(["old letters"], "letters.txt", { type: "text/plain" }));
      const target = document.querySelector(".room-link[data-room='attic']");
      for (const type of ["dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    });
    await ann.page.waitForURL("**/rooms/attic");
    await chips(ann).waitFor();
  });

  it("a file is sent and seen without scripts", async () => {
    const ann = await somebody("plain", { javaScriptEnabled: false });
    await ann.composer.fill("on paper");
    await attach(ann, text("score.txt", "do re mi"), { name: "picture.png", mimeType: "image/png", buffer: PICTURE });
    await ann.page.click("#composer button[type=submit]");
    await ann.page.locator("#history .file-picture img").last().waitFor();
    assert.equal((await cards(ann)).at(-1), "score.txt");
  });
});
