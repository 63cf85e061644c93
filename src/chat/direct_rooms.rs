//! Direct rooms: conversations of a few people, one room for each set of people.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::{NewMember, add_member, check_addings, check_meeting},
    rooms::add_room,
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::{AccessChange, Outcome},
        ids::UserId,
        room::{DIRECT_MAX, DIRECT_MIN, NewDirectRoom, RoomInfo, RoomKind},
        user::User,
    },
    store::{blocks, db::Connection, direct_rooms, memberships, rooms, users},
};
use std::collections::BTreeMap;

/// Finds the direct room of the actor and other people, or creates it.
pub(super) async fn open_direct_room(
    tx: &mut Connection,
    actor: Actor,
    room: &NewDirectRoom,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let others = find_people(tx, actor, &room.handles).await?;
    let count = others.len() + 1;
    if !(DIRECT_MIN..=DIRECT_MAX).contains(&count) {
        let (min, max) = (DIRECT_MIN, DIRECT_MAX);
        return Err(Error::invalid(
            "handles",
            Fault::PeopleOutOfRange { min, max },
        ));
    }
    let mut ids: Vec<UserId> = others.keys().copied().chain([by]).collect();
    ids.sort_unstable();
    let key = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let key = key.join(",");
    if let Some((room, slug)) = direct_rooms::find_direct_room(tx, &key).await? {
        memberships::show_room(tx, room, by).await?;
        return Ok(Applied::new(Outcome::Room { slug }));
    }
    for other in others.keys() {
        if blocks::has_blocked(tx, by, *other).await? {
            return Err(Error::invalid("handles", Fault::PersonBlocked));
        }
        check_addings(tx, actor, *other).await?;
    }
    let slug = rooms::find_free_slug(tx, room.slug.as_str()).await?;
    let slug = slug.ok_or_else(|| Error::invalid("slug", Fault::SlugTaken))?;
    let info = RoomInfo {
        slug: slug.clone(),
        name: String::new(),
        topic: String::new(),
        kind: RoomKind::Direct,
        archived: false,
        announcements: false,
        auto_join: false,
        room_mentions: true,
        pins: Vec::new(),
    };
    let id = add_room(tx, actor, &info, Some(""), Some(&key)).await?;
    for user in &ids {
        add_member(tx, actor, id, NewMember::member(*user)).await?;
    }
    // The actor is not told of who has blocked them: the room is there, and hidden from those.
    for blocker in blocks::list_blockers(tx, by, &ids).await? {
        memberships::hide_room(tx, id, blocker).await?;
    }
    let access = ids.into_iter().map(AccessChange::User).collect();
    Ok(Applied::with_accesses(Outcome::Room { slug }, access))
}

/// Returns the people with these handles, whom the actor may meet, without the actor. Of an account that is disabled
/// nobody learns by this.
async fn find_people(
    tx: &mut Connection,
    actor: Actor,
    handles: &[String],
) -> Result<BTreeMap<UserId, User>> {
    let mut people = BTreeMap::new();
    for handle in handles.iter().take(DIRECT_MAX + 1) {
        let user = users::find_user(tx, handle).await?;
        if user.as_ref().map(|user| user.id) == actor.user() {
            continue;
        }
        let met = check_meeting(tx, actor, user.as_ref()).await;
        met.map_err(no_such_person)?;
        people.extend(user.map(|user| (user.id, user)));
    }
    Ok(people)
}

/// Names the field of a person who is missing, or not visible to the actor.
fn no_such_person(error: Error) -> Error {
    match error {
        Error::NotFound => Error::invalid("handles", Fault::NoSuchPerson),
        error => error,
    }
}
