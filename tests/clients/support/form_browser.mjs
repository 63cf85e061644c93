// A browser without scripts: it keeps the cookies of each site and follows redirects, across sites.

export class FormBrowser {
  #jars = new Map();

  #jar(url) {
    const { host } = new URL(url);
    if (!this.#jars.has(host)) this.#jars.set(host, new Map());
    return this.#jars.get(host);
  }

  /** The names of the cookies of the site of `url`. */
  cookies(url) {
    return [...this.#jar(url).keys()];
  }

  /** Sends one request, a form if there is one. */
  async send(url, form) {
    const jar = this.#jar(url);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
    if (form) headers["content-type"] = "application/x-www-form-urlencoded";
    const answer = await fetch(url, {
      method: form ? "POST" : "GET",
      headers,
      body: form && new URLSearchParams(form).toString(),
      redirect: "manual",
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair] = cookie.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = answer.headers.get("location");
    return { url, status: answer.status, next: location && new URL(location, url).href, text: await answer.text() };
  }

  /** Sends a request and follows redirects, but not to an address for which `stopsAt` holds. */
  async visit(url, form, stopsAt = () => false) {
    let page = await this.send(url, form);
    while (page.next) {
      if (stopsAt(page.next)) return page;
      page = await this.send(page.next);
    }
    return page;
  }
}
