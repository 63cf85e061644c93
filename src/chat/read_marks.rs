//! Read marks: up to where a person has read a room, and the inbox.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::{followed_room, set_own},
};
use crate::{
    error::Result,
    model::{
        change::Outcome,
        ids::EventId,
        own_change::{OwnChange, OwnChangeKind, ReadMark, Setting},
    },
    store::{db::Connection, inbox, read_marks},
};

/// Moves the actor's read mark in a room forward or, with `is_backward`, backward.
pub(super) async fn move_read_mark(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    (up_to, is_backward): (EventId, bool),
) -> Result<Applied> {
    let (room, user) = followed_room(tx, actor, slug).await?;
    let mark = (room.id, user);
    let moved = if is_backward {
        read_marks::move_backward(tx, mark, up_to).await?
    } else {
        read_marks::move_forward(tx, mark, up_to).await?
    };
    let Some(read_up_to) = moved else {
        return Ok(Applied::unchanged(Outcome::Done));
    };
    let kind = OwnChangeKind::ReadMark(ReadMark {
        room_id: room.id,
        room: slug.to_owned(),
        is_open: room.is_open,
        read_up_to,
    });
    Ok(Applied::with_own(vec![OwnChange { user, kind }]))
}

/// Moves the actor's read marks in all rooms forward, where something is unread.
pub(super) async fn mark_all_read(
    tx: &mut Connection,
    actor: Actor,
    up_to: EventId,
) -> Result<Applied> {
    let user = actor.signed_in()?;
    let marks = read_marks::move_all_forward(tx, user, up_to).await?;
    if marks.is_empty() {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    let changes = marks.into_iter().map(|mark| OwnChange {
        user,
        kind: OwnChangeKind::ReadMark(mark),
    });
    Ok(Applied::with_own(changes.collect()))
}

/// Marks the items of the actor's inbox as read, up to an event.
pub(super) async fn mark_inbox(
    tx: &mut Connection,
    actor: Actor,
    up_to: EventId,
) -> Result<Applied> {
    let user = actor.signed_in()?;
    if !inbox::mark_inbox(tx, user, up_to).await? {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    set_own(tx, user, Setting::Inbox).await
}
