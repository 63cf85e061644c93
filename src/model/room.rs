//! Rooms, and the rules for their slugs and topics.

use super::{
    checked_text::checked_text,
    ids::{EventId, RoomId},
    text::line_fault,
    user::name_fault,
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

/// The properties of a room that all its readers see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomInfo {
    /// The slug: `[a-z0-9][a-z0-9-]{0,62}`.
    pub slug: String,
    /// The display name.
    pub name: String,
    /// A description in one line.
    pub topic: String,
    /// The kind, which determines who may see the room.
    pub kind: RoomKind,
}

/// A room as seen by one viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Room)]
pub struct RoomView {
    /// The id, which is not sent to clients.
    #[serde(skip_serializing)]
    pub id: RoomId,
    /// The properties that all readers see.
    #[serde(flatten)]
    pub info: RoomInfo,
    /// Whether the viewer is a member.
    pub joined: bool,
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
/// The greatest number of rooms on a page of the list of rooms.
pub const ROOM_LIST_MAX: usize = 200;
/// Maximum length of a topic in characters.
pub const TOPIC_MAX: usize = 250;
/// Maximum length of a slug in characters, which are ASCII.
pub const SLUG_MAX: usize = 63;

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
    /// A valid slug.
    Slug
}

checked_text! {
    /// A valid display name of a room.
    RoomName
}

checked_text! {
    /// A valid topic.
    Topic
}

impl Slug {
    /// Parses a slug.
    pub fn parse(text: String) -> Result<Self, Fault> {
        slug_fault(&text).map_or(Ok(Self(text)), Err)
    }

    /// Derives a slug from a name in any script: `Design & 读书会` becomes `design-du-shu-hui`. It is `room` if no usable
    /// characters remain.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self(slug_of(name))
    }
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
    pub name: RoomName,
    pub topic: Topic,
    pub kind: RoomKind,
}

impl NewRoom {
    /// Returns the properties of the room that is created, with this slug.
    #[must_use]
    pub fn into_info(self, slug: String) -> RoomInfo {
        RoomInfo {
            slug,
            name: self.name.into_string(),
            topic: self.topic.into_string(),
            kind: self.kind,
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

/// Reserved slug: `/rooms/new` is the page for creating rooms.
pub const SLUG_OF_NEW: &str = "new";

/// Returns what is wrong with a slug, or `None`.
#[must_use]
pub fn slug_fault(slug: &str) -> Option<Fault> {
    if slug == SLUG_OF_NEW {
        return Some(Fault::SlugReserved);
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match slug.len() {
        1..=SLUG_MAX if slug.bytes().all(allowed) && !slug.starts_with('-') => None,
        _ => Some(Fault::SlugInvalid { max: SLUG_MAX }),
    }
}

/// Returns a slug for a name, see [`Slug::of_name`].
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = slug::slugify(name);
    slug.truncate(SLUG_MAX);
    let slug = slug.trim_end_matches('-');
    match slug {
        "" => "room".into(),
        SLUG_OF_NEW => format!("{slug}-room"),
        slug => slug.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_makes_a_slug() {
        for name in [
            "General",
            "读书会",
            "Ünïcode!",
            "🎉",
            "--",
            &"long name ".repeat(30),
        ] {
            assert_eq!(slug_fault(&slug_of(name)), None, "{name}");
        }
        assert_eq!(slug_of("Deploys & Ops"), "deploys-ops");
    }
}
