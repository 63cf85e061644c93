//! `/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}`.

use crate::{
    app::App,
    operations::reactions,
    web::{api::messages::SentMessage, error::Rejection, extract::Path, signed_in::SignedIn},
};
use axum::extract::State;
use std::sync::Arc;

/// Adds a reaction of the caller; idempotent.
pub async fn add_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<SentMessage, Rejection> {
    let message = reactions::add_reaction(&app, &visitor, room, &id, &emoji).await?;
    Ok(message.into())
}

/// Removes the caller's reaction; idempotent.
pub async fn remove_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<SentMessage, Rejection> {
    let message = reactions::remove_reaction(&app, &visitor, room, &id, &emoji).await?;
    Ok(message.into())
}
