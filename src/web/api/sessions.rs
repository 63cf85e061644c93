//! `/api/v1/me/sessions`: where the caller is signed in.

use crate::{
    app::App,
    model::{change::SignInKind, time::Timestamp},
    operations::sessions,
    web::{
        error::Rejection,
        extract::{Path, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What joining and signing in have made for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The latest first.
    sessions: Vec<SessionEntry>,
}

/// A signed-in browser, or a program that got a token by joining or signing in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionEntry {
    /// Its id, which is not a secret.
    id: String,
    /// `session`: a browser; `token`: a program.
    kind: SignInKind,
    /// The browser and system, such as `Firefox · Linux`, or the program; null if unknown.
    #[schema(required)]
    label: Option<String>,
    created_at: Timestamp,
    /// The last use, to the hour.
    last_used_at: Timestamp,
    /// Whether it is the one of this request.
    current: bool,
}

/// Returns where the caller is signed in.
pub async fn list_sessions(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Json<Sessions>, Rejection> {
    visitor.signed_in()?;
    let here = visitor.secret_hash.as_ref();
    let sessions = sessions::list_sessions(&app, &visitor).await?.into_iter();
    let sessions = sessions.map(|session| SessionEntry {
        id: session.id(),
        current: Some(&session.secret_hash) == here,
        kind: session.kind,
        label: session.label,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
    });
    Ok(Json(Sessions {
        sessions: sessions.collect(),
    }))
}

/// Ends one session of the caller.
pub async fn end_session(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Rejection> {
    sessions::end_session(&app, &visitor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of the caller other than that of the request.
pub async fn end_other_sessions(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
) -> Result<StatusCode, Rejection> {
    sessions::end_other_sessions(&app, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}
