//! Signing in again: passwords, passkeys, sessions, tokens and one-time links.

mod counts;
mod device_links;
mod expiry;
mod guesses;
mod passkeys;
mod passwords;
mod proxied;
mod secrets;
mod sessions;
mod tokens;

use crate::support::person::Person;
use reqwest::Method;
use serde_json::json;

const PASSWORD: &str = "two cups, one spoon";

/// Sets the first password of an account.
async fn set_password(person: &Person, password: &str) {
    let body = json!({ "new": password });
    person
        .send(Method::PUT, "/api/v1/me/password", body)
        .await
        .expect(204);
}
