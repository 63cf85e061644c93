//! Joining and leaving rooms, roles of members, and notification levels.

use super::{
    actor::Actor,
    applied::Applied,
    policy::{Object, Verb, can, may_meet},
};
use crate::{
    error::{Denial, Error, Result},
    model::{
        change::{AccessChange, Outcome},
        event::kind,
        ids::{RoomId, UserId},
        own_change::{OwnChange, OwnChangeKind, Setting},
        role::Role,
        room::{NotifyLevel, RoomRole},
        user::User,
    },
    store::{
        blocks,
        db::Connection,
        events::{NewEvent, append_event},
        memberships::{self, NewMembership},
        read_marks,
        rooms::RoomAccess,
        standing, users,
    },
};

/// How often a user can be added to rooms by others within [`ADDINGS_WITHIN_HOURS`]. Beyond it they must join by
/// themselves: nobody's list is flooded by others.
const ADDINGS_MAX: i64 = 100;
const ADDINGS_WITHIN_HOURS: i64 = 24;
/// The data of the event of a user whom somebody else has added.
const ADDED: &str = r#"{"added":true}"#;

/// A member to be added to a room.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewMember {
    user: UserId,
    role: RoomRole,
}

impl NewMember {
    /// Returns a member without further rights.
    pub(super) fn member(user: UserId) -> Self {
        let role = RoomRole::Member;
        Self { user, role }
    }

    /// Returns a member who manages the room.
    pub(super) fn manager(user: UserId) -> Self {
        let role = RoomRole::Manager;
        Self { user, role }
    }
}

/// Adds a user to a room, or sets the role of a member. Does nothing if the user is a member with that role.
pub(super) async fn join_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    handle: &str,
    role: Option<RoomRole>,
) -> Result<Applied> {
    let (actor, room) = actor.enter(tx, slug).await?;
    let found = users::find_user(tx, handle).await?;
    let user = id_of(found.as_ref());
    let current = memberships::find_role(tx, room.id, user).await?;
    if current.is_some() && role.is_none_or(|role| Some(role) == current) {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    if role.is_some_and(|role| role != RoomRole::Member || current.is_some()) {
        can(actor.identity(), Verb::Manage, Object::Room(&room))?;
    }
    if let (Some(_), Some(role)) = (current, role) {
        memberships::set_role(tx, room.id, user, role).await?;
        append_event(tx, &member_event(actor, room.id, user)).await?;
        return Ok(changed(user));
    }
    check_joining(tx, actor, &room, found.as_ref()).await?;
    let role = role.unwrap_or_default();
    let member = NewMember { user, role };
    add_member(tx, actor, room.id, member).await?;
    Ok(changed(user))
}

/// Checks that the actor may add a user to a room.
async fn check_joining(
    tx: &mut Connection,
    actor: Actor,
    room: &RoomAccess,
    user: Option<&User>,
) -> Result<()> {
    let id = id_of(user);
    can(actor.identity(), Verb::Join, Object::Member(room, id))?;
    if actor.user() == Some(id) {
        return Ok(());
    }
    check_meeting(tx, actor, user).await?;
    check_addings(tx, actor, id).await
}

/// Checks that the actor may add a user to a room of any kind. For a user who is not visible to the actor and for a
/// missing one, the same statements run, and the error is the same.
pub(super) async fn check_meeting(
    tx: &mut Connection,
    actor: Actor,
    user: Option<&User>,
) -> Result<()> {
    let by = actor.signed_in()?;
    let role = actor.role.unwrap_or(Role::Guest);
    let share_a_room = memberships::shares_room(tx, by, id_of(user)).await?;
    let user = user.filter(|user| may_meet(role, user.role, share_a_room));
    user.map(drop).ok_or(Error::NotFound)
}

/// Checks that a user was not added to too many rooms by others.
pub(super) async fn check_addings(tx: &mut Connection, actor: Actor, user: UserId) -> Result<()> {
    let since = actor.at.hours_before(ADDINGS_WITHIN_HOURS);
    if memberships::count_addings(tx, user, since, ADDINGS_MAX).await? >= ADDINGS_MAX {
        return Err(Error::Forbidden(Denial::AddedTooOften));
    }
    Ok(())
}

/// Removes a user from a room. Does nothing if the user is no member. A direct room is hidden from the actor instead.
pub(super) async fn leave_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    handle: &str,
) -> Result<Applied> {
    let (actor, room) = actor.enter(tx, slug).await?;
    let found = users::find_user(tx, handle).await?;
    let user = id_of(found.as_ref());
    can(actor.identity(), Verb::Leave, Object::Member(&room, user))?;
    if memberships::find_role(tx, room.id, user).await?.is_none() {
        // A user who is hidden from the actor is answered like a missing one.
        let is_visible = standing::sees_person(tx, actor.user(), user).await?;
        let is_known = is_visible || actor.user() == Some(user) || actor.administers().is_ok();
        let known = found.filter(|_| is_known).ok_or(Error::NotFound);
        return known.map(|_| Applied::unchanged(Outcome::Done));
    }
    if room.is_direct {
        memberships::hide_room(tx, room.id, user).await?;
        return Ok(Applied::new(Outcome::Done));
    }
    memberships::delete_membership(tx, room.id, user).await?;
    append_event(tx, &member_event(actor, room.id, user)).await?;
    Ok(changed(user))
}

