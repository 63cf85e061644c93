//! `POST /api/v1/join`, `GET /api/v1/me`.

use crate::{
    app::App,
    model::{change::SignInKind, time::Timestamp, user::User},
    store::rooms,
    web::{
        error::Rejection,
        extract::{Sent, Visitor},
        join::join_server,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who wants to come in.
#[derive(Debug, Deserialize)]
pub struct Join {
    handle: String,
    name: Option<String>,
}

/// An account, and the token by which it is known: this one time.
#[derive(Debug, Serialize)]
pub struct Joined {
    handle: String,
    name: String,
    token: String,
}

/// Makes an account behind the open door.
pub async fn join(
    State(app): State<Arc<App>>,
    sent: Sent,
) -> Result<(StatusCode, Json<Joined>), Rejection> {
    let Join { handle, name } = sent.fields()?;
    let (User { handle, name, .. }, secret) =
        join_server(&app, &handle, name.as_deref(), SignInKind::Token).await?;
    Ok((
        StatusCode::CREATED,
        Json(Joined {
            handle,
            name,
            token: secret.reveal().into(),
        }),
    ))
}

/// Oneself.
#[derive(Debug, Serialize)]
pub struct Me {
    handle: String,
    name: String,
    rooms: Vec<String>,
    created_at: Timestamp,
}

/// Who one is, and the rooms that one is a member of.
pub async fn show_me(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Json<Me>, Rejection> {
    let user = visitor.signed_in()?;
    let mut connection = app.readers().acquire().await?;
    let rooms = rooms::list_rooms(&mut connection, Some(user.id)).await?;
    let rooms = rooms
        .into_iter()
        .filter(|room| room.joined)
        .map(|room| room.info.slug)
        .collect();
    Ok(Json(Me {
        handle: user.handle.clone(),
        name: user.name.clone(),
        rooms,
        created_at: user.created_at,
    }))
}
