//! `/api/v1/me/passkeys` and `/api/v1/sign-in/passkey`: registering passkeys, and signing in by them.

use super::me::Joined;
use crate::{
    app::App,
    model::{
        change::SignInKind, json_schema::any_json, passkey::Passkey, time::Timestamp,
        user::DisplayName,
    },
    operations::{
        passkeys::{self, Challenge, ChallengeAnswer},
        sign_in::SignInClient,
    },
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        origin::Origin,
        sign_in_client::{Browser, Program},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// The caller's passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkeys {
    /// The latest first.
    passkeys: Vec<PasskeyEntry>,
}

/// A passkey of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyEntry {
    /// Its id, which is not a secret.
    id: String,
    /// The name by which its owner recognises it.
    name: String,
    created_at: Timestamp,
    /// The last sign-in; null if there was none.
    #[schema(required)]
    last_used_at: Option<Timestamp>,
}

impl From<Passkey> for PasskeyEntry {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id(),
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// Returns the caller's passkeys.
pub async fn list_passkeys(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Json<Passkeys>, Rejection> {
    visitor.signed_in()?;
    let passkeys = passkeys::list_passkeys(&app, &visitor).await?.into_iter();
    let passkeys = passkeys.map(PasskeyEntry::from).collect();
    Ok(Json(Passkeys { passkeys }))
}

/// A challenge that an authenticator is to sign.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyChallenge {
    /// The secret by which the answer is sent, once and within 5 minutes.
    ceremony: String,
    /// Options for `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.
    #[schema(schema_with = any_json)]
    options: Value,
}

impl From<Challenge> for PasskeyChallenge {
    fn from(challenge: Challenge) -> Self {
        Self {
            ceremony: challenge.ceremony.reveal().to_owned(),
            options: challenge.options,
        }
    }
}

/// Request body for beginning to register a passkey.
#[derive(Default, Deserialize, ToSchema)]
pub struct BeginPasskeyRequest {
    /// The caller's password. Needed if there is one.
    #[schema(format = Password)]
    password: Option<String>,
}

/// Begins to register a passkey.
pub async fn begin_registration(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Program(client): Program,
    origin: Origin,
    sent: Sent,
) -> Result<Json<PasskeyChallenge>, Rejection> {
    let BeginPasskeyRequest { password } = sent.optional_fields()?;
    let party = origin.relying_party(&app);
    let client = (&client, party.as_ref());
    let begun = passkeys::begin_registration(&app, &visitor, client, password).await?;
    Ok(Json(begun.into()))
}

/// Request body for registering a passkey.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddPasskeyRequest {
    /// The secret of the challenge.
    #[serde(default)]
    #[schema(required)]
    ceremony: String,
    /// A name by which its owner recognises it; if absent, the browser and system.
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    /// What `navigator.credentials.create()` has returned, as `toJSON()` gives it.
    #[serde(default)]
    #[schema(required, schema_with = any_json)]
    credential: Value,
}

/// Registers a passkey.
pub async fn add_passkey(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Program(client): Program,
    origin: Origin,
    sent: Sent,
) -> Result<(StatusCode, Json<PasskeyEntry>), Rejection> {
    let AddPasskeyRequest {
        ceremony,
        name,
        credential,
    } = sent.json_fields()?;
    let party = origin.relying_party(&app);
    let client = (&client, party.as_ref());
    let answer = ChallengeAnswer {
        ceremony,
        credential,
    };
    let added = passkeys::register(&app, &visitor, client, name.as_deref(), answer).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Removes a passkey of the caller.
pub async fn remove_passkey(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Rejection> {
    passkeys::remove_passkey(&app, &visitor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to sign in by a passkey.
pub async fn begin_sign_in(
    State(app): State<Arc<App>>,
    browser: Browser,
    origin: Origin,
) -> Result<(HeaderMap, Json<PasskeyChallenge>), Rejection> {
    let party = origin.relying_party(&app);
    let begun = passkeys::begin_sign_in(&app, &browser.client, party.as_ref())?;
    let cookie = browser.device_cookie(begun.device.as_ref())?;
    Ok((cookie, Json(begun.into())))
}

/// Request body for signing in by a passkey.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PasskeySignInRequest {
    /// The secret of the challenge.
    #[serde(default)]
    #[schema(required)]
    ceremony: String,
    /// What `navigator.credentials.get()` has returned, as `toJSON()` gives it.
    #[serde(default)]
    #[schema(required, schema_with = any_json)]
    credential: Value,
}

/// Signs in by a passkey.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    browser: Browser,
    origin: Origin,
    sent: Sent,
) -> Result<Json<Joined>, Rejection> {
    let PasskeySignInRequest {
        ceremony,
        credential,
    } = sent.json_fields()?;
    let client = SignInClient {
        kind: SignInKind::Token,
        ..browser.client
    };
    let answer = ChallengeAnswer {
        ceremony,
        credential,
    };
    let party = origin.relying_party(&app);
    let signed_in = passkeys::sign_in_by_passkey(&app, &client, party.as_ref(), answer).await?;
    Ok(Json(signed_in.into()))
}
