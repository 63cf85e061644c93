//! Following threads, and read marks in them.

use super::{
    actor::Actor,
    applied::Applied,
    messages::find_message,
    policy::{Object, Verb, can},
};
use crate::{
    error::Result,
    model::{
        change::Outcome,
        ids::{EventId, MessageId, RoomId, UserId},
    },
    store::{db::Connection, threads},
};

/// Moves the actor's read mark in the thread of a message forward.
pub(super) async fn mark_thread_read(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    up_to: EventId,
) -> Result<Applied> {
    let (by, thread) = find_thread(tx, actor, slug, message).await?;
    threads::move_mark(tx, by, thread, up_to).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Makes the actor follow the thread of a message, or ends that.
pub(super) async fn follow_thread(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    follows: bool,
) -> Result<Applied> {
    let (by, thread) = find_thread(tx, actor, slug, message).await?;
    threads::set_follows(tx, by, thread, follows).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Returns the actor, and the room and the root of the thread that a message belongs to.
async fn find_thread(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
) -> Result<(UserId, (RoomId, MessageId))> {
    let (room, facts) = find_message(tx, actor, Verb::See, slug, message).await?;
    can(actor.identity(), Verb::Follow, Object::Room(&room))?;
    Ok((actor.signed_in()?, (room.id, facts.root)))
}
