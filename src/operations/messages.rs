//! Posting, editing, deleting and finding messages.

use super::{rooms::visible_room, uploads::complete_arrived};
use crate::{
    app::{App, now},
    auth::{scopes::check_moderation, viewer::Viewer},
    chat::{self, actor::Actor, policy::Verb},
    error::{Denial, Error, Result, parse_field},
    markdown,
    model::{
        change::{Action, Post},
        file::parse_attachments,
        ids::{MessageId, parse_id},
        message::{Body, Message, Nonce},
    },
    store::messages,
};
use std::sync::Arc;

/// A message to be posted, before validation.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Text of the message, in Markdown.
    pub body: String,
    /// Nonce chosen by the client, which makes retries idempotent.
    pub nonce: Option<String>,
    /// The message that this one replies to.
    pub reply_to: Option<MessageId>,
    /// Ids of complete uploads, which become its files.
    pub attachments: Vec<String>,
    /// A message of the thread that this one belongs to.
    pub thread: Option<MessageId>,
    /// Whether a reply in a thread is shown in the room, too.
    pub also_in_room: bool,
}

/// Posts a message. The flag is false for a retry (same author, same nonce), which returns the existing message.
pub async fn post_message(
    app: &App,
    viewer: &Viewer,
    room: String,
    draft: Draft,
) -> Result<(Arc<Message>, bool)> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let Draft {
        body,
        nonce,
        reply_to,
        attachments,
        thread,
        also_in_room,
    } = draft;
    let attachments = parse_field("attachments", parse_attachments(&attachments))?;
    let body = if attachments.is_empty() {
        Body::parse(body)
    } else {
        Body::parse_beside_files(body)
    };
    let body = parse_field("body", body)?;
    complete_arrived(app, viewer, &attachments).await?;
    let post = Post {
        room,
        mentions: markdown::mentions(body.as_str()),
        body,
        nonce: parse_nonce(nonce)?,
        reply_to,
        attachments,
        thread,
        also_in_room: also_in_room && thread.is_some(),
    };
    let action = Action::PostMessage(post);
    app.submit(Some(by), action).await?.into_message()
}

/// Replaces the text of the viewer's own message.
pub async fn edit_message(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    body: String,
) -> Result<Arc<Message>> {
    let message = read_id(id)?;
    let by = app.rates.check_post(viewer.signed_in()?)?;
    // Only a message with files may have no text, which is checked when the change is applied.
    let body = parse_field("body", Body::parse_beside_files(body))?;
    let action = Action::EditMessage {
        room,
        message,
        mentions: markdown::mentions(body.as_str()),
        body,
    };
    let (message, _) = app.submit(Some(by), action).await?.into_message()?;
    Ok(message)
}

/// Deletes a message of the viewer, or another one as a manager of the room, and returns what remains of it.
pub async fn delete_message(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
) -> Result<Arc<Message>> {
    let message = read_id(id)?;
    let by = viewer.signed_in()?;
    app.rates.check_post(by)?;
    if let Err(denied) = check_moderation(&viewer.grant) {
        let found = find_message(app, viewer, &room, id).await?;
        if found.author.handle != by.handle {
            return Err(denied);
        }
    }
    let action = Action::DeleteMessage { room, message };
    let deleted = app.submit_from(viewer.requester()?, action).await?;
    let (message, _) = deleted.into_message()?;
    Ok(message)
}

/// Returns a message of a room that is visible to the viewer.
pub async fn find_message(app: &App, viewer: &Viewer, slug: &str, id: &str) -> Result<Message> {
    let id = read_id(id)?;
    let room = visible_room(app, viewer, slug).await?;
    let mut connection = app.readers().acquire().await?;
    messages::find_message(&mut connection, room, id)
        .await?
        .ok_or(Error::NotFound)
}

/// Returns a message that the viewer may edit, or delete as a manager of the room, to show the form for it.
pub async fn find_message_to_edit(
    app: &App,
    viewer: &Viewer,
    slug: &str,
    id: &str,
) -> Result<Message> {
    let id = read_id(id)?;
    let actor = Actor {
        role: viewer.role(),
        ..Actor::new(now(), viewer.user_id())
    };
    let mut connection = app.readers().acquire().await?;
    let edited = chat::messages::find_message(&mut connection, actor, Verb::Edit, slug, id).await;
    let (room, _) = match edited {
        Err(Error::Forbidden(Denial::NotAuthor)) => {
            chat::messages::find_message(&mut connection, actor, Verb::Delete, slug, id).await?
        }
        edited => edited?,
    };
    let message = messages::find_message(&mut connection, room.id, id).await?;
    message
        .filter(|message| message.deleted_at.is_none())
        .ok_or(Error::NotFound)
}

/// Parses the nonce of a request.
pub(super) fn parse_nonce(nonce: Option<String>) -> Result<Option<Nonce>> {
    let nonce = nonce.map(Nonce::parse).transpose();
    parse_field("nonce", nonce)
}

/// Parses the id in an address. A text that is not an id is an unknown id.
pub fn read_id(id: &str) -> Result<MessageId> {
    parse_id(id).map(MessageId).ok_or(Error::NotFound)
}
