//! The permission policy of pages, the API, streams, signals and the log.
//!
//! `store/visibility.rs` contains the same rule in SQL; a test fails if the rule is written anywhere else.

use crate::{
    error::{Denial, Error, Result, check_field},
    fault::Fault,
    model::{
        ids::{EventId, UserId},
        role::{Door, Role},
        room::RoomKind,
    },
    store::{messages::MessageFacts, rooms::RoomAccess},
};

/// An action that needs a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// See a room, its messages and its members.
    See,
    /// Post into a room.
    Post,
    /// React to the messages of a room.
    React,
    /// Change the properties of a room, name its managers, or delete it.
    Manage,
    /// Join a room, or add another user to it.
    Join,
    /// Leave a room, or remove another user from it.
    Leave,
    /// Set a read mark or a notification level in a room, or see who has read it.
    Follow,
    /// Pin a message, or unpin it.
    Pin,
    /// Edit a message.
    Edit,
    /// Delete a message.
    Delete,
    /// Report a message to those who moderate its room.
    Report,
}

/// The object of an action.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// A room.
    Room(&'a RoomAccess),
    /// The membership of a user in a room.
    Member(&'a RoomAccess, UserId),
    /// A message of a room.
    Message(&'a RoomAccess, &'a MessageFacts),
}

/// The account that requests an action, and its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct Identity {
    pub user: UserId,
    pub role: Role,
}

/// Returns whether an account with this role, or a visitor without one, may see open rooms without being a member.
#[must_use]
pub fn sees_open_rooms(role: Option<Role>, door: Door) -> bool {
    match role {
        Some(Role::Admin | Role::Member | Role::Bot) => true,
        Some(Role::Guest) => false,
        None => door == Door::Open,
    }
}

/// Returns whether a room is visible to a user who is not a member of it.
#[must_use]
pub fn is_open_to(sees_open_rooms: bool, is_open: bool) -> bool {
    sees_open_rooms && is_open
}

/// Returns the first event of a room that is visible to a user; `None` if the room is not visible. `is_open` is the result
/// of [`is_open_to`].
///
/// An open room is visible from the beginning, any other room to each member from the event of joining.
#[must_use]
pub fn visible_from(is_open: bool, member_since: Option<EventId>) -> Option<EventId> {
    if is_open {
        Some(EventId::EARLIEST)
    } else {
        member_since
    }
}

/// Checks that a signed-in user may post into a room. A run of posts has looked up these facts only.
///
/// # Errors
///
/// [`Error::NotFound`] if the room is not visible to the user.
pub fn can_post(is_open: bool, member_since: Option<EventId>) -> Result<()> {
    visible_from(is_open, member_since)
        .map(drop)
        .ok_or(Error::NotFound)
}

/// Returns whether an account with this role administers the server; a visitor without one does not.
#[must_use]
pub fn is_admin(role: Option<Role>) -> bool {
    role == Some(Role::Admin)
}

/// Checks that an account with this role may administer the server.
///
/// # Errors
///
/// [`Error::Forbidden`]. Callers answer with [`Error::NotFound`] about an object that is not visible to the actor.
pub fn can_administer(role: Option<Role>) -> Result<()> {
    if is_admin(role) {
        Ok(())
    } else {
        Err(Error::Forbidden(Denial::NotAdmin))
    }
}

/// Returns whether somebody who posts into a room mentions everybody in it by `@room`. `is_open_to_all` is the setting of
/// the room.
#[must_use]
pub fn mentions_room(manages: bool, is_open_to_all: bool) -> bool {
    manages || is_open_to_all
}

/// Checks that something may be posted into a room that is visible to its author.
///
/// # Errors
///
/// [`Error::Forbidden`] if the room is archived, or if only its managers post.
pub fn can_add(is_archived: bool, is_announcements: bool, manages: bool) -> Result<()> {
    if is_archived {
        return Err(Error::Forbidden(Denial::RoomArchived));
    }
    if is_announcements && !manages {
        return Err(Error::Forbidden(Denial::OnlyManagersPost));
    }
    Ok(())
}

