// A TCP proxy that carries bytes unchanged, and cuts a stream exactly where it is told to.

import net from "node:net";

const STREAM = /^GET \S*\/events[? ]/;

/** Cuts within line number `nth` that starts with `field`, `offset` bytes after the line's start. */
export function inLine(field, nth, offset, how = "end") {
  const needle = `\n${field}: `;
  return {
    name: `in ${field} line ${nth}, ${offset} bytes in, by ${how}`,
    how,
    find(bytes) {
      let at = -1;
      for (let seen = 0; seen < nth; seen++) {
        at = bytes.indexOf(needle, at + 1);
        if (at < 0) return -1;
      }
      const cut = at + 1 + offset;
      const end = bytes.indexOf("\n", at + 1);
      if (end >= 0 && end < cut) return end;
      return bytes.length >= cut ? cut : -1;
    },
  };
}

/** Cuts in block number `nth` between its last line and the empty line that would complete it. */
export function beforeTheEmptyLine(nth, how = "end") {
  return {
    name: `before the empty line of block ${nth}, by ${how}`,
    how,
    find(bytes) {
      let at = -1;
      for (let seen = 0; seen < nth; seen++) {
        at = bytes.indexOf("\nid: ", at + 1);
        if (at < 0) return -1;
      }
      const end = bytes.indexOf("\n", at + 1);
      return end < 0 ? -1 : end + 1;
    },
  };
}

/** Cuts after `count` bytes of the answer, its head included. */
export function afterBytes(count, how = "reset") {
  return { name: `after ${count} bytes, by ${how}`, how, find: (bytes) => (bytes.length >= count ? count : -1) };
}

export class CuttingProxy {
  #listener;
  #streams = new Set();
  #connections = new Set();
  #plan = [];
  #away = false;
  #answer = null;
  #isHole = false;
  /** Names of the cuts that were made. */
  made = [];
  /** Streams asked for so far, those that were refused included. */
  asked = 0;

  /** `upstream` is read at each connection, so that a server may come back elsewhere. */
  static async start(upstream) {
    const proxy = new CuttingProxy();
    proxy.#listener = net.createServer((client) => proxy.#carry(client, upstream.port));
    await new Promise((resolve) => proxy.#listener.listen(0, "127.0.0.1", resolve));
    proxy.port = proxy.#listener.address().port;
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The next streams are cut like this, one cut each; those after them are left alone. */
  plan(cuts) {
    this.#plan.push(...cuts);
  }

  /** Cuts the stream that is open now, counting from here. */
  planNow(cut) {
    for (const stream of this.#streams) Object.assign(stream, { cut, bytes: "\n" });
  }

  /** Streams open at this moment. */
  get open() {
    return this.#streams.size;
  }

  /** No road to the server any more: what is open is reset, what is asked for refused. */
  goAway() {
    this.#away = true;
    for (const socket of this.#connections) socket.resetAndDestroy();
  }

  /** What is open now carries nothing any more, and nobody is told: a connection that died without an end. */
  swallow() {
    for (const stream of this.#streams) stream.isSwallowed = true;
    this.#streams.clear();
  }

  /** The same for everything that is open or is asked for: nothing is refused, and no answer ever comes. Until `comeBack()`. */
  swallowAll() {
    this.#isHole = true;
    for (const socket of this.#connections) socket.isSwallowed = true;
    this.#streams.clear();
  }

  comeBack() {
    this.#away = false;
    this.#isHole = false;
  }

  /** Streams get this answer, as from a proxy that cannot reach the server; what is open is reset. null: no more. */
  answerWith(bytes) {
    this.#answer = bytes;
    if (bytes !== null) for (const stream of this.#streams) stream.client.resetAndDestroy();
  }

  async stop() {
    for (const socket of this.#connections) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #carry(client, port) {
    const server = net.connect(port, "127.0.0.1");
    const pair = [client, server];
    const stream = { client, cut: null, bytes: "" };
    const close = () => {
      this.#streams.delete(stream);
      for (const socket of pair) {
        this.#connections.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of pair) {
      this.#connections.add(socket);
      socket.setNoDelay(true);
      socket.on("error", close);
    }
    client.isSwallowed = this.#isHole;
    client.on("data", (bytes) => {
      if (client.isSwallowed) return;
      if (STREAM.test(bytes.toString("latin1"))) {
        this.asked++;
        if (this.#away) return close();
        if (this.#answer !== null) return void client.end(this.#answer);
        this.#streams.add(stream);
        Object.assign(stream, { cut: this.#plan.shift() ?? null, bytes: "" });
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (stream.isSwallowed || client.isSwallowed) return;
      const rest = this.#untilTheCut(stream, bytes);
      if (rest === null) return void client.write(bytes);
      this.made.push(stream.cut.name);
      server.destroy();
      this.#streams.delete(stream);
      if (stream.cut.how === "reset") client.write(rest, () => client.resetAndDestroy());
      else client.end(rest);
    });
    client.on("close", close);
    server.on("end", () => client.end());
  }

  /** What may still pass of `bytes`; null where all of it may. */
  #untilTheCut(stream, bytes) {
    if (stream.cut === null) return null;
    const before = stream.bytes.length;
    stream.bytes += bytes.toString("latin1");
    const at = stream.cut.find(stream.bytes);
    return at < 0 ? null : bytes.subarray(0, Math.max(0, at - before));
  }
}
