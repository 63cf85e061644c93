// Where things are. The packages live under target/, since nothing is cached outside it; hence no bare imports.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolvePath(dirname(fileURLToPath(import.meta.url)), "../../..");
export const target = resolvePath(root, process.env.CARGO_TARGET_DIR ?? "target");
export const programs = join(root, "tests/clients/programs");
export const screenshots = join(target, "screenshots");
export const binary = resolvePath(process.env.BACKSCROLL_BIN ?? join(target, "debug/backscroll"));
export const python = join(target, "test-tools/python/bin/python3");

const packages = createRequire(join(target, "test-tools/node/package.json"));

/** An npm package, from the place where tests/run.sh installs them. */
export function load(name) {
  return packages(name);
}

/** The file by which an npm package that is a module of JavaScript begins. */
export function resolve(name) {
  return packages.resolve(name);
}

if (!existsSync(binary)) {
  throw new Error(`no program at ${binary}: run tests/run.sh, or cargo build, or set BACKSCROLL_BIN`);
}