/// Returns whether a message that is forwarded from a room of this kind names its author and its room. What was written
/// among few is told to nobody else but by its text.
#[must_use]
pub fn names_origin(kind: RoomKind) -> bool {
    kind == RoomKind::Open
}

/// Returns whether an account may change a room that is visible to it. The people of a direct room are equal.
#[must_use]
pub fn manages(actor: Identity, room: &RoomAccess) -> bool {
    (room.is_manager || actor.role == Role::Admin) && !room.is_direct
}

/// Returns whether an account may invite guests into a room that is visible to it. Guests invite nobody to the server.
/// Nobody is invited into an archived room.
#[must_use]
pub fn may_invite_guests(actor: Identity, room: &RoomAccess) -> bool {
    manages(actor, room) && actor.role != Role::Guest && !room.is_archived
}

/// Returns whether a user may add another one to a room, or begin a direct conversation. Members of the server know of
/// each other; guests, only of the people in their rooms.
#[must_use]
pub fn may_meet(actor: Role, other: Role, share_a_room: bool) -> bool {
    actor == Role::Admin || share_a_room || (actor != Role::Guest && other != Role::Guest)
}

/// Checks that a person who has `count` of something, of which each may have `max`, may add one.
///
/// # Errors
///
/// [`Error::Invalid`] of `field`.
pub fn can_have_another(count: u32, max: u32, field: &'static str) -> Result<()> {
    let max = max.try_into().unwrap_or(usize::MAX);
    let is_full = usize::try_from(count).unwrap_or(usize::MAX) >= max;
    check_field(field, is_full.then_some(Fault::TooMany { max }))
}

/// Checks that a user may create rooms.
///
/// # Errors
///
/// [`Error::Forbidden`] for guests, who see only what they were invited to.
pub fn can_create_rooms(actor: Option<Identity>) -> Result<UserId> {
    match actor.ok_or(Error::SignInNeeded)? {
        Identity {
            role: Role::Guest, ..
        } => Err(Error::Forbidden(Denial::GuestsCreateNoRooms)),
        Identity { user, .. } => Ok(user),
    }
}

/// Checks that `actor` has the permission for an action; `None` is a visitor who is not signed in. The facts about the
/// room were looked up for the actor.
///
/// # Errors
///
/// [`Error::NotFound`] if the object is not visible to the actor, as for a missing one; [`Error::SignInNeeded`] or
/// [`Error::Forbidden`] if it is visible, but the action is not permitted.
pub fn can(actor: Option<Identity>, verb: Verb, object: Object<'_>) -> Result<()> {
    let (Object::Room(room) | Object::Member(room, _) | Object::Message(room, _)) = object;
    visible_from(room.is_open, room.member_since).ok_or(Error::NotFound)?;
    if verb == Verb::See {
        return Ok(());
    }
    let actor = actor.ok_or(Error::SignInNeeded)?;
    let manages = manages(actor, room);
    if verb == Verb::Post {
        return can_add(room.is_archived, room.is_announcements, manages);
    }
    let is_other = match object {
        Object::Room(_) => false,
        Object::Member(_, user) => user != actor.user,
        Object::Message(_, message) => message.author_id != actor.user,
    };
    let denial = match verb {
        Verb::Follow | Verb::Pin if room.member_since.is_none() => Denial::JoinFirst,
        Verb::Join | Verb::React | Verb::Edit | Verb::Pin if room.is_archived => {
            Denial::RoomArchived
        }
        Verb::Pin if room.is_announcements && !manages => Denial::OnlyManagersPost,
        Verb::Join | Verb::Manage if room.is_direct => Denial::DirectRoom,
        Verb::Leave if room.is_direct && is_other => Denial::DirectRoom,
        Verb::Manage if !manages => Denial::NotManager,
        Verb::Join | Verb::Leave if is_other && !manages => Denial::NotManager,
        Verb::Edit if is_other => Denial::NotAuthor,
        Verb::Delete if is_other && !manages => Denial::NotAuthor,
        _ => return Ok(()),
    };
    Err(Error::Forbidden(denial))
}
