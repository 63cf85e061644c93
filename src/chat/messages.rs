//! Editing and deleting messages.

use super::{applied::Applied, rooms::visible_room};
use crate::{
    error::{Error, Result},
    model::{
        change::Outcome,
        event::kind,
        ids::{MessageId, RoomId, UserId},
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        messages::{self, MessageState},
        reactions,
    },
};

/// Gives one's own message another text.
pub(super) async fn edit_message(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    message: MessageId,
    body: &str,
) -> Result<Applied> {
    let (room, state) = own_message(tx, by, slug, message).await?;
    if state.is_deleted {
        return Err(Error::conflict("body", "this message was deleted"));
    }
    let is_new = state.body != body;
    if is_new {
        messages::edit_message(tx, message, body, at).await?;
        append_message_event(tx, at, by, room, kind::MESSAGE_EDITED, message).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Takes one's own message away for good, text and reactions; that there was one remains.
pub(super) async fn delete_message(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    message: MessageId,
) -> Result<Applied> {
    let (room, state) = own_message(tx, by, slug, message).await?;
    if !state.is_deleted {
        messages::delete_message(tx, message, at).await?;
        reactions::delete_reactions(tx, message).await?;
        append_message_event(tx, at, by, room, kind::MESSAGE_DELETED, message).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new: !state.is_deleted,
    }))
}

async fn own_message(
    tx: &mut Connection,
    by: UserId,
    slug: &str,
    message: MessageId,
) -> Result<(RoomId, MessageState)> {
    let room = visible_room(tx, by, slug).await?.id;
    let state = messages::find_state(tx, room, message)
        .await?
        .ok_or(Error::NotFound)?;
    if state.author_id != by {
        return Err(Error::Forbidden("it is somebody else's message"));
    }
    Ok((room, state))
}

/// Appends what happened to a message.
pub(super) async fn append_message_event(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    room: RoomId,
    kind: &str,
    message: MessageId,
) -> Result<()> {
    let event = NewEvent {
        room_id: Some(room),
        kind,
        message_id: Some(message),
        actor_id: Some(by),
        at,
        data: None,
    };
    append_event(tx, &event).await?;
    Ok(())
}
