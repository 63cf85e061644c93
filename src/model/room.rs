//! Rooms, and the rules for their names and topics.

use super::{
    checked_text::checked_text,
    ids::{EventId, MessageId, RoomId},
    slug::Slug,
    text::line_fault,
    user::{Person, mention_key, name_fault},
};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Type},
};

/// Who may see a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum RoomKind {
    /// Visible to everyone. Posting into it joins it.
    Open,
    /// Visible to its members.
    Closed,
    /// A direct conversation, visible to its members.
    Direct,
}

impl RoomKind {
    /// Parses a stored kind. Unknown kinds are closed, so that no user gets access by mistake.
    #[must_use]
    pub fn of_stored(text: &[u8]) -> Self {
        match text {
            b"open" => Self::Open,
            b"direct" => Self::Direct,
            _ => Self::Closed,
        }
    }
}

/// The messages of a room that a member is notified about.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum NotifyLevel {
    /// All messages.
    Everything,
    /// Messages that mention the member, and all messages of direct conversations.
    #[default]
    Mentions,
    /// No messages: the room is muted.
    Nothing,
}

impl NotifyLevel {
    /// All levels in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Mentions, Self::Nothing];

    /// The names of all levels.
    pub const NAMES: [&'static str; 3] = [
        Self::Everything.name(),
        Self::Mentions.name(),
        Self::Nothing.name(),
    ];

    /// Returns the name of the level in forms and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
        }
    }
}

/// What a member may do in a room.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum RoomRole {
    /// Reads and posts.
    #[default]
    Member,
    /// Changes the room, and adds, removes and names its members and managers.
    Manager,
}

impl RoomRole {
    /// The names of all roles.
    pub const NAMES: [&'static str; 2] = ["member", "manager"];

    /// Parses the name of a role.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "member" => Some(Self::Member),
            "manager" => Some(Self::Manager),
            _ => None,
        }
    }
}

/// The properties of a room that all its readers see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent properties, as the API names them"
)]
pub struct RoomInfo {
    /// The slug: `[a-z0-9][a-z0-9-]{0,62}`.
    pub slug: String,
    /// The display name.
    pub name: String,
    /// A description in one line.
    pub topic: String,
    /// The kind, which determines who may see the room.
    pub kind: RoomKind,
    /// Whether the room is archived: nothing can be added to it.
    #[serde(default)]
    #[schema(required)]
    pub archived: bool,
    /// Whether only managers post. All members react.
    #[serde(default)]
    #[schema(required)]
    pub announcements: bool,
    /// Whether new members of the server become members of the room.
    #[serde(default)]
    #[schema(required)]
    pub auto_join: bool,
    /// Whether all members may mention everybody in the room by `@room`. Managers always may.
    #[serde(default)]
    #[schema(required)]
    pub room_mentions: bool,
    /// The ids of the pinned messages, the one that was pinned last first.
    #[serde(default)]
    #[schema(required, max_items = 100)]
    pub pins: Vec<MessageId>,
}

/// A room as seen by one viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Room)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as the API names them"
)]
pub struct RoomView {
    /// The id, which is not sent to clients.
    #[serde(skip_serializing)]
    pub id: RoomId,
    /// The properties that all readers see.
    #[serde(flatten)]
    pub info: RoomInfo,
    /// Whether the viewer is a member.
    pub joined: bool,
    /// What the viewer may do in the room as a member; null for others.
    #[schema(required)]
    pub role: Option<RoomRole>,
    /// Whether the viewer may change the room and its members.
    pub can_manage: bool,
    /// Whether somebody else has added the viewer, who has read nothing there yet.
    pub new: bool,
    /// Of a direct room: the other people in it.
    pub people: Vec<Person>,
    /// Id of the last event.
    pub head: EventId,
    /// The viewer's read mark: a cursor, 0 if there is none.
    pub read_up_to: EventId,
    /// Number of messages by others among the newest [`UNREAD_MAX`] after the read mark.
    #[schema(schema_with = unread_schema)]
    pub unread: i64,
    /// Number of those messages that mention the viewer.
    #[schema(schema_with = mentions_schema)]
    pub mentions: i64,
    /// The viewer's notification level.
    pub notify: NotifyLevel,
    /// Whether the room is one of the viewer's favourites, which stand first in lists of rooms.
    pub favourite: bool,
}

