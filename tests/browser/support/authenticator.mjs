// The authenticator of a browser: a part of the device that verifies its user, as a fingerprint reader does.

const OPTIONS = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

export class Authenticator {
  #session;
  #id;

  /** Gives the page's browser an authenticator whose user is there. */
  static async of({ context, page }) {
    const authenticator = new Authenticator();
    authenticator.#session = await context.newCDPSession(page);
    await authenticator.#send("enable");
    const added = await authenticator.#send("addVirtualAuthenticator", { options: OPTIONS });
    authenticator.#id = added.authenticatorId;
    return authenticator;
  }

  #send(method, params) {
    return this.#session.send(`WebAuthn.${method}`, params);
  }

  /** Whether the user touches it as soon as it asks. */
  setPresent(enabled) {
    return this.#send("setAutomaticPresenceSimulation", { authenticatorId: this.#id, enabled });
  }

  async credentials() {
    const { credentials } = await this.#send("getCredentials", { authenticatorId: this.#id });
    return credentials;
  }

  /** Takes over a passkey of another device, as by synchronisation. */
  add(credential) {
    return this.#send("addCredential", { authenticatorId: this.#id, credential });
  }
}
