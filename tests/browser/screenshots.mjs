// Takes the pictures of the README: node tests/browser/screenshots.mjs [DIRECTORY], by default docs.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../clients/support/chromium.mjs";
import { root } from "../clients/support/paths.mjs";
import { Server } from "../clients/support/server.mjs";
import { furnish } from "./support/scene.mjs";
import { Visitor } from "./support/visitor.mjs";

const PICTURES = [
  { name: "room-light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "room-dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone-light", colorScheme: "light", viewport: { width: 375, height: 700 }, deviceScaleFactor: 2 },
];

/** Answers with the files that were written. */
export async function takePictures(directory) {
  const server = await Server.start();
  const browser = await launchBrowser();
  try {
    await furnish(server);
    const joined = await Visitor.open(browser, server);
    await joined.join("ada");
    await joined.say("Good to be here. @mira, is the new file smaller?");
    await joined.seesText("Good to be here. @mira, is the new file smaller?");
    const storageState = await joined.context.storageState();
    await joined.close();
    const files = [];
    for (const { name, ...options } of PICTURES) files.push(await takePicture(join(directory, `${name}.png`), { storageState, ...options }));
    return files;
  } finally {
    await browser.close();
    await server.remove();
  }

  async function takePicture(path, options) {
    const visitor = await Visitor.open(browser, server, { reducedMotion: "reduce", ...options });
    await visitor.goto("/rooms/general");
    await visitor.page.locator("#here [data-handle=ada]").waitFor({ state: "attached" });
    await visitor.page.screenshot({ path });
    await visitor.close();
    return path;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of await takePictures(process.argv[2] ?? join(root, "docs"))) console.log(file);
}
