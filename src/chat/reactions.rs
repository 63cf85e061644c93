//! Emoji under messages.

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
        messages, reactions,
    },
};

/// Different emoji under one message. With the handles that are listed for each (20, see the store) a message
/// stays below the 64 KiB that a block of the stream may have.
const EMOJI_MAX: i64 = 20;

/// Puts an emoji under a message; a second time changes nothing.
pub(super) async fn add_reaction(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    message: MessageId,
    emoji: &str,
) -> Result<Applied> {
    let room = room_of(tx, by, slug, message).await?;
    let is_new = !reactions::has_reaction(tx, message, emoji, by).await?;
    if is_new {
        if reactions::count_emoji(tx, message).await? >= EMOJI_MAX {
            return Err(Error::invalid(
                "emoji",
                "this message has 20 different ones, that is enough",
            ));
        }
        let event = append_event(tx, &reaction_event(at, by, room, message)).await?;
        reactions::insert_reaction(tx, message, emoji, by, event).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Takes one's own emoji away; where there is none, nothing changes.
pub(super) async fn remove_reaction(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    message: MessageId,
    emoji: &str,
) -> Result<Applied> {
    let room = room_of(tx, by, slug, message).await?;
    let is_new = reactions::has_reaction(tx, message, emoji, by).await?;
    if is_new {
        reactions::delete_reaction(tx, message, emoji, by).await?;
        append_event(tx, &reaction_event(at, by, room, message)).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

async fn room_of(
    tx: &mut Connection,
    by: UserId,
    slug: &str,
    message: MessageId,
) -> Result<RoomId> {
    let room = visible_room(tx, by, slug).await?.id;
    let state = messages::find_state(tx, room, message)
        .await?
        .ok_or(Error::NotFound)?;
    if state.is_deleted {
        return Err(Error::conflict("emoji", "this message was deleted"));
    }
    Ok(room)
}

fn reaction_event(
    at: Timestamp,
    by: UserId,
    room: RoomId,
    message: MessageId,
) -> NewEvent<'static> {
    NewEvent {
        room_id: Some(room),
        kind: kind::REACTION,
        message_id: Some(message),
        actor_id: Some(by),
        at,
        data: None,
    }
}
