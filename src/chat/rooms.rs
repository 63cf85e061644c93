//! Making and changing rooms, and the one judgement of what somebody may do in one.

use super::{applied::Applied, memberships};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{RoomId, UserId},
        room::RoomInfo,
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event},
        rooms::{self, RoomAccess},
        users,
    },
};

/// A room that somebody may see. One that is not there and one that is not for them look alike.
pub(super) async fn visible_room(
    tx: &mut Connection,
    by: UserId,
    slug: &str,
) -> Result<RoomAccess> {
    let room = rooms::find_access(tx, Some(by), slug).await?;
    room.filter(|room| room.is_open || room.is_member())
        .ok_or(Error::NotFound)
}

/// Makes a room, of which its maker is the first member, unless that is the server itself.
pub(super) async fn create_room(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    room: &RoomInfo,
) -> Result<Applied> {
    if rooms::is_slug_taken(tx, &room.slug).await? {
        return Err(Error::conflict("slug", "there is a room at this address"));
    }
    let id = RoomId(append_room_event(tx, at, by, None).await?);
    rooms::insert_room(tx, id, room, by, at).await?;
    if !users::is_server(tx, by).await? {
        memberships::add_member(tx, at, by, id, by).await?;
    }
    Ok(Applied::with_access(Outcome::Done, AccessChange::User(by)))
}

/// Gives a room another name or topic; any member may.
pub(super) async fn update_room(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    name: Option<&str>,
    topic: Option<&str>,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    if !room.is_member() {
        return Err(Error::Forbidden("join the room to change it"));
    }
    let info = rooms::find_info(tx, room.id)
        .await?
        .ok_or(Error::NotFound)?;
    let (name, topic) = (name.unwrap_or(&info.name), topic.unwrap_or(&info.topic));
    if (name, topic) != (&info.name, &info.topic) {
        rooms::update_room(tx, room.id, name, topic).await?;
        append_room_event(tx, at, by, Some(room.id)).await?;
    }
    Ok(Applied::new(Outcome::Done))
}

/// `None`: the room that this very event makes.
async fn append_room_event(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    room: Option<RoomId>,
) -> Result<i64> {
    let event = NewEvent {
        room_id: room,
        kind: kind::ROOM,
        message_id: None,
        actor_id: Some(by),
        at,
        data: None,
    };
    Ok(append_event(tx, &event).await?.0)
}
