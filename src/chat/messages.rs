//! Editing and deleting messages.

use super::{
    actor::Actor,
    applied::Applied,
    policy::{Object, Verb, can, manages, mentions_room},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        event::kind,
        ids::{MessageId, RoomId},
        message::Body,
        user::ROOM_MENTION,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        files,
        messages::{self, MessageFacts},
        pins, posts, reactions, reports,
        rooms::RoomAccess,
        saved,
    },
};

/// Replaces the text of a message.
pub(super) async fn edit_message(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    body: &Body,
    mentions: &[String],
) -> Result<Applied> {
    let (room, state) = find_message(tx, actor, Verb::Edit, slug, message).await?;
    if state.is_deleted {
        return Err(Error::invalid("body", Fault::MessageDeleted));
    }
    if body.is_none() && !state.has_files {
        return Err(Error::invalid("body", Fault::BodyEmpty));
    }
    let body = body.as_str();
    let is_new = state.body != body;
    if is_new {
        let identity = actor.identity().ok_or(Error::SignInNeeded)?;
        let may_mention = mentions_room(manages(identity, &room), room.room_mentions);
        let mentions_room = may_mention && is_room_mentioned(mentions);
        messages::update_message(tx, message, body, mentions_room, actor.at).await?;
        posts::replace_mentions(tx, message, mentions).await?;
        append_event(
            tx,
            &message_event(actor, kind::MESSAGE_EDITED, room.id, message),
        )
        .await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Deletes the text, reactions, mentions and files of a message permanently. The message remains as deleted.
pub(super) async fn delete_message(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
) -> Result<Applied> {
    let (room, state) = find_message(tx, actor, Verb::Delete, slug, message).await?;
    if !state.is_deleted {
        erase(tx, actor, room.id, message).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new: !state.is_deleted,
    }))
}

/// Deletes the text, reactions, mentions and files of a message that is not deleted, also in reports of it, and appends
/// the event.
pub(super) async fn erase(
    tx: &mut Connection,
    actor: Actor,
    room: RoomId,
    message: MessageId,
) -> Result<()> {
    messages::erase_message(tx, message, actor.at).await?;
    posts::replace_mentions(tx, message, &[]).await?;
    reactions::delete_reactions(tx, message).await?;
    saved::delete_saved_message(tx, message).await?;
    unpin(tx, actor, room, message).await?;
    files::delete_files_of(tx, message).await?;
    reports::clear_text(tx, message).await?;
    let event = message_event(actor, kind::MESSAGE_DELETED, room, message);
    append_event(tx, &event).await?;
    Ok(())
}

/// Unpins a message if it is pinned, and appends the event of its room.
pub(super) async fn unpin(
    tx: &mut Connection,
    actor: Actor,
    room: RoomId,
    message: MessageId,
) -> Result<()> {
    if pins::delete_pin(tx, message).await? {
        append_event(tx, &actor.event(kind::ROOM, Some(room))).await?;
    }
    Ok(())
}

/// Returns whether `@room` is among the mention keys of a text.
pub(super) fn is_room_mentioned(mentions: &[String]) -> bool {
    mentions.iter().any(|key| key == ROOM_MENTION)
}

/// Looks up a message, and checks that the actor may do `verb` to it.
pub async fn find_message(
    tx: &mut Connection,
    actor: Actor,
    verb: Verb,
    slug: &str,
    message: MessageId,
) -> Result<(RoomAccess, MessageFacts)> {
    let room = actor.find_visible_room(tx, slug).await?;
    let state = messages::find_state(tx, room.id, message)
        .await?
        .ok_or(Error::NotFound)?;
    can(actor.identity(), verb, Object::Message(&room, &state))?;
    Ok((room, state))
}

/// Returns an event about a message.
pub(super) fn message_event(
    actor: Actor,
    kind: &'static str,
    room: RoomId,
    message: MessageId,
) -> NewEvent<'static> {
    NewEvent {
        message_id: Some(message),
        ..actor.event(kind, Some(room))
    }
}
