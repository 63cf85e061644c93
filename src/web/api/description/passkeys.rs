//! The operations on passkeys.

use super::{operation::Described, refusals::Refusal};
use crate::{
    auth::passkeys::CEREMONY_VALID,
    web::api::{
        me::Joined,
        passkeys::{
            AddPasskeyRequest, BeginPasskeyRequest, PasskeyChallenge, PasskeyEntry,
            PasskeySignInRequest, Passkeys,
        },
    },
};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        begin_sign_in(),
        sign_in(),
        list_passkeys(),
        begin_registration(),
        add_passkey(),
        remove_passkey(),
    ]
}

/// Says where there are passkeys.
const WHERE: &str = "Refused with 403 (`no-passkeys`) unless the server has a public address with a name and https, or \
                     is reached as `localhost`.";

fn begin_sign_in() -> Described {
    let path = "/api/v1/sign-in/passkey/challenge";
    let minutes = CEREMONY_VALID.as_secs() / 60;
    Described::post(path, "beginPasskeySignIn", "Begin to sign in by a passkey")
        .details(format!(
            "For a page of the server. The challenge is answered once, within {minutes} minutes, and with the cookie of \
             this response. {WHERE}"
        ))
        .for_everybody()
        .answers::<PasskeyChallenge>(StatusCode::OK, "The challenge.")
}

fn sign_in() -> Described {
    let path = "/api/v1/sign-in/passkey";
    Described::post(path, "signInByPasskey", "Sign in by a passkey")
        .details(format!(
            "Every answer that is not accepted is refused alike (`passkey-refused`). {WHERE}"
        ))
        .for_everybody()
        .takes_json::<PasskeySignInRequest>(&answer_of("webauthn.get"))
        .answers::<Joined>(StatusCode::OK, "The account and a new token.")
        .refuses(Refusal::TooManyRequests)
}

fn list_passkeys() -> Described {
    let path = "/api/v1/me/passkeys";
    Described::get(path, "listPasskeys", "List the caller's passkeys")
        .answers::<Passkeys>(StatusCode::OK, "The passkeys.")
        .has_schema::<PasskeyEntry>()
}

fn begin_registration() -> Described {
    let path = "/api/v1/me/passkeys/challenge";
    let minutes = CEREMONY_VALID.as_secs() / 60;
    Described::post(path, "beginPasskey", "Begin to add a passkey")
        .details(format!(
            "The challenge is answered once, within {minutes} minutes, and by the same session. Whoever has no password, \
             but a passkey, must have signed in within the last 10 minutes (`sign-in-again`). {WHERE}"
        ))
        .may_take::<BeginPasskeyRequest>(&json!({"password": "two cups, one spoon"}))
        .answers::<PasskeyChallenge>(StatusCode::OK, "The challenge.")
        .refuses(Refusal::TooManyRequests)
}

fn add_passkey() -> Described {
    Described::post("/api/v1/me/passkeys", "addPasskey", "Add a passkey")
        .details(WHERE)
        .takes_json::<AddPasskeyRequest>(&answer_of("webauthn.create"))
        .answers::<PasskeyEntry>(StatusCode::CREATED, "The passkey.")
}

fn remove_passkey() -> Described {
    let path = "/api/v1/me/passkeys/{passkey}";
    Described::delete(path, "removePasskey", "Remove a passkey of the caller")
        .details("Sessions remain. Refused with 409 (`last-way-in`) if nothing else signs in to the account.")
        .answers_nothing()
        .refuses(Refusal::Conflict)
}

/// Returns an example, which is refused.
fn answer_of(kind: &str) -> Value {
    let credential =
        json!({"id": "AQID", "rawId": "AQID", "type": "public-key", "response": {"of": kind}});
    json!({"ceremony": "backscroll_…", "credential": credential})
}
