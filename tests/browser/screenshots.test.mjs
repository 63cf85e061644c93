// The pictures of the README can be taken again.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { takePictures } from "./screenshots.mjs";

it("the pictures of the README can be taken again", { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "backscroll-pictures-"));
  try {
    const files = await takePictures(directory);
    assert.equal(files.length, 3);
    for (const file of files) assert.ok(readFileSync(file).length > 20_000, file);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
