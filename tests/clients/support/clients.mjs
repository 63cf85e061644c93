// The real clients. Each is told a URL and a token, and reports every block that its user's code would see.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launchBrowser } from "./chromium.mjs";
import { endWithTheTest } from "./leftovers.mjs";
import { load, programs, python } from "./paths.mjs";

const TYPES = ["message", "message-edited", "message-deleted", "reaction", "room", "member", "hello", "caught-up", "ping", "bye"];

class Client {
  /** What it saw, in the order in which it saw it: `{type, id, data}`. */
  seen = [];
  /** How often it lost the stream, or asked for it in vain. */
  failures = 0;
  complaints = "";

  saw(type, id, data) {
    this.seen.push({ type, id, data: JSON.parse(data) });
  }

  of(type) {
    return this.seen.filter((block) => block.type === type);
  }

  get ids() {
    return this.of("message").map((block) => block.data.id);
  }
}

/** A program that prints `type<TAB>id<TAB>data` lines. */
class ProgramClient extends Client {
  constructor(name, ...command) {
    super();
    this.name = name;
    this.command = command;
  }

  async start(url, token) {
    const [program, ...args] = this.command;
    // A group of its own, so that what it started ends with it.
    this.child = spawn(program, [...args, url, token], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    endWithTheTest(this.child, { leadsGroup: true });
    this.child.stderr.on("data", (bytes) => (this.complaints += bytes));
    this.child.on("error", (error) => (this.complaints += error));
    createInterface(this.child.stdout).on("line", (line) => {
      const [type, id, data] = line.split("\t");
      if (type === "failed") this.failures++;
      else this.saw(type, id, data);
    });
  }

  async stop() {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }
}

class NodeClient extends Client {
  name = "npm eventsource 4.1.1";

  async start(url, token) {
    const { EventSource } = load("eventsource");
    const withToken = (input, init) =>
      fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
    this.source = new EventSource(url, { fetch: withToken });
    this.source.onerror = () => this.failures++;
    for (const type of TYPES) {
      this.source.addEventListener(type, (event) => this.saw(event.type, event.lastEventId, event.data));
    }
  }

  async stop() {
    this.source?.close();
  }
}

class ChromiumClient extends Client {
  name = "Chromium's EventSource";

  async start(url) {
    this.browser = await launchBrowser();
    // Only the EventSource is looked at here, so the page's own scripts stay out and its policy does not matter.
    const context = await this.browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.route("**/*.js", (route) => route.abort());
    await page.exposeFunction("saw", (type, id, data) => this.saw(type, id, data));
    await page.exposeFunction("failed", () => this.failures++);
    await page.goto(new URL("/healthz", url).href);
    await page.evaluate(
      ([stream, types]) => {
        const source = new EventSource(stream);
        source.onerror = () => window.failed();
        for (const type of types) {
          source.addEventListener(type, (event) => window.saw(event.type, event.lastEventId, event.data));
        }
      },
      [url, TYPES],
    );
  }

  async stop() {
    await this.browser?.close();
  }
}

export function everyClient() {
  return [
    new ProgramClient("curl -N in a loop", "bash", join(programs, "curl_loop.sh")),
    new NodeClient(),
    new ProgramClient("Python httpx-sse 0.4.3", python, join(programs, "httpx_sse_loop.py")),
    new ProgramClient("Python sseclient-py 1.9.0", python, join(programs, "sseclient_loop.py")),
    new ChromiumClient(),
  ];
}
