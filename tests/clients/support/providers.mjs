// OpenID providers: the certified `oidc-provider`, and one that lies as it is told.

import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { resolve } from "./paths.mjs";

export const CLIENT_ID = "backscroll";
export const CLIENT_SECRET = "a secret of at least 32 characters, which signs nothing";

/** An HTTP server on a port of its own, which can be shut and opened again. */
class Site {
  handle = (_, response) => response.writeHead(503).end();
  #server = createServer((request, response) => this.handle(request, response));
  port = 0;

  async open() {
    await new Promise((done) => this.#server.listen(this.port, "127.0.0.1", done));
    this.port = this.#server.address().port;
    this.issuer = `http://127.0.0.1:${this.port}`;
    return this;
  }

  async close() {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** The npm package, with one client and people whose `sub` is the name that they sign in with. */
export class RealProvider extends Site {
  people = new Map();
  #keys = 0;

  async serve(redirectUris) {
    this.redirectUris = redirectUris;
    const { default: Provider } = await import(pathToFileURL(resolve("oidc-provider")).href);
    const kid = `key ${(this.#keys += 1)}`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: redirectUris }],
      claims: { openid: ["sub"], profile: ["preferred_username", "name"] },
      cookies: { keys: ["signs the cookies of the provider"] },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...this.people.get(sub) }) }),
      jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }] },
      pkce: { required: () => true },
    });
    this.handle = provider.callback();
  }

  /** The same provider with another key. */
  async rotateKeys() {
    await this.serve(this.redirectUris);
  }

  /** Signs `sub` in on the pages of the provider, and goes on to where it redirects, unless `stopsAt` holds there. */
  async signIn(browser, start, sub, stopsAt) {
    let page = await browser.visit(start, undefined, stopsAt);
    while (page.url.startsWith(this.issuer) && !page.next) {
      const [, prompt] = page.text.match(/name="prompt" value="(\w+)"/) ?? [];
      if (!prompt) throw new Error(`the provider asks for nothing: ${page.status} ${page.text}`);
      const form = prompt === "login" ? { prompt, login: sub, password: "anything" } : { prompt };
      page = await browser.visit(page.url, form, stopsAt);
    }
    return page;
  }
}

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A provider that signs everybody in as `sub`, without asking, and whose answers a test can change. */
export class LyingProvider extends Site {
  #key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  #stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
  #begun = new Map();

  async open() {
    await super.open();
    this.honest();
    this.handle = (request, response) => this.#answer(request, response);
    return this;
  }

  /** Takes all lies back. */
  honest() {
    this.lies = {
      document: {}, // fields of the discovery document
      header: {}, // of the ID token
      claims: {}, // of the ID token
      redirect: {}, // parameters of the redirect back
      stranger: false, // signs with a key that nobody knows
    };
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.issuer);
    const json = (value, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/auth`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
          ...this.lies.document,
        });
      case "/keys":
        return json({ keys: [{ ...this.#key.publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }] });
      case "/auth": {
        const code = `code-${this.#begun.size}`;
        this.#begun.set(code, Object.fromEntries(url.searchParams));
        const back = new URL(url.searchParams.get("redirect_uri"));
        back.search = new URLSearchParams({ code, state: url.searchParams.get("state"), ...this.lies.redirect });
        return response.writeHead(303, { location: back.href }).end();
      }
      case "/token": {
        let body = "";
        for await (const chunk of request) body += chunk;
        const sent = Object.fromEntries(new URLSearchParams(body));
        const begun = this.#begun.get(sent.code);
        this.#begun.delete(sent.code);
        const challenge = createHash("sha256").update(sent.code_verifier ?? "").digest("base64url");
        this.asked = { ...begun, ...sent };
        if (begun?.code_challenge_method !== "S256" || begun.code_challenge !== challenge) return json({ error: "invalid_grant" }, 400);
        return json({ access_token: "access", token_type: "Bearer", id_token: this.#idToken(begun) });
      }
      default:
        return json({ error: "not_found" }, 404);
    }
  }

  #idToken(begun) {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: "RS256", kid: "one", ...this.lies.header };
    const claims = { iss: this.issuer, aud: CLIENT_ID, sub: "liar", nonce: begun.nonce, iat: now, exp: now + 60, ...this.lies.claims };
    const signed = `${encode(header)}.${encode(claims)}`;
    if (header.alg === "none") return `${signed}.`;
    if (header.alg === "HS256") return `${signed}.${createHmac("sha256", CLIENT_SECRET).update(signed).digest("base64url")}`;
    const { privateKey } = this.lies.stranger ? this.#stranger : this.#key;
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  }
}
