// The description of the API is well-formed, and the running server does what it says.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { endWithTheTest } from "../clients/support/leftovers.mjs";
import { root, target } from "../clients/support/paths.mjs";
import { Person } from "../clients/support/person.mjs";
import { Server } from "../clients/support/server.mjs";

const here = join(root, "tests/api");
const linter = join(target, "test-tools/node/node_modules/@redocly/cli/bin/cli.js");
const schemathesis = join(target, "test-tools/schemathesis/bin/st");
const CHECKED_WITHIN_MS = 240_000;

/** Runs a program to its end, which has to be a good one, and answers with what it printed. */
function run(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
    endWithTheTest(child);
  });
}

test("the linter finds nothing in the description", async (t) => {
  const server = await Server.start();
  t.after(() => server.remove());
  const answer = await fetch(`${server.url}/api/v1/openapi.json`);
  const description = server.path("openapi.json");
  await writeFile(description, await answer.text());
  const args = [linter, "lint", "--config", join(here, "redocly.yaml"), description];
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  await run(process.execPath, args, { env: { ...process.env, ...quiet } });
});

test("every answer of the server fits the description", { timeout: CHECKED_WITHIN_MS }, async (t) => {
  const server = await Server.start();
  t.after(() => server.remove());
  const { token } = await Person.join(server, "schema");
  const config = ["--config-file", join(here, "schemathesis.toml"), "--no-color"];
  const header = ["--header", `Authorization: Bearer ${token}`];
  // Its traces of a run, such as those for replaying a request, go where the server's file is.
  const printed = await run(schemathesis, [...config, "run", `${server.url}/api/v1/openapi.json`, ...header], { cwd: server.path(".") });
  t.diagnostic(printed.slice(printed.indexOf("API Operations:")));
});
