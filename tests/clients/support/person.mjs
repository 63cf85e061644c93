// Somebody who uses the JSON API. Posting is patient: a lost answer is asked for again with the same nonce.

import { randomUUID } from "node:crypto";
import { until } from "./until.mjs";

const PAGE = 200;
const POSTERS = 16;

export class Person {
  constructor(server, { handle, token }) {
    this.server = server;
    this.handle = handle;
    this.token = token;
  }

  static async join(server, handle) {
    const answer = await fetch(`${server.url}/api/v1/join`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ handle }),
    });
    if (answer.status !== 201) throw new Error(`join answered ${answer.status}: ${await answer.text()}`);
    return new Person(server, await answer.json());
  }

  ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    return fetch(this.server.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  async #must(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** Posts until the server has acknowledged it, through restarts if need be, `more` with it. Answers with the message. */
  async post(body, room = "general", more = {}) {
    const nonce = randomUUID();
    return until(`"${body}" is acknowledged`, async () => {
      let answer;
      try {
        answer = await this.ask("POST", `/api/v1/rooms/${room}/messages`, { body, nonce, ...more });
        if (answer.ok) return await answer.json();
      } catch {
        return null; // refused or cut off: nobody knows whether it was stored
      }
      if (answer.status < 500) throw new Error(`the post answered ${answer.status}: ${await answer.text()}`);
      return null;
    });
  }

  /** Posts `count` messages over several connections at once; their order is the server's. */
  async postMany(count, text, room = "general") {
    let next = 0;
    const poster = async () => {
      while (next < count) await this.post(`${text} ${next++}`, room);
    };
    await Promise.all(Array.from({ length: POSTERS }, poster));
  }

  /** Counts as here from now on, until the server ends. */
  async listen() {
    const { body } = await this.ask("GET", "/api/v1/events");
    body.pipeTo(new WritableStream()).catch(() => {}); // by its end
  }

  edit(id, body, room = "general") {
    return this.#must("PATCH", `/api/v1/rooms/${room}/messages/${id}`, { body });
  }

  delete(id, room = "general") {
    return this.#must("DELETE", `/api/v1/rooms/${room}/messages/${id}`);
  }

  react(id, emoji, room = "general") {
    return this.#must("PUT", `/api/v1/rooms/${room}/messages/${id}/reactions/${encodeURIComponent(emoji)}`);
  }

  createRoom(room) {
    return this.#must("POST", "/api/v1/rooms", room);
  }

  /** The whole history, oldest first: what everybody has to end with. */
  async history(room = "general") {
    const messages = [];
    let path = `/api/v1/rooms/${room}/messages?after=0&limit=${PAGE}`;
    while (path) {
      const page = await this.#must("GET", path);
      messages.push(...page.messages);
      path = page.newer;
    }
    return messages;
  }
}
