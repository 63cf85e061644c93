//! Who may do what: the one decision, for pages, the API, streams, signals and the log itself.
//!
//! The same rule for rows in SQL is `store/visibility.rs`; a test fails where it is spelled anywhere else.

use crate::{
    error::{Error, Result},
    model::ids::{EventId, UserId},
    store::{messages::MessageState, rooms::RoomAccess},
};

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// See a room, what is in it and who is in it.
    See,
    /// Post into a room, react there, or signal typing.
    Post,
    /// Change the name or topic of a room.
    Update,
    /// Become a member of a room, or make somebody else one.
    Join,
    /// End a membership of a room.
    Leave,
    /// Keep a read mark or a notification level in a room.
    Follow,
    /// Edit a message.
    Edit,
    /// Delete a message.
    Delete,
}

/// What it is to be done to.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// A room.
    Room(&'a RoomAccess),
    /// The membership of a user in a room.
    Member(&'a RoomAccess, UserId),
    /// A message of a room.
    Message(&'a RoomAccess, &'a MessageState),
}

/// The first event of a room that is visible to somebody; `None` if the room is not visible.
///
/// Everybody sees all of an open room. A closed one begins, for each of its members, with the event that made them one.
#[must_use]
pub fn visible_from(is_open: bool, member_since: Option<EventId>) -> Option<EventId> {
    if is_open {
        Some(EventId::EARLIEST)
    } else {
        member_since
    }
}

/// Decides whether `actor` may do this; `None` is somebody who is not signed in.
///
/// # Errors
///
/// [`Error::NotFound`] where the object is not visible to the actor, which looks the same as one that does not
/// exist; [`Error::SignInNeeded`] or [`Error::Forbidden`] where it is visible, but not theirs to do.
pub fn can(actor: Option<UserId>, verb: Verb, object: Object<'_>) -> Result<()> {
    let (Object::Room(room) | Object::Member(room, _) | Object::Message(room, _)) = object;
    visible_from(room.is_open, room.member_since).ok_or(Error::NotFound)?;
    if verb == Verb::See {
        return Ok(());
    }
    let actor = actor.ok_or(Error::SignInNeeded)?;
    let is_member = room.member_since.is_some();
    let refusal = match (verb, object) {
        (Verb::Update, _) if !is_member => "join the room to change it",
        (Verb::Follow, _) if !is_member => "join the room first",
        (Verb::Join, Object::Member(_, user)) if user != actor && !is_member => {
            "join the room to add somebody to it"
        }
        (Verb::Leave, Object::Member(_, user)) if user != actor && room.made_by != actor => {
            "only who made the room may remove others"
        }
        (Verb::Edit | Verb::Delete, Object::Message(_, message)) if message.author_id != actor => {
            "it is somebody else's message"
        }
        _ => return Ok(()),
    };
    Err(Error::Forbidden(refusal))
}
