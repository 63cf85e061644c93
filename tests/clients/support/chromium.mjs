// Debian's Chromium, told to keep to itself.

import { load } from "./paths.mjs";

const ARGUMENTS = [
  "--no-sandbox", // the tests may run as root
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
];

export function launchBrowser() {
  const { chromium } = load("playwright-core");
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
}
