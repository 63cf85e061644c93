//! `/sign-in/passkey` and `/account/passkeys/{id}/remove`: the forms about passkeys. `static/js/passkeys.js` asks the
//! browser for them.

use super::{
    account::{Refused, account_page},
    explain,
    join::redirect_signed_in,
    redirect_to,
    sign_in::{SignInForm, sign_in_page},
};
use crate::{
    app::App,
    operations::{
        passkeys::{self, ChallengeAnswer},
        sessions,
    },
    web::{
        error::Rejection,
        extract::{Anybody, Path, Sent},
        origin::Origin,
        sign_in_client::Browser,
        signed_in::SignedIn,
    },
};
use axum::{extract::State, http::Uri, response::Response};
use serde::Deserialize;
use std::sync::Arc;

/// Fields of the form that the script of the page for signing in sends.
#[derive(Debug, Deserialize)]
pub struct PasskeyForm {
    #[serde(default)]
    ceremony: String,
    /// JSON.
    #[serde(default)]
    credential: String,
    #[serde(default)]
    next: String,
}

/// Signs the visitor in by a passkey. The session that the browser had before ends.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    origin: Origin,
    sent: Sent,
) -> Result<Response, Rejection> {
    let PasskeyForm {
        ceremony,
        credential,
        next,
    } = sent.fields()?;
    let answer = ChallengeAnswer {
        ceremony,
        credential: serde_json::from_str(&credential).unwrap_or_default(),
    };
    let party = origin.relying_party(&app);
    let signed_in =
        passkeys::sign_in_by_passkey(&app, &browser.client, party.as_ref(), answer).await;
    match signed_in {
        Ok(signed_in) => {
            sessions::sign_out(&app, &visitor).await?;
            redirect_signed_in(&browser, &signed_in, &next)
        }
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            let form = SignInForm::for_passkey(next, why);
            sign_in_page(&app, &visitor, status, party.as_ref(), form).await
        }
    }
}

/// Removes one of the visitor's passkeys.
pub async fn remove_passkey(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
    origin: Origin,
    uri: Uri,
) -> Result<Response, Rejection> {
    match passkeys::remove_passkey(&app, &visitor, &id).await {
        Ok(()) => Ok(redirect_to("/account")),
        Err(error) => {
            let refused = Refused::of("passkey", visitor.preferences.locale, error)?;
            account_page(&app, &visitor, &origin, &uri, Some(refused)).await
        }
    }
}
