// An HTTP proxy that carries everything, and treats posts of messages as it is told to.

import http from "node:http";

const POST = /^\/api\/v1\/rooms\/[^/]+\/messages/;

export class PostingProxy {
  #listener;
  #sockets = new Set();
  #plan = [];
  #held = [];
  /** Bodies of the posts that came by, in order. */
  posts = [];

  static async start(upstream) {
    const proxy = new PostingProxy();
    proxy.#listener = http.createServer((request, response) => proxy.#carry(request, response, upstream.port));
    proxy.#listener.on("connection", (socket) => {
      proxy.#sockets.add(socket);
      socket.on("close", () => proxy.#sockets.delete(socket));
    });
    await new Promise((resolve) => proxy.#listener.listen(0, "127.0.0.1", resolve));
    proxy.port = proxy.#listener.address().port;
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * What befalls the next posts, one each: "drop the answer", "hold the answer" until `release()`, or
   * `{ status, headers, body }` in the server's place. Those after them are left alone.
   */
  plan(...fates) {
    this.#plan.push(...fates);
  }

  forget() {
    this.#plan = [];
  }

  release() {
    for (const answer of this.#held.splice(0)) answer();
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  async #carry(request, response, port) {
    const isPost = request.method === "POST" && POST.test(request.url);
    const fate = isPost ? this.#plan.shift() : undefined;
    const body = isPost ? await read(request) : null;
    if (isPost) this.posts.push(JSON.parse(body).body);
    if (typeof fate === "object") {
      response.writeHead(fate.status, fate.headers ?? {});
      return void response.end(fate.body ?? "");
    }
    const upstream = http.request({ port, host: "127.0.0.1", method: request.method, path: request.url, headers: request.headers });
    upstream.on("error", () => request.socket.destroy());
    response.on("close", () => upstream.destroy());
    upstream.on("response", async (answer) => {
      const pass = () => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      };
      if (fate === "drop the answer") {
        await read(answer);
        request.socket.destroy();
      } else if (fate === "hold the answer") this.#held.push(pass);
      else pass();
      answer.on("error", () => response.destroy());
    });
    if (isPost) upstream.end(body);
    else request.pipe(upstream);
  }
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
