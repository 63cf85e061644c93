//! `/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}`.

use super::messages::{answered_message, read_id};
use crate::{
    app::App,
    error::{Result, check_field},
    model::{
        change::Action,
        message::{Message, emoji_fault},
    },
    web::{
        error::Rejection,
        extract::{Path, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State};
use std::sync::Arc;

/// Puts an emoji under a message; idempotent.
pub async fn add_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        submit_reaction(&app, &visitor, room, &id, emoji, true).await?,
    ))
}

/// Takes the caller's own away; idempotent.
pub async fn remove_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        submit_reaction(&app, &visitor, room, &id, emoji, false).await?,
    ))
}

/// Checks the form of an emoji and hands it in, to be put there or taken away.
pub async fn submit_reaction(
    app: &App,
    visitor: &Visitor,
    room: String,
    id: &str,
    emoji: String,
    is_there: bool,
) -> Result<Arc<Message>> {
    let (by, message) = (visitor.signed_in()?.id, read_id(id)?);
    check_field("emoji", emoji_fault(&emoji))?;
    let action = if is_there {
        Action::AddReaction {
            by,
            room,
            message,
            emoji,
        }
    } else {
        Action::RemoveReaction {
            by,
            room,
            message,
            emoji,
        }
    };
    Ok(answered_message(app.submit(action).await?)?.0)
}