impl RoomView {
    /// Returns whether the viewer has muted the room.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.notify == NotifyLevel::Nothing
    }

    /// Returns the effective notification level, which depends on the kind of the room.
    #[must_use]
    pub fn effective_notify(&self) -> NotifyLevel {
        match (self.info.kind, self.notify) {
            (RoomKind::Direct, NotifyLevel::Mentions) => NotifyLevel::Everything,
            (_, level) => level,
        }
    }
}

/// Maximum number of unread messages that are examined, which limits the cost of the count.
pub const UNREAD_MAX: i64 = 1000;
/// The slug of the room that a new server has.
pub const FIRST_ROOM: &str = "general";
/// The greatest number of rooms on a page of the list of rooms.
pub const ROOM_LIST_MAX: usize = 200;
/// Maximum length of a topic in characters.
pub const TOPIC_MAX: usize = 250;

fn unread_schema() -> ObjectBuilder {
    count_schema().description(Some(format!(
        "Number of messages by others among the newest {UNREAD_MAX} after the read mark."
    )))
}

fn mentions_schema() -> ObjectBuilder {
    count_schema().description(Some("Number of those messages that mention the caller."))
}

fn count_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(UNREAD_MAX))
}

checked_text! {
    /// A valid display name of a room.
    RoomName
}

checked_text! {
    /// A valid topic.
    Topic
}

impl RoomName {
    /// Parses a name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let name = text.trim();
        name_fault(name).map_or_else(|| Ok(Self(name.to_owned())), Err)
    }
}

impl Topic {
    /// Parses a topic. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let topic = text.trim();
        topic_fault(topic).map_or_else(|| Ok(Self(topic.to_owned())), Err)
    }
}

/// A room to be created.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct NewRoom {
    pub slug: Slug,
    pub name: FoldedRoomName,
    pub topic: Topic,
    pub kind: RoomKind,
    #[serde(default)]
    pub auto_join: bool,
}

/// Least number of people in a direct room.
pub const DIRECT_MIN: usize = 2;
/// Greatest number of people in a direct room.
pub const DIRECT_MAX: usize = 10;

/// The direct room of some people, which is created if it does not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewDirectRoom {
    /// The slug that the room gets if it is created.
    pub slug: Slug,
    /// The handles of the people other than the actor.
    pub handles: Vec<String>,
}

/// The name of a room, with the form by which names of open rooms are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct FoldedRoomName {
    pub name: RoomName,
    pub folded: String,
}

impl FoldedRoomName {
    /// Folds a name.
    #[must_use]
    pub fn new(name: RoomName) -> Self {
        let folded = fold_room_name(name.as_str());
        Self { name, folded }
    }
}

/// Returns the form of a name that is equal for names which differ only in case or encoding.
#[must_use]
pub fn fold_room_name(name: &str) -> String {
    mention_key(name)
}

/// Changes of the properties of a room. `None` leaves a value unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomUpdate {
    /// The new name.
    pub name: Option<FoldedRoomName>,
    /// The new topic.
    pub topic: Option<Topic>,
    /// The new kind. An open room can become a closed one; there is no other change.
    pub kind: Option<RoomKind>,
    /// Whether the room is archived.
    pub archived: Option<bool>,
    /// Whether only managers post.
    pub announcements: Option<bool>,
    /// Whether new members of the server become members of the room.
    pub auto_join: Option<bool>,
    /// Whether all members may mention everybody in the room.
    pub room_mentions: Option<bool>,
}

impl NewRoom {
    /// Returns the properties of the room that is created, with this slug.
    #[must_use]
    pub fn into_info(self, slug: String) -> RoomInfo {
        RoomInfo {
            slug,
            name: self.name.name.into_string(),
            topic: self.topic.into_string(),
            kind: self.kind,
            archived: false,
            announcements: false,
            auto_join: self.auto_join,
            room_mentions: false,
            pins: Vec::new(),
        }
    }
}

/// Returns what is wrong with a topic, or `None`.
#[must_use]
pub fn topic_fault(topic: &str) -> Option<Fault> {
    if topic.chars().count() > TOPIC_MAX {
        return Some(Fault::TooLong { max: TOPIC_MAX });
    }
    line_fault(topic)
}
