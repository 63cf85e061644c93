//! Adding and removing reactions.

use super::messages::{find_message, read_id};
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Result, parse_field},
    model::{change::Action, emoji::Emoji, message::Message},
    store::reactions::has_reaction,
};
use std::sync::Arc;

/// Adds a reaction of the viewer to a message; idempotent.
pub async fn add_reaction(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    emoji: &str,
) -> Result<Arc<Message>> {
    let message = read_id(id)?;
    let action = Action::AddReaction {
        room,
        message,
        emoji: parse_field("emoji", Emoji::parse(emoji))?,
    };
    submit(app, viewer, action).await
}

/// Removes a reaction of the viewer from a message; idempotent.
pub async fn remove_reaction(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    emoji: &str,
) -> Result<Arc<Message>> {
    let message = read_id(id)?;
    let action = Action::RemoveReaction {
        room,
        message,
        // Files of earlier versions may contain reactions that cannot be added any more. They can be removed.
        emoji: parse_field("emoji", Emoji::parse_stored(emoji))?,
    };
    submit(app, viewer, action).await
}

/// Adds a reaction of the viewer to a message, or removes it if it exists.
pub async fn toggle_reaction(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    emoji: &str,
) -> Result<Arc<Message>> {
    let by = viewer.signed_in()?.id;
    let message = find_message(app, viewer, &room, id).await?;
    let mut connection = app.readers().acquire().await?;
    let exists = has_reaction(&mut connection, message.id, emoji, by).await?;
    drop(connection);
    if exists {
        remove_reaction(app, viewer, room, id, emoji).await
    } else {
        add_reaction(app, viewer, room, id, emoji).await
    }
}

async fn submit(app: &App, viewer: &Viewer, action: Action) -> Result<Arc<Message>> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let (message, _) = app.submit(Some(by), action).await?.into_message()?;
    Ok(message)
}
