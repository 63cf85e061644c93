//! Joining and leaving rooms, and how far one has read.

use super::{applied::Applied, rooms::visible_room};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{EventId, RoomId, UserId},
        room::NotifyLevel,
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        memberships, users,
    },
};

/// Makes somebody a member: oneself of an open room, or anybody of a room that one is a member of.
pub(super) async fn join_room(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    handle: &str,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    let user = find_user(tx, handle).await?;
    if user != by && !room.is_member() {
        return Err(Error::Forbidden("join the room to add somebody to it"));
    }
    if !memberships::is_member(tx, room.id, user).await? {
        add_member(tx, at, by, room.id, user).await?;
    }
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(user),
    ))
}

/// Ends a membership: one's own, or anybody's in a room that one has made.
pub(super) async fn leave_room(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    handle: &str,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    let user = find_user(tx, handle).await?;
    if user != by && room.made_by != by {
        return Err(Error::Forbidden("only who made the room may remove others"));
    }
    if memberships::is_member(tx, room.id, user).await? {
        memberships::delete_membership(tx, room.id, user).await?;
        append_event(tx, &member_event(at, by, room.id, user)).await?;
    }
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(user),
    ))
}

/// Moves one's read mark forward.
pub(super) async fn mark_read(
    tx: &mut Connection,
    by: UserId,
    slug: &str,
    up_to: EventId,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    if !room.is_member() {
        return Err(Error::Forbidden("join the room to keep a read mark in it"));
    }
    memberships::move_read_mark(tx, room.id, by, up_to).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Sets what somebody wants to be told of in a room.
pub(super) async fn set_notify(
    tx: &mut Connection,
    by: UserId,
    slug: &str,
    level: NotifyLevel,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    if !room.is_member() {
        return Err(Error::Forbidden("join the room to be told of it"));
    }
    memberships::set_notify(tx, room.id, by, level).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Adds a member, who has nothing unread: what came before is history to them.
pub(super) async fn add_member(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    room: RoomId,
    user: UserId,
) -> Result<()> {
    let event = append_event(tx, &member_event(at, by, room, user)).await?;
    memberships::insert_membership(tx, room, user, at, event).await
}

/// The event of somebody joining or leaving; which of the two, the table says.
pub(super) fn member_event(
    at: Timestamp,
    by: UserId,
    room: RoomId,
    user: UserId,
) -> NewEvent<'static> {
    let data = Some(serde_json::json!({ "user": user }).to_string());
    NewEvent {
        room_id: Some(room),
        kind: kind::MEMBER,
        message_id: None,
        actor_id: Some(by),
        at,
        data,
    }
}

async fn find_user(tx: &mut Connection, handle: &str) -> Result<UserId> {
    Ok(users::find_user(tx, handle)
        .await?
        .ok_or(Error::NotFound)?
        .id)
}
