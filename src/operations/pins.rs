//! Pinned messages of rooms, messages that the viewer has saved, and forwarding messages to other rooms.

use super::{
    messages::{Draft, find_message, post_message, read_id},
    rooms::{find_room, visible_room},
};
use crate::{
    app::App,
    auth::viewer::Viewer,
    chat::policy::names_origin,
    error::{Error, Result},
    model::{
        change::Action,
        ids::{EventId, MessageId},
        message::Message,
        page::Page,
    },
    store::{pins, saved},
};
use std::{fmt::Write as _, sync::Arc};

/// Pins a message, or unpins it.
pub async fn set_pin(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    pinned: bool,
) -> Result<()> {
    let message = read_id(id)?;
    app.rates.check_post(viewer.signed_in()?)?;
    let action = Action::SetPin {
        room,
        message,
        pinned,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}

/// Returns the pinned messages of a room that is visible to the viewer, the one that was pinned last first.
pub async fn list_pinned(app: &App, viewer: &Viewer, slug: &str) -> Result<Vec<Message>> {
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    pins::list_pinned(&mut connection, (room, slug)).await
}

/// Saves a message for the viewer, or ends that.
pub async fn set_saved(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    saved: bool,
) -> Result<()> {
    let message = read_id(id)?;
    app.rates.check_post(viewer.signed_in()?)?;
    let action = Action::SetSaved {
        room,
        message,
        saved,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}

/// Returns the newest messages before `before` that the viewer has saved, newest first.
pub async fn list_saved(
    app: &App,
    viewer: &Viewer,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Page<Message>> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let before = before.unwrap_or(MessageId(EventId::LIMIT));
    saved::list_saved(&mut connection, user, before, limit).await
}

/// A message to be forwarded.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Slug of the room of the message.
    pub room: String,
    /// The id of the message.
    pub id: String,
    /// Slug of the room that it is forwarded to.
    pub to: String,
    /// What the viewer says about it.
    pub comment: String,
    /// Nonce of the post.
    pub nonce: Option<String>,
}

/// Posts a message that quotes another one. Of an open room, it names the author and the room, and links to the message,
/// whose address is that of the path given to `address_of`; of any other room it contains the text alone.
pub async fn forward_message(
    app: &App,
    viewer: &Viewer,
    forward: Forward,
    address_of: impl FnOnce(&str) -> String,
) -> Result<Arc<Message>> {
    let message = find_message(app, viewer, &forward.room, &forward.id).await?;
    let room = find_room(app, viewer, &forward.room).await?;
    let text = message.body.as_deref().ok_or(Error::NotFound)?;
    let mut body = String::new();
    let comment = forward.comment.trim();
    if !comment.is_empty() {
        body = format!("{comment}\n\n");
    }
    for line in text.trim().lines() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(body, "> {line}");
    }
    if names_origin(room.info.kind) {
        let id = message.id;
        let address = address_of(&format!("/rooms/{}/messages/{id}", forward.room));
        let source = escape(&format!("{}, #{}", message.author.name, room.info.name));
        let _ = write!(body, "\n— [{source}]({address})");
    }
    let draft = Draft {
        body,
        nonce: forward.nonce,
        reply_to: None,
        attachments: Vec::new(),
        thread: None,
        also_in_room: false,
    };
    let (message, _) = post_message(app, viewer, forward.to, draft).await?;
    Ok(message)
}

/// Escapes what has a meaning in Markdown, so that a name stays as it is. `@` and `#` mention nobody within a link.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && c != '#' && c != ',' {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
