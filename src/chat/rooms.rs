//! Creating and changing rooms.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::{self, NewMember},
    policy::{Object, Verb, can, can_create_rooms},
};
use crate::{
    error::{Denial, Error, Result, check_field},
    fault::Fault,
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{EventId, RoomId},
        role::Role,
        room::{FoldedRoomName, NewRoom, RoomInfo, RoomKind, RoomUpdate, Topic},
    },
    store::{
        db::Connection,
        events::append_event,
        reports,
        rooms::{self, RoomAccess, RoomRow},
    },
};

/// Creates a room with the actor as its first member and manager. A room that the operator creates has no members.
pub(super) async fn create_room(
    tx: &mut Connection,
    actor: Actor,
    room: &NewRoom,
    is_slug_chosen: bool,
) -> Result<Applied> {
    let is_operator = actor.by.operates();
    let actor = actor.or_operator(tx).await?;
    let by = can_create_rooms(actor.identity())?;
    if room.kind == RoomKind::Open {
        check_name(tx, &room.name, None).await?;
    }
    let slug = if is_slug_chosen {
        let is_taken = rooms::is_slug_taken(tx, room.slug.as_str()).await?;
        (!is_taken).then(|| room.slug.as_str().to_owned())
    } else {
        rooms::find_free_slug(tx, room.slug.as_str()).await?
    };
    let slug = slug.ok_or_else(|| Error::invalid("slug", Fault::SlugTaken))?;
    let folded = Some(room.name.folded.as_str());
    let id = add_room(
        tx,
        actor,
        &room.clone().into_info(slug.clone()),
        folded,
        None,
    )
    .await?;
    if !is_operator {
        memberships::add_member(tx, actor, id, NewMember::manager(by)).await?;
    }
    Ok(Applied::with_access(
        Outcome::Room { slug },
        AccessChange::User(by),
    ))
}

/// Checks that no other open room than `except` has the name.
async fn check_name(
    tx: &mut Connection,
    name: &FoldedRoomName,
    except: Option<RoomId>,
) -> Result<()> {
    let is_taken = rooms::is_name_taken(tx, &name.folded, except).await?;
    check_field("name", is_taken.then_some(Fault::RoomNameTaken))
}

/// Adds a room without members. `people` are those of a direct room, see [`RoomRow::people`].
pub(super) async fn add_room(
    tx: &mut Connection,
    actor: Actor,
    info: &RoomInfo,
    folded: Option<&str>,
    people: Option<&str>,
) -> Result<RoomId> {
    let made_by = actor.signed_in()?;
    // An event of this kind without a room creates the room whose id it has.
    let id = append_event(tx, &actor.event(kind::ROOM, None)).await?;
    let id = RoomId(id.0);
    let room = RoomRow {
        id,
        info,
        folded,
        people,
        made_by,
        at: actor.at,
    };
    rooms::insert_rooms(tx, &[room]).await?;
    Ok(id)
}

/// Changes the properties of a room. Does nothing if the room has them.
pub(super) async fn update_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    update: &RoomUpdate,
) -> Result<Applied> {
    let (actor, room) = actor.enter(tx, slug).await?;
    can(actor.identity(), Verb::Manage, Object::Room(&room))?;
    let before = rooms::find_info(tx, room.id)
        .await?
        .ok_or(Error::NotFound)?;
    let after = updated(&before, update);
    if after == before {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    check_update(tx, actor, &room, (&before, &after), update).await?;
    let folded = update.name.as_ref().map(|name| name.folded.as_str());
    rooms::update_room(tx, room.id, &after, folded, actor.at).await?;
    let event = append_event(tx, &actor.event(kind::ROOM, Some(room.id))).await?;
    if after.kind != before.kind {
        rooms::close_room(tx, room.id, event).await?;
    }
    let is_access = |info: &RoomInfo| (info.kind, info.archived, info.announcements);
    Ok(if is_access(&after) == is_access(&before) {
        Applied::new(Outcome::Done)
    } else {
        Applied::with_access(Outcome::Done, AccessChange::Room(room.id))
    })
}

fn updated(before: &RoomInfo, update: &RoomUpdate) -> RoomInfo {
    let kind = update.kind.unwrap_or(before.kind);
    let name = update.name.as_ref().map(|name| name.name.as_str());
    let topic = update.topic.as_ref().map(Topic::as_str);
    let auto_join = update.auto_join.unwrap_or(before.auto_join);
    RoomInfo {
        slug: before.slug.clone(),
        name: name.unwrap_or(&before.name).to_owned(),
        topic: topic.unwrap_or(&before.topic).to_owned(),
        kind,
        archived: update.archived.unwrap_or(before.archived),
        announcements: update.announcements.unwrap_or(before.announcements),
        room_mentions: update.room_mentions.unwrap_or(before.room_mentions),
        pins: before.pins.clone(),
        // Nobody is added to a closed room without an invitation.
        auto_join: auto_join && (kind == RoomKind::Open || update.auto_join.is_some()),
    }
}

async fn check_update(
    tx: &mut Connection,
    actor: Actor,
    room: &RoomAccess,
    (before, after): (&RoomInfo, &RoomInfo),
    update: &RoomUpdate,
) -> Result<()> {
    let is_closed = after.kind != RoomKind::Open;
    if after.kind != before.kind {
        // What was written among few is never published.
        let is_closing = before.kind == RoomKind::Open && after.kind == RoomKind::Closed;
        check_field("kind", (!is_closing).then_some(Fault::CannotChange))?;
        if room.member_since.is_none() {
            return Err(Error::Forbidden(Denial::JoinFirst));
        }
    }
    let joins_closed = after.auto_join && is_closed;
    check_field("auto_join", joins_closed.then_some(Fault::OnlyOpenRooms))?;
    if after.auto_join && !before.auto_join && actor.role != Some(Role::Admin) {
        return Err(Error::Forbidden(Denial::NotAdmin));
    }
    match &update.name {
        Some(name) if !is_closed && name.name.as_str() != before.name => {
            check_name(tx, name, Some(room.id)).await
        }
        _ => Ok(()),
    }
}

/// Deletes a room. Its members, and whoever saw it as an open room, see the event as the last one of the room.
pub(super) async fn delete_room(tx: &mut Connection, actor: Actor, slug: &str) -> Result<Applied> {
    let is_operator = actor.by.operates();
    let (actor, room) = actor.enter(tx, slug).await?;
    if !is_operator {
        can(actor.identity(), Verb::Manage, Object::Room(&room))?;
    }
    let event: EventId = append_event(tx, &actor.event(kind::ROOM_DELETED, Some(room.id))).await?;
    rooms::delete_room(tx, room.id, event).await?;
    reports::delete_reports_of_room(tx, room.id).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::Room(room.id),
    ))
}

/// Erases some of the messages and custom events of deleted rooms. Only the server itself does this.
pub(super) async fn erase_rooms(tx: &mut Connection, actor: Actor) -> Result<Applied> {
    actor.operates()?;
    let has_more = rooms::erase_deleted(tx).await?;
    Ok(Applied::new(Outcome::Erased { has_more }))
}
