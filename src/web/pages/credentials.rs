//! The forms of the account page for the password, sessions and API tokens.

use super::{
    account::{Refused, account_page},
    page, redirect_to,
    rooms::layout,
};
use crate::{
    app::App,
    operations::{
        passwords::{self, PasswordDraft},
        sessions,
        tokens::{self, TokenDraft},
    },
    web::{
        error::Rejection,
        extract::{Path, Sent},
        origin::Origin,
        preferences::Preferences,
        sign_in_client::Browser,
        signed_in::SignedIn,
        views::account::TokenPage,
    },
};
use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// Fields of the form for the password.
#[derive(Deserialize)]
pub struct PasswordForm {
    old: Option<String>,
    #[serde(default)]
    new: String,
    end_others: Option<String>,
}

/// Sets the visitor's password.
pub async fn set_password(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    browser: Browser,
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let PasswordForm {
        old,
        new,
        end_others,
    } = sent.fields()?;
    let draft = PasswordDraft {
        old,
        new,
        ends_others: end_others.is_some(),
    };
    match passwords::set_password(&app, &visitor, &browser.client, draft).await {
        Ok(device) => {
            let cookies = browser.device_cookie(device.as_ref())?;
            Ok((cookies, redirect_to("/account")).into_response())
        }
        Err(error) => {
            let refused = Refused::of("new", visitor.preferences.locale, error)?;
            account_page(&app, &visitor, &origin, &uri, Some(refused)).await
        }
    }
}

/// Ends all sessions of the visitor other than that of the request.
pub async fn end_other_sessions(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
) -> Result<Response, Rejection> {
    sessions::end_other_sessions(&app, &visitor).await?;
    Ok(redirect_to("/account"))
}

/// Fields of the form for an API token.
#[derive(Debug, Deserialize)]
pub struct TokenForm {
    #[serde(default)]
    token_name: String,
    /// Names of scopes, separated by spaces.
    #[serde(default)]
    scopes: String,
    /// Slugs of rooms, separated by spaces.
    rooms: Option<String>,
    /// A date.
    expires_at: Option<String>,
}

/// Creates an API token, and shows its secret.
pub async fn create_token(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: TokenForm = sent.fields()?;
    let Preferences { locale, scheme } = visitor.preferences;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let draft = TokenDraft {
        name: form.token_name,
        scopes: words(&form.scopes),
        rooms: form.rooms.as_deref().map(words),
        expires_at: form.expires_at.map(|date| format!("{date}T00:00:00Z")),
    };
    match tokens::create_token(&app, &visitor, draft).await {
        Ok((_, secret)) => page(
            StatusCode::OK,
            &TokenPage {
                locale,
                scheme,
                layout: layout(&app, &visitor, None, &uri).await?,
                token: secret.reveal().to_owned(),
            },
        ),
        Err(error) => {
            let refused = Refused::of("token_name", locale, error)?;
            account_page(
                &app,
                &visitor,
                &origin,
                &uri,
                Some(refused.named("name", "token_name")),
            )
            .await
        }
    }
}

/// Revokes one of the visitor's API tokens.
pub async fn revoke_token(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Rejection> {
    tokens::revoke_token(&app, &visitor, &id).await?;
    Ok(redirect_to("/account"))
}
