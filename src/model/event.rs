//! Events: the changes of the log, with the current state of their objects.

use super::{
    checked_text::checked_text,
    ids::{EventId, RoomId, UserId},
    message::Message,
    room::{RoomInfo, RoomRole},
    time::Timestamp,
    user::{Person, UserInfo},
};
use crate::fault::Fault;
use serde::Serialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// One change of the log, as sent to readers.
#[derive(Clone, Debug)]
pub struct Event {
    /// The position in the log.
    pub id: EventId,
    /// The readers who may see the event.
    pub audience: Audience,
    /// The time of the change.
    pub at: Timestamp,
    /// The user who made the change.
    pub by: Person,
    /// The name of the event on the wire.
    pub kind: String,
    /// The object of the change in its current state.
    pub object: Object,
}

/// The readers who may see an event.
#[derive(Clone, Debug)]
pub enum Audience {
    /// The readers of a room.
    Room(RoomRef),
    /// The readers who may see a user.
    OfPerson {
        /// Whether the user is visible to all who see open rooms.
        is_public: bool,
        /// The rooms that the user is a member of. Their members may see the event. Shared, since they may be many.
        rooms: Arc<[RoomId]>,
    },
}

/// The room of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRef {
    /// The id.
    pub id: RoomId,
    /// The slug.
    pub slug: String,
    /// Whether the room is open.
    pub is_open: bool,
    /// Whether the room ceased to be open by this event, which is the last one that others than its members see.
    pub is_closing: bool,
}

/// The object of an event in its current state.
#[derive(Clone, Debug)]
pub enum Object {
    /// The object of `message`, `message-edited`, `message-deleted` and `reaction`.
    Message(Arc<Message>),
    /// The object of `room` and `room-deleted`.
    Room(RoomInfo),
    /// The object of `member`.
    Member(Member),
    /// The object of `user`.
    User(UserInfo),
    /// A custom event of a bot: the JSON that it posted.
    Custom(Box<RawValue>),
}

/// The membership of a user in the event's room.
#[derive(Clone, Debug)]
pub struct Member {
    /// Id of the user whose membership changed.
    pub user_id: UserId,
    /// Handle of the user whose membership changed.
    pub handle: String,
    /// The current state of the membership.
    pub state: Membership,
    /// What the member may do in the room.
    pub role: RoomRole,
    /// The last event about the membership, which may be a later one.
    pub last: EventId,
}

/// The state of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Membership {
    /// The user is a member.
    Joined,
    /// The user is no longer a member.
    Left,
}

impl Event {
    /// Returns the room of the event; `None` for a change of a user.
    #[must_use]
    pub fn room(&self) -> Option<&RoomRef> {
        match &self.audience {
            Audience::Room(room) => Some(room),
            Audience::OfPerson { .. } => None,
        }
    }

    /// Returns whether the event is visible to all who see open rooms.
    #[must_use]
    pub fn is_for_everybody(&self) -> bool {
        match &self.audience {
            Audience::Room(room) => room.is_open || room.is_closing,
            Audience::OfPerson { is_public, .. } => *is_public,
        }
    }

    /// Returns whether both events have the same object, whose current state is part of the later one. Custom events
    /// have no common object.
    #[must_use]
    pub fn is_about_same(&self, other: &Self) -> bool {
        let is_same = match (&self.object, &other.object) {
            (Object::Message(a), Object::Message(b)) => a.id == b.id,
            (Object::Room(_), Object::Room(_)) => true,
            (Object::Member(a), Object::Member(b)) => a.user_id == b.user_id,
            (Object::User(a), Object::User(b)) => a.person.handle == b.person.handle,
            _ => false,
        };
        let room = |event: &Self| event.room().map(|room| room.id);
        is_same && room(self) == room(other)
    }

    /// Returns a copy with the current name and role of a user; `None` if nothing in the event is outdated.
    #[must_use]
    pub fn with_current(&self, user: &UserInfo) -> Option<Self> {
        let person = &user.person;
        let is_outdated =
            |named: &Person| named.handle == person.handle && named.name != person.name;
        let is_object_outdated = match &self.object {
            Object::Message(message) => {
                let author = &message.author;
                is_outdated(author)
                    || author.handle == person.handle && message.is_author_imported != user.imported
            }
            Object::User(cached) => cached.person.handle == person.handle && cached != user,
            _ => false,
        };
        if !is_outdated(&self.by) && !is_object_outdated {
            return None;
        }
        let mut event = self.clone();
        match &mut event.object {
            Object::Message(message) if is_object_outdated => {
                let message = Arc::make_mut(message);
                message.author = person.clone();
                message.is_author_imported = user.imported;
            }
            Object::User(cached) if is_object_outdated => *cached = user.clone(),
            _ => {}
        }
        if is_outdated(&event.by) {
            event.by = person.clone();
        }
        Some(event)
    }
}

/// The names of the chat's own events, in the log and on the wire.
pub mod kind {
    /// A user has another name or role. The event of joining the server, which is never sent to readers, has this name as
    /// well.
    pub const USER: &str = "user";
    /// A message was posted.
    pub const MESSAGE: &str = "message";
    /// A message was edited.
    pub const MESSAGE_EDITED: &str = "message-edited";
    /// A message was deleted.
    pub const MESSAGE_DELETED: &str = "message-deleted";
    /// A reaction was added or removed.
    pub const REACTION: &str = "reaction";
    /// A room was created or changed.
    pub const ROOM: &str = "room";
    /// A room was deleted.
    pub const ROOM_DELETED: &str = "room-deleted";
    /// A user joined or left a room.
    pub const MEMBER: &str = "member";
    /// A custom event of a bot. On the wire it has the name that the bot gave it.
    pub const CUSTOM: &str = "custom";
}

/// Names that custom events must not use: those of the chat's own events and of the stream's control events, and the
/// two events that a browser's `EventSource` fires itself.
pub const RESERVED: [&str; 20] = [
    kind::USER,
    kind::MESSAGE,
    kind::MESSAGE_EDITED,
    kind::MESSAGE_DELETED,
    kind::REACTION,
    kind::ROOM,
    kind::ROOM_DELETED,
    kind::MEMBER,
    "hello",
    "caught-up",
    "ping",
    "bye",
    "typing",
    "presence",
    "message-progress",
    "read",
    "me",
    "inbox",
    "open",
    "error",
];

/// Maximum length of the name of a custom event in characters, which are ASCII.
pub const CUSTOM_KIND_MAX: usize = 64;

checked_text! {
    /// A valid name of a custom event.
    CustomEventName
}

impl CustomEventName {
    /// Parses a name.
    pub fn parse(text: String) -> Result<Self, Fault> {
        custom_kind_fault(&text).map_or(Ok(Self(text)), Err)
    }
}

/// Returns what is wrong with the name of a custom event, or `None`.
fn custom_kind_fault(name: &str) -> Option<Fault> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if !starts_well || name.len() > CUSTOM_KIND_MAX || !name.bytes().all(allowed) {
        return Some(Fault::TypeInvalid {
            max: CUSTOM_KIND_MAX,
        });
    }
    RESERVED.contains(&name).then_some(Fault::TypeReserved)
}
