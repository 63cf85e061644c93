// Passkeys: adds them on the account page, and signs in by them.

import { explain, jsonOptions, request } from "./http.js";
import { t } from "./locale.js";

const RENEWAL = 4 * 60_000; // ms; a challenge is valid for 5 minutes

/**
 * Whether this browser has passkeys for the server. They are bound to the name under which people reach it.
 *
 * @param {string} origin of the pages that may ask for them
 */
export const isSupported = (origin) => location.origin === origin && Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

/** The reason, in words, why the server refused something. */
class Refusal extends Error {}

async function post(address, value) {
  const response = await request(address, jsonOptions("POST", value));
  if (!response) throw new Refusal(t("change-failed"));
  if (!response.ok) throw new Refusal(await explain(response));
  return response.json();
}

function explainFailure(error) {
  if (error instanceof Refusal) return error.message;
  return error.name === "InvalidStateError" ? t("passkey-known") : t("passkey-failed");
}

/** Shows in the form why something failed, or nothing. */
function showFailure(form, reason) {
  const line = form.querySelector(".error");
  line.textContent = reason;
  line.hidden = !reason;
}

/**
 * Lets the form in this part of the account page add a passkey.
 *
 * @param {HTMLElement} part
 */
export function openRegistration(part) {
  part.hidden = false;
  const form = part.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showFailure(form, "");
    try {
      await register(form.elements);
      location.assign("account");
    } catch (error) {
      showFailure(form, explainFailure(error));
    }
  });
}

async function register({ passkey_name, passkey_password }) {
  const given = (field) => field?.value || undefined;
  const { ceremony, options } = await post("api/v1/me/passkeys/challenge", { password: given(passkey_password) });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  await post("api/v1/me/passkeys", { ceremony, name: given(passkey_name), credential: credential.toJSON() });
}

/** Signs in by a passkey: one that the browser offers in the field for the name, or one that a button asks for. */
export class PasskeySignIn {
  #form;
  #offered = null;

  /**
   * @param {HTMLFormElement} form that sends the answer
   * @param {boolean} isOffered in the field for the name, too
   */
  constructor(form, isOffered) {
    this.#form = form;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#onButton();
    });
    if (isOffered) this.#offer();
  }

  /** Lets the browser offer passkeys where the name is typed. What fails here is not shown: nobody has asked for it. */
  async #offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const offered = (this.#offered = new AbortController());
    const renewal = setTimeout(() => {
      offered.abort();
      this.#offer();
    }, RENEWAL);
    offered.signal.addEventListener("abort", () => clearTimeout(renewal));
    await this.#ask({ mediation: "conditional", signal: offered.signal }).catch(() => {});
  }

  async #onButton() {
    this.#offered?.abort();
    showFailure(this.#form, "");
    try {
      await this.#ask({});
    } catch (error) {
      showFailure(this.#form, explainFailure(error));
      this.#offer();
    }
  }

  async #ask(how) {
    const { ceremony, options } = await post("api/v1/sign-in/passkey/challenge", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey, ...how });
    const fields = this.#form.elements;
    fields.ceremony.value = ceremony;
    fields.credential.value = JSON.stringify(credential.toJSON());
    this.#form.submit();
  }
}
