//! `/api/v1/me/tokens`: the caller's API tokens.

use crate::{
    app::App,
    model::{
        grant::{Grant, TokenScope},
        slug::Slug,
        time::Timestamp,
        user::DisplayName,
    },
    operations::tokens::{self, TokenDraft},
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The caller's API tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The latest first.
    tokens: Vec<TokenEntry>,
}

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenEntry {
    /// Its id, which is not a secret.
    id: String,
    /// The name by which its owner recognises it.
    #[schema(required)]
    name: Option<String>,
    /// What it may be used for.
    scopes: Vec<TokenScope>,
    /// The slugs of the rooms that it is limited to; null: all rooms.
    #[schema(required)]
    rooms: Option<Vec<String>>,
    created_at: Timestamp,
    /// The last use, to the hour.
    last_used_at: Timestamp,
    /// The time from which it is not valid any more.
    #[schema(required)]
    expires_at: Option<Timestamp>,
}

/// Returns the caller's API tokens.
pub async fn list_tokens(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Json<Tokens>, Rejection> {
    visitor.signed_in()?;
    let tokens = tokens::list_tokens(&app, &visitor).await?.into_iter();
    let tokens = tokens.map(|token| {
        let id = token.id();
        let Grant { scopes, rooms } = token.grant;
        TokenEntry {
            id,
            name: token.name,
            scopes: scopes.into(),
            rooms: rooms.map(|rooms| rooms.to_vec()),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
        }
    });
    Ok(Json(Tokens {
        tokens: tokens.collect(),
    }))
}

/// Request body for creating an API token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CreateTokenRequest {
    /// A name by which its owner recognises it.
    #[serde(default)]
    #[schema(value_type = DisplayName, required)]
    name: String,
    /// What it may be used for: `read`, `post` and `admin`; `read` and `post` if absent.
    #[serde(default = "read_and_post")]
    #[schema(value_type = Vec<TokenScope>, min_items = 1)]
    scopes: Vec<String>,
    /// The slugs of the rooms that it is limited to; all rooms if absent. Such a token reaches only these rooms, the
    /// stream of their events, and `GET /api/v1/me`.
    #[schema(value_type = Option<Vec<Slug>>, max_items = 100)]
    rooms: Option<Vec<String>>,
    /// The time from which it is not valid any more; never if absent.
    #[schema(value_type = Option<Timestamp>)]
    expires_at: Option<String>,
}

fn read_and_post() -> Vec<String> {
    vec!["read".into(), "post".into()]
}

/// A new API token with its secret, which is shown only in this response.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedToken {
    /// Its id, which is not a secret.
    id: String,
    /// The secret for `Authorization: Bearer <token>`.
    token: String,
}

/// Creates an API token.
pub async fn create_token(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<(StatusCode, Json<CreatedToken>), Rejection> {
    let CreateTokenRequest {
        name,
        scopes,
        rooms,
        expires_at,
    } = sent.fields()?;
    let draft = TokenDraft {
        name,
        scopes,
        rooms,
        expires_at,
    };
    let (token, secret) = tokens::create_token(&app, &visitor, draft).await?;
    let created = CreatedToken {
        id: token.id(),
        token: secret.reveal().into(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Revokes an API token of the caller.
pub async fn revoke_token(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Rejection> {
    tokens::revoke_token(&app, &visitor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
