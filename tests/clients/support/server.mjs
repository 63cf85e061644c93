// The real program on a real file in a temporary directory; it can be killed and started again on the same port.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithTheTest } from "./leftovers.mjs";
import { binary } from "./paths.mjs";
import { until } from "./until.mjs";

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 10_000;

export class Server {
  #directory = mkdtempSync(join(tmpdir(), "backscroll-test-"));
  #child = null;
  #said = "";
  #flags = [];
  db = join(this.#directory, "chat.db");
  port = 0;
  #basePath = "";

  /** Starts a server with further flags. */
  static async start(...flags) {
    const server = new Server();
    server.#flags = flags;
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}${this.#basePath}`;
  }

  /** Everything that the program printed so far, of all its lives. */
  get said() {
    return this.#said;
  }

  path(name) {
    return join(this.#directory, name);
  }

  async start() {
    const door = this.#flags.includes("--door") ? [] : ["--door", "open"];
    const flags = ["--listen", `127.0.0.1:${this.port}`, "--db", this.db, "--rate-limits", "off", ...door, ...this.#flags];
    const child = spawn(binary, ["serve", ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithTheTest(child);
    let printed = "";
    const listen = (bytes) => {
      printed += bytes;
      this.#said += bytes;
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    this.#child = child;
    const address = await until(
      () => `the server says where it listens; it said: ${printed}`,
      () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${printed}`);
        return printed.match(/http:\/\/127\.0\.0\.1:(\d+)(\S*)/);
      },
      START_WITHIN_MS,
    );
    this.port = Number(address[1]);
    this.#basePath = address[2];
    await until("the server is ready", () => this.#isReady(), START_WITHIN_MS);
  }

  async #isReady() {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  /** kill -9: no goodbye to anyone. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async restart() {
    await this.kill();
    await this.start();
  }

  /** Ends the server and removes its file. */
  async remove() {
    await this.#end("SIGTERM");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #end(signal) {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    child.kill(signal);
    try {
      await until(`the server ends after ${signal}`, () => child.exitCode !== null || child.signalCode !== null, STOP_WITHIN_MS);
    } finally {
      child.kill("SIGKILL");
    }
  }

  /** Runs another command of the program to its end and answers with what it printed. */
  command(...args) {
    const done = spawnSync(binary, args, { encoding: "utf8", timeout: 60_000 });
    if (done.status !== 0) throw new Error(`backscroll ${args.join(" ")} ended with ${done.status}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  }
}
