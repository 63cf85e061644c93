//! `POST /api/v1/sign-in`, `PUT /api/v1/me/password` and `POST /api/v1/me/device-link`.

use super::me::Joined;
use crate::{
    app::App,
    model::time::Timestamp,
    operations::{
        passwords::{self, PasswordDraft},
        sign_in,
    },
    web::{
        error::Rejection, extract::Sent, origin::Origin, sign_in_client::Program,
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Request body for signing in.
#[derive(Deserialize, ToSchema)]
pub struct SignInRequest {
    /// The handle, in upper or lower case.
    #[serde(default)]
    #[schema(required)]
    handle: String,
    #[serde(default)]
    #[schema(required, format = Password)]
    password: String,
}

/// Signs in with a password.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    Program(client): Program,
    sent: Sent,
) -> Result<Json<Joined>, Rejection> {
    let SignInRequest { handle, password } = sent.fields()?;
    let signed_in = sign_in::sign_in(&app, &client, &handle, &password).await?;
    Ok(Json(signed_in.into()))
}

/// Request body for setting the password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordRequest {
    /// The present password. Needed if there is one.
    #[schema(format = Password)]
    old: Option<String>,
    /// The new password: 8 to 256 characters; neither one of the most common ones nor the handle or the name.
    #[serde(default)]
    #[schema(required, format = Password)]
    new: String,
    /// Whether all other sessions of the caller end.
    #[serde(default)]
    end_others: bool,
}

/// Sets the caller's password.
pub async fn set_password(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Program(client): Program,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let PasswordRequest {
        old,
        new,
        end_others,
    } = sent.fields()?;
    let draft = PasswordDraft {
        old,
        new,
        ends_others: end_others,
    };
    passwords::set_password(&app, &visitor, &client, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that signs in, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneTimeLink {
    /// The address to open in a browser.
    pub url: String,
    /// The time from which the link does not work any more.
    pub expires_at: Timestamp,
}

/// Creates a one-time link.
pub async fn create_link(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    origin: Origin,
) -> Result<(StatusCode, Json<OneTimeLink>), Rejection> {
    let (secret, expires_at) = sign_in::create_link(&app, &visitor).await?;
    let url = origin.device_link(&secret);
    Ok((StatusCode::CREATED, Json(OneTimeLink { url, expires_at })))
}
