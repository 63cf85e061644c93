//! Events: what happened, with the current state of what it happened to.

use super::{
    ids::{EventId, RoomId, UserId},
    message::Message,
    room::RoomInfo,
    time::Timestamp,
    user::Person,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// One change of the log, as its readers are told of it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in the log.
    pub id: EventId,
    /// Who may see it.
    pub audience: Audience,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: Person,
    /// What happened: the name of the event on the wire.
    pub kind: String,
    /// What it happened to, as that is now.
    pub object: Object,
}

/// The readers who may see an event.
#[derive(Clone, Debug)]
pub enum Audience {
    /// Those who may see a room.
    Room(RoomRef),
    /// Those who may see a person.
    OfPerson {
        /// Whether everybody may: the person is in an open room.
        is_public: bool,
        /// The rooms that the person is in; their members may.
        rooms: Vec<RoomId>,
    },
}

/// The room of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRef {
    /// Its id.
    pub id: RoomId,
    /// Its slug.
    pub slug: String,
    /// Whether it is open.
    pub is_open: bool,
}

/// What an event is about, in its current state.
#[derive(Clone, Debug)]
pub enum Object {
    /// `message`, `message-edited`, `message-deleted`, `reaction`.
    Message(Arc<Message>),
    /// `room`, `room-deleted`.
    Room(RoomInfo),
    /// `member`.
    Member(Member),
    /// `user`.
    User(Person),
    /// A bot's own event: the JSON that it posted.
    Custom(Box<RawValue>),
}

/// Whether somebody is a member of the event's room.
#[derive(Clone, Debug)]
pub struct Member {
    /// Id of the user whose membership changed.
    pub user_id: UserId,
    /// Handle of the user whose membership changed.
    pub handle: String,
    /// Whether they are a member now.
    pub state: Membership,
}

/// Whether somebody is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Membership {
    /// They are.
    Joined,
    /// They are not any more.
    Left,
}

impl Event {
    /// The room in which it happened; `None` for what changed about a person.
    #[must_use]
    pub fn room(&self) -> Option<&RoomRef> {
        match &self.audience {
            Audience::Room(room) => Some(room),
            Audience::OfPerson { .. } => None,
        }
    }

    /// Whether everybody may see it.
    #[must_use]
    pub fn is_for_everybody(&self) -> bool {
        match &self.audience {
            Audience::Room(room) => room.is_open,
            Audience::OfPerson { is_public, .. } => *is_public,
        }
    }

    /// Whether both are about the same thing, whose current state the later one has. Custom events stand for
    /// themselves.
    #[must_use]
    pub fn is_about_same(&self, other: &Self) -> bool {
        let is_same = match (&self.object, &other.object) {
            (Object::Message(a), Object::Message(b)) => a.id == b.id,
            (Object::Room(_), Object::Room(_)) => true,
            (Object::Member(a), Object::Member(b)) => a.user_id == b.user_id,
            (Object::User(a), Object::User(b)) => a.handle == b.handle,
            _ => false,
        };
        let room = |event: &Self| event.room().map(|room| room.id);
        is_same && room(self) == room(other)
    }

    /// The same with somebody's present name; `None`: it does not name them otherwise.
    #[must_use]
    pub fn renamed(&self, person: &Person) -> Option<Self> {
        let is_outdated =
            |named: &Person| named.handle == person.handle && named.name != person.name;
        let author = match &self.object {
            Object::Message(message) => Some(&message.author),
            _ => None,
        };
        if !is_outdated(&self.by) && !author.is_some_and(is_outdated) {
            return None;
        }
        let mut event = self.clone();
        if let Object::Message(message) = &mut event.object
            && is_outdated(&message.author)
        {
            Arc::make_mut(message).author = person.clone();
        }
        if is_outdated(&event.by) {
            event.by = person.clone();
        }
        Some(event)
    }
}

/// The names that events of the chat itself have, in the log and on the wire.
pub mod kind {
    /// A person has another name. The event by which a person joined the server, which nobody is told, has this name, too.
    pub const USER: &str = "user";
    /// A message was posted.
    pub const MESSAGE: &str = "message";
    /// A message was edited.
    pub const MESSAGE_EDITED: &str = "message-edited";
    /// A message was deleted.
    pub const MESSAGE_DELETED: &str = "message-deleted";
    /// A reaction was put or taken away.
    pub const REACTION: &str = "reaction";
    /// A room was made or changed.
    pub const ROOM: &str = "room";
    /// A room was deleted.
    pub const ROOM_DELETED: &str = "room-deleted";
    /// Somebody joined or left a room.
    pub const MEMBER: &str = "member";
    /// A bot posted an event of its own; on the wire it has the name that the bot gave it.
    pub const CUSTOM: &str = "custom";
}

/// Names that a bot may not use: those of the chat's own events and of the stream's control events, and the
/// two that a browser's `EventSource` fires by itself.
const RESERVED: [&str; 20] = [
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

/// Says what is wrong with the name of a custom event, or nothing.
#[must_use]
pub fn custom_kind_fault(name: &str) -> Option<&'static str> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if !starts_well || name.len() > 64 || !name.bytes().all(allowed) {
        return Some("[a-z][a-z0-9._-]{0,63}");
    }
    RESERVED
        .contains(&name)
        .then_some("this name is used by the server itself")
}
