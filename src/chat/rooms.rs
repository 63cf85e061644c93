//! Creating and changing rooms.

use super::{
    actor::Actor,
    applied::Applied,
    memberships,
    policy::{Object, Verb, can},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::RoomId,
        room::{NewRoom, RoomInfo, RoomName, Topic},
    },
    store::{
        db::Connection,
        events::append_event,
        rooms::{self, RoomRow, RoomTexts},
    },
};

/// Creates a room with the actor as its first member.
pub(super) async fn create_room(
    tx: &mut Connection,
    actor: Actor,
    room: &NewRoom,
    is_slug_chosen: bool,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let slug = if is_slug_chosen {
        let is_taken = rooms::is_slug_taken(tx, room.slug.as_str()).await?;
        (!is_taken).then(|| room.slug.as_str().to_owned())
    } else {
        rooms::find_free_slug(tx, room.slug.as_str()).await?
    };
    let slug = slug.ok_or_else(|| Error::invalid("slug", Fault::SlugTaken))?;
    let room = room.clone().into_info(slug.clone());
    let id = add_room(tx, actor, &room).await?;
    memberships::add_member(tx, actor, id, by).await?;
    Ok(Applied::with_access(
        Outcome::Room { slug },
        AccessChange::User(by),
    ))
}

/// Adds a room without members.
pub(super) async fn add_room(tx: &mut Connection, actor: Actor, room: &RoomInfo) -> Result<RoomId> {
    let by = actor.signed_in()?;
    // An event of this kind without a room creates the room whose id it has.
    let id = append_event(tx, &actor.event(kind::ROOM, None)).await?;
    let id = RoomId(id.0);
    let room = RoomRow {
        id,
        info: room,
        made_by: by,
        at: actor.at,
    };
    rooms::insert_rooms(tx, &[room]).await?;
    Ok(id)
}

/// Changes the name or topic of a room.
pub(super) async fn update_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    name: Option<&RoomName>,
    topic: Option<&Topic>,
) -> Result<Applied> {
    let room = actor.find_visible_room(tx, slug).await?;
    can(actor.identity(), Verb::Update, Object::Room(&room))?;
    let info = rooms::find_info(tx, room.id)
        .await?
        .ok_or(Error::NotFound)?;
    let name = name.map_or(info.name.as_str(), RoomName::as_str);
    let topic = topic.map_or(info.topic.as_str(), Topic::as_str);
    if (name, topic) != (&info.name, &info.topic) {
        let texts = RoomTexts {
            id: room.id,
            name,
            topic,
        };
        rooms::update_rooms(tx, &[texts]).await?;
        append_event(tx, &actor.event(kind::ROOM, Some(room.id))).await?;
    }
    Ok(Applied::new(Outcome::Done))
}
