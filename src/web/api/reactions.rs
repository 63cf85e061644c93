//! `/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}`.

use crate::{
    app::App,
    model::message::Message,
    operations::reactions,
    web::{error::Rejection, extract::Path, signed_in::SignedIn},
};
use axum::{Json, extract::State};
use std::sync::Arc;

/// Adds a reaction of the caller; idempotent.
pub async fn add_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        reactions::add_reaction(&app, &visitor, room, &id, &emoji).await?,
    ))
}

/// Removes the caller's reaction; idempotent.
pub async fn remove_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        reactions::remove_reaction(&app, &visitor, room, &id, &emoji).await?,
    ))
}
