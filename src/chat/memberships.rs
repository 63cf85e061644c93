//! Joining and leaving rooms, read marks and notification levels.

use super::{
    actor::Actor,
    applied::Applied,
    policy::{Object, Verb, can},
};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{EventId, RoomId, UserId},
        room::NotifyLevel,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        memberships, users,
    },
};

/// Adds a user to a room. Does nothing if the user is a member.
pub(super) async fn join_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    handle: &str,
) -> Result<Applied> {
    let room = actor.find_visible_room(tx, slug).await?;
    let user = find_user(tx, handle).await?;
    can(actor.identity(), Verb::Join, Object::Member(&room, user))?;
    if memberships::is_member(tx, room.id, user).await? {
        return Ok(Applied::new(Outcome::Done));
    }
    add_member(tx, actor, room.id, user).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(user),
    ))
}

/// Removes a user from a room. Does nothing if the user is no member.
pub(super) async fn leave_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    handle: &str,
) -> Result<Applied> {
    let room = actor.find_visible_room(tx, slug).await?;
    let user = find_user(tx, handle).await?;
    can(actor.identity(), Verb::Leave, Object::Member(&room, user))?;
    if !memberships::is_member(tx, room.id, user).await? {
        return Ok(Applied::new(Outcome::Done));
    }
    memberships::delete_membership(tx, room.id, user).await?;
    append_event(tx, &member_event(actor, room.id, user)).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(user),
    ))
}

/// Moves the actor's read mark in a room forward.
pub(super) async fn mark_read(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    up_to: EventId,
) -> Result<Applied> {
    let (room, by) = followed_room(tx, actor, slug).await?;
    memberships::move_read_mark(tx, room, by, up_to).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Sets which messages of a room the actor is notified about.
pub(super) async fn set_notify(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    level: NotifyLevel,
) -> Result<Applied> {
    let (room, by) = followed_room(tx, actor, slug).await?;
    memberships::update_notify(tx, room, by, level).await?;
    Ok(Applied::new(Outcome::Done))
}

async fn followed_room(tx: &mut Connection, actor: Actor, slug: &str) -> Result<(RoomId, UserId)> {
    let room = actor.find_visible_room(tx, slug).await?;
    can(actor.identity(), Verb::Follow, Object::Room(&room))?;
    Ok((room.id, actor.signed_in()?))
}

/// Adds a member with a read mark at the event of joining, so that earlier messages do not count as unread.
pub(super) async fn add_member(
    tx: &mut Connection,
    actor: Actor,
    room: RoomId,
    user: UserId,
) -> Result<()> {
    let event = append_event(tx, &member_event(actor, room, user)).await?;
    memberships::insert_membership(tx, room, user, actor.at, event).await
}

/// Returns the event of a user who joins or leaves a room. The table `memberships` tells which of the two.
pub(super) fn member_event(actor: Actor, room: RoomId, user: UserId) -> NewEvent<'static> {
    NewEvent {
        subject_id: Some(user),
        ..actor.event(kind::MEMBER, Some(room))
    }
}

async fn find_user(tx: &mut Connection, handle: &str) -> Result<UserId> {
    Ok(users::find_user(tx, handle)
        .await?
        .ok_or(Error::NotFound)?
        .id)
}
