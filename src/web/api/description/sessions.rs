//! The operations on sessions and tokens.

use super::{operation::Described, refusals::Refusal};
use crate::{
    operations::sign_in::LINK_VALID,
    web::api::{
        credentials::{OneTimeLink, PasswordRequest, SignInRequest},
        me::Joined,
        sessions::{SessionEntry, Sessions},
        tokens::{CreateTokenRequest, CreatedToken, TokenEntry, Tokens},
    },
};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        sign_in(),
        set_password(),
        create_link(),
        list_sessions(),
        end_other_sessions(),
        end_session(),
        list_tokens(),
        create_token(),
        revoke_token(),
    ]
}

fn sign_in() -> Described {
    let example = json!({"handle": "ann", "password": "two cups, one spoon"});
    Described::post("/api/v1/sign-in", "signIn", "Sign in with a password")
        .details(
            "For a name without an account, or one without a password, the answer and its time are the same as for a \
             wrong password.",
        )
        .for_everybody()
        .takes::<SignInRequest>(&example)
        .answers::<Joined>(StatusCode::OK, "The account and a new token.")
        .refuses(Refusal::TooManyRequests)
}

fn set_password() -> Described {
    let example = json!({"old": "two cups, one spoon", "new": "nine cups, no spoon"});
    Described::put(
        "/api/v1/me/password",
        "setPassword",
        "Set the caller's password",
    )
    .details(
        "The old one is needed if there is one. Without one, whoever has another way to sign in sets one only a short time \
         after signing in. API tokens remain.",
    )
    .takes::<PasswordRequest>(&example)
    .answers_nothing()
    .refuses(Refusal::TooManyRequests)
}

fn create_link() -> Described {
    let path = "/api/v1/me/device-link";
    let minutes = LINK_VALID.as_secs() / 60;
    Described::post(path, "createDeviceLink", "Create a link for another device")
        .details(format!(
            "Whoever opens it in a browser within {minutes} minutes can sign in as the caller, once. It replaces the \
             previous link, and ends with any session or token that is ended. Bots have none."
        ))
        .answers::<OneTimeLink>(StatusCode::CREATED, "The link.")
        .refuses(Refusal::Invalid)
        .refuses(Refusal::TooManyRequests)
}

fn list_sessions() -> Described {
    let path = "/api/v1/me/sessions";
    Described::get(path, "listSessions", "List where the caller is signed in")
        .details(
            "Browsers, and the tokens that joining and signing in have made. A browser is signed out when it was not \
             used for some time, by default for 90 days.",
        )
        .answers::<Sessions>(StatusCode::OK, "The sessions.")
        .has_schema::<SessionEntry>()
}

fn end_other_sessions() -> Described {
    let path = "/api/v1/me/sessions";
    Described::delete(path, "endOtherSessions", "Sign out everywhere else")
        .details(
            "Ends all sessions of the caller other than the one of the request, and their streams. API tokens remain.",
        )
        .answers_nothing()
}

fn end_session() -> Described {
    let path = "/api/v1/me/sessions/{session}";
    Described::delete(path, "endSession", "End one session of the caller")
        .details("Its streams end, too.")
        .answers_nothing()
}

fn list_tokens() -> Described {
    Described::get(
        "/api/v1/me/tokens",
        "listTokens",
        "List the caller's API tokens",
    )
    .answers::<Tokens>(StatusCode::OK, "The tokens, without their secrets.")
    .has_schema::<TokenEntry>()
}

fn create_token() -> Described {
    let example = json!({"name": "Nightly export", "scopes": ["read"]});
    Described::post("/api/v1/me/tokens", "createToken", "Create an API token")
        .details(
            "For a program that acts as the caller. A token with `read` may be used for every `GET`; one with `post` to \
             post, edit, react, join and leave in rooms; one with `admin` for all other changes, and, with `post`, for \
             deleting the messages of others, adding and removing others, and naming managers. Other requests are \
             refused with 403.",
        )
        .takes_json::<CreateTokenRequest>(&example)
        .answers::<CreatedToken>(StatusCode::CREATED, "The token. Its secret is not shown again.")
        .refuses(Refusal::TooManyRequests)
}

fn revoke_token() -> Described {
    let path = "/api/v1/me/tokens/{token}";
    Described::delete(path, "revokeToken", "Revoke an API token")
        .details("Its streams end, too.")
        .answers_nothing()
}
