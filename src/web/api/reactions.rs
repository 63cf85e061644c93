//! `/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}`.

use super::messages::{answered_message, read_id};
use crate::{
    app::App,
    error::{Result, parse_field},
    model::{change::Action, emoji::Emoji, message::Message},
    web::{
        error::Rejection,
        extract::{Path, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State};
use std::sync::Arc;

/// Adds a reaction; idempotent.
pub async fn add_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        submit_reaction(&app, &visitor, room, &id, &emoji, true).await?,
    ))
}

/// Removes the caller's reaction; idempotent.
pub async fn remove_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id, emoji)): Path<(String, String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        submit_reaction(&app, &visitor, room, &id, &emoji, false).await?,
    ))
}

/// Submits a reaction that shall be there (`is_there`) or not.
pub async fn submit_reaction(
    app: &App,
    visitor: &Visitor,
    room: String,
    id: &str,
    emoji: &str,
    is_there: bool,
) -> Result<Arc<Message>> {
    let (by, message) = (visitor.signed_in()?.id, read_id(id)?);
    // Files of earlier versions contain reactions that nobody can add any more; they can be removed.
    let parsed = if is_there {
        Emoji::parse(emoji)
    } else {
        Emoji::parse_stored(emoji)
    };
    let emoji = parse_field("emoji", parsed)?.into_string();
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
