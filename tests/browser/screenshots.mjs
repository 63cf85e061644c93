// Takes the pictures of the README: node tests/browser/screenshots.mjs [DIRECTORY], by default docs.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../clients/support/chromium.mjs";
import { CuttingProxy } from "../clients/support/cutting_proxy.mjs";
import { root } from "../clients/support/paths.mjs";
import { Server } from "../clients/support/server.mjs";
import { until } from "../clients/support/until.mjs";
import { furnish, goOn } from "./support/scene.mjs";
import { Visitor } from "./support/visitor.mjs";

const HOUR = 3_600_000; // ms
const WIDE = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2 };
const PICTURES = [
  { ...WIDE, files: { light: "room-light", dark: "room-dark" } },
  { ...PHONE, files: { light: "phone-light" } },
];
/** The reader lives where it is shortly after 09:20. */
const now = new Date();
const offset = (now.getUTCMinutes() < 22 ? 10 : 9) - now.getUTCHours(); // hours, -14 to 10
const east = offset < -12 ? offset + 24 : offset;
const timezoneId = `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`; // they count the other way round

function atTheReaders(daysAgo, clock) {
  const today = new Date(now.getTime() + east * HOUR - daysAgo * 24 * HOUR).toISOString().slice(0, 10);
  return new Date(Date.parse(`${today}T${clock}:00Z`) - east * HOUR).toISOString();
}

/** Answers with the files that were written. */
export async function takePictures(directory) {
  const browser = await launchBrowser();
  const files = [];
  try {
    for (const picture of PICTURES) files.push(...(await takeThem(browser, directory, picture)));
  } finally {
    await browser.close();
  }
  return files;
}

/** A reader whose stream is lost over night, comes back, and is lost again while they write. */
async function takeThem(browser, directory, { files, ...options }) {
  const server = await Server.start();
  const proxy = await CuttingProxy.start(server);
  try {
    const visitor = await Visitor.open(browser, proxy, { reducedMotion: "reduce", timezoneId, ...options });
    const { page } = visitor;
    await visitor.join("ada");
    const people = await furnish(server, atTheReaders);
    await visitor.goto("/rooms/du-shu-hui");
    await visitor.composer.fill("我");
    await visitor.goto("/rooms/general");
    await until("everything is read", () => isRead(visitor, server));
    proxy.goAway();
    await until("the page says so", async () => (await visitor.status()).startsWith("Reconnecting"));
    await goOn(server, people, atTheReaders);
    for (const handle of ["mira", "kenji", "noor"]) await people[handle].listen();
    proxy.comeBack();
    await page.locator(".new").waitFor({ timeout: 60_000 });
    await visitor.say("Nobody did.");
    await visitor.seesText("Nobody did.");
    await visitor.context.setOffline(true);
    proxy.goAway();
    await visitor.say("Writing this in a tunnel. It goes out by itself.");
    await until("it says that it waits", async () => (await visitor.status()).startsWith("Offline. Waiting for the network… 1 message will be sent when you’re back online"));
    const written = [];
    for (const [colorScheme, name] of Object.entries(files)) {
      await page.emulateMedia({ colorScheme });
      const path = join(directory, `${name}.png`);
      await page.screenshot({ path });
      written.push(path);
    }
    await visitor.close();
    return written;
  } finally {
    await proxy.stop();
    await server.remove();
  }
}

async function isRead({ page }, server) {
  const room = await (await page.request.get(`${server.url}/api/v1/rooms/general`)).json();
  return room.unread === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of await takePictures(process.argv[2] ?? join(root, "docs"))) console.log(file);
}
