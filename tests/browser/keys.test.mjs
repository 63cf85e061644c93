// Enter sends once, and never what an input method still holds.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Person } from "../clients/support/person.mjs";
import { stage } from "./support/stage.mjs";

/** What a field hears while `你好` is composed and committed with Enter; then Enter sends. */
const ENGINES = {
  Chromium: ["key 229", "start", "input", "key 229 composing", "input", "end", "Enter"],
  Firefox: ["key 229 composing", "start", "input", "key 229 composing", "end", "input", "Enter"],
  Safari: ["start", "input", "input", "end", "key 229", "Enter"],
};

describe("keys", { timeout: 120_000 }, () => {
  const here = stage();

  async function sent(slug) {
    const reader = await Person.join(here.server, `reader-of-${slug}`);
    return (await reader.history(slug)).map(({ body }) => body);
  }

  async function writer(name, options) {
    const bot = await Person.join(here.server, `${name}bot`);
    await bot.createRoom({ slug: name, name });
    const visitor = await here.visitor(options);
    await visitor.join(name, `/rooms/${name}`);
    return visitor;
  }

  for (const [engine, order] of Object.entries(ENGINES)) {
    it(`what is composed in ${engine}'s order of events is sent once`, async () => {
      const slug = engine.toLowerCase();
      const visitor = await writer(slug);
      await visitor.composer.evaluate((field, order) => {
        field.focus();
        const key = (keyCode, isComposing) =>
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing, bubbles: true, cancelable: true }));
        for (const step of order) {
          if (step === "start") field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          else if (step === "end") field.dispatchEvent(new CompositionEvent("compositionend", { data: "你好", bubbles: true }));
          else if (step === "input") {
            field.value = "你好";
            field.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
          } else if (step === "Enter") key(13, false);
          else key(229, step.endsWith("composing"));
          if (step !== "Enter" && field.value === "" && order.indexOf(step) >= order.indexOf("input")) throw new Error(`sent at ${step}`);
        }
      }, order);
      await visitor.seesText("你好");
      assert.deepEqual(await sent(slug), ["你好"]);
    });
  }

  it("a real composition is sent once, after its end", async () => {
    const visitor = await writer("composer");
    await visitor.composer.focus();
    const devtools = await visitor.context.newCDPSession(visitor.page);
    await devtools.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
    const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
    await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
    assert.equal(await visitor.composer.inputValue(), "ni hao", "it is still there");
    await devtools.send("Input.insertText", { text: "你好 @" });
    await visitor.composer.pressSequentially("x");
    await visitor.composer.press("Enter");
    await visitor.seesText("你好 @x");
    assert.deepEqual(await sent("composer"), ["你好 @x"]);
  });

  it("where fingers write, Enter breaks the line and the button sends", async () => {
    const visitor = await writer("fingers", { hasTouch: true, isMobile: true, viewport: { width: 375, height: 700 } });
    assert.equal(await visitor.composer.getAttribute("enterkeyhint"), "enter");
    await visitor.composer.fill("one");
    await visitor.composer.press("Enter");
    await visitor.composer.pressSequentially("two");
    assert.equal(await visitor.composer.inputValue(), "one\ntwo");
    await visitor.page.getByRole("button", { name: "Send" }).tap();
    await visitor.seesText("one\ntwo");
  });

  it("Shift and Enter break the line", async () => {
    const visitor = await writer("lines");
    await visitor.composer.pressSequentially("one");
    await visitor.composer.press("Shift+Enter");
    await visitor.composer.pressSequentially("two");
    await visitor.composer.press("Enter");
    await visitor.seesText("one\ntwo");
  });
});