/// Returns the result of a change of a user's membership.
fn changed(user: UserId) -> Applied {
    Applied::with_access(Outcome::Done, AccessChange::User(user))
}

/// Sets which messages of a room the actor is notified about.
pub(super) async fn set_notify(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    level: NotifyLevel,
) -> Result<Applied> {
    let (room, by) = followed_room(tx, actor, slug).await?;
    if !memberships::update_notify(tx, room.id, by, level).await? {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    set_own(tx, by, Setting::Notify).await
}

/// Makes a room one of the actor's favourites, or ends that.
pub(super) async fn set_favourite(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    is_favourite: bool,
) -> Result<Applied> {
    let (room, by) = followed_room(tx, actor, slug).await?;
    if !memberships::set_favourite(tx, room.id, by, is_favourite).await? {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    set_own(tx, by, Setting::Favourites).await
}

/// Returns a room that the actor is a member of, and the actor.
pub(super) async fn followed_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
) -> Result<(RoomAccess, UserId)> {
    let room = actor.find_visible_room(tx, slug).await?;
    can(actor.identity(), Verb::Follow, Object::Room(&room))?;
    Ok((room, actor.signed_in()?))
}

/// Notes that a person has changed one of their own settings. Returns the result of that change.
pub(super) async fn set_own(
    tx: &mut Connection,
    user: UserId,
    setting: Setting,
) -> Result<Applied> {
    read_marks::note_setting(tx, user, setting).await?;
    let kind = OwnChangeKind::Setting(setting);
    Ok(Applied::with_own(vec![OwnChange { user, kind }]))
}

/// Adds a member. Earlier messages do not count as unread; a room to which somebody else has added the member is new,
/// unless the member has blocked them.
pub(super) async fn add_member(
    tx: &mut Connection,
    actor: Actor,
    room: RoomId,
    member: NewMember,
) -> Result<()> {
    let NewMember { user, role } = member;
    let by_other = actor.user().filter(|by| *by != user);
    let is_new = match by_other {
        Some(by) => !blocks::has_blocked(tx, user, by).await?,
        None => actor.user().is_none(),
    };
    let is_added = actor.user() != Some(user);
    let event = NewEvent {
        data: is_added.then(|| ADDED.to_owned()),
        ..member_event(actor, room, user)
    };
    let event_id = append_event(tx, &event).await?;
    let membership = NewMembership {
        room_id: room,
        user_id: user,
        at: actor.at,
        event_id,
        role,
        is_new,
    };
    memberships::insert_memberships(tx, &[membership]).await
}

/// Returns the event of a user who joins or leaves a room. The table `memberships` tells which of the two.
pub(super) fn member_event(actor: Actor, room: RoomId, user: UserId) -> NewEvent<'static> {
    NewEvent {
        subject_id: Some(user),
        ..actor.event(kind::MEMBER, Some(room))
    }
}

/// Returns the id of a user; that of nobody for a missing one.
pub(super) fn id_of(user: Option<&User>) -> UserId {
    user.map_or(NOBODY, |user| user.id)
}

/// No user has this id.
const NOBODY: UserId = UserId(0);
