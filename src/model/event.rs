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

/// One change of the log, as a reader of its room is told of it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in the log.
    pub id: EventId,
    /// Where it happened.
    pub room_id: RoomId,
    /// The slug of that room.
    pub room: String,
    /// Whether that room is open to everybody. A room's kind never changes.
    pub is_open: bool,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: Person,
    /// What happened: the name of the event on the wire.
    pub kind: String,
    /// What it happened to, as that is now.
    pub object: Object,
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
    /// Whether both are about the same thing, whose current state the later one has. Custom events stand for
    /// themselves.
    #[must_use]
    pub fn is_about_same(&self, other: &Self) -> bool {
        let is_same = match (&self.object, &other.object) {
            (Object::Message(a), Object::Message(b)) => a.id == b.id,
            (Object::Room(_), Object::Room(_)) => true,
            (Object::Member(a), Object::Member(b)) => a.user_id == b.user_id,
            _ => false,
        };
        is_same && self.room_id == other.room_id
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
    /// Somebody joined the server. Seen by nobody, it has no room.
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
}

/// Names that a bot may not use: those of the chat's own events and of the stream's control events, and the
/// two that a browser's `EventSource` fires by itself.
const RESERVED: [&str; 16] = [
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
