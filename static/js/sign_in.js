// The page for signing in: offers passkeys.

import { isSupported, PasskeySignIn } from "./passkeys.js";

const form = document.getElementById("passkey");
const wasRefused = document.getElementById("passkey-error") !== null; // some devices would give the same one again
if (isSupported(form.dataset.origin)) new PasskeySignIn(form, !wasRefused);
