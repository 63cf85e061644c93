//! Adding and removing reactions.

use super::{applied::Applied, rooms::visible_room};
use crate::{
    error::{Error, Result, check_field},
    model::{
        change::Outcome,
        emoji::{EMOJI_MAX, EMOJI_PER_PERSON_MAX},
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

/// Adds a reaction; adding it again changes nothing.
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
        let (different, own) = reactions::count_others(tx, message, emoji, by).await?;
        check_field("emoji", count_fault(different, own))?;
        let event = append_event(tx, &reaction_event(at, by, room, message)).await?;
        reactions::insert_reaction(tx, message, emoji, by, event).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Removes one's own reaction; without one nothing changes.
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

/// Says that a message has, or a person added, as many different emoji as are allowed, or returns `None`.
fn count_fault(different: i64, own: i64) -> Option<&'static str> {
    let reaches = |count, limit| usize::try_from(count).is_ok_and(|count: usize| count >= limit);
    if reaches(different, EMOJI_MAX) {
        Some("this message has 50 different ones, that is enough")
    } else if reaches(own, EMOJI_PER_PERSON_MAX) {
        Some("at most 10 of yours on one message")
    } else {
        None
    }
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
