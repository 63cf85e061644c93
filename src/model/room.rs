//! Rooms, and what their addresses may look like.

use super::{
    ids::{EventId, RoomId},
    text::line_fault,
};
use serde::{Deserialize, Serialize};

/// Who may see a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum RoomKind {
    /// Everybody; posting into it joins it.
    Open,
    /// Its members.
    Closed,
    /// The people whom it is between.
    Direct,
}

impl RoomKind {
    /// Reads a kind as it is stored. One that is not known is closed: nobody is let in by mistake.
    #[must_use]
    pub fn of_stored(text: &[u8]) -> Self {
        match text {
            b"open" => Self::Open,
            b"direct" => Self::Direct,
            _ => Self::Closed,
        }
    }
}

/// What a member wants to be told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum NotifyLevel {
    /// Each message.
    Everything,
    /// Messages that mention them, and every one between people.
    #[default]
    Mentions,
    /// None: the room is muted.
    Nothing,
}

impl NotifyLevel {
    /// In the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Mentions, Self::Nothing];

    /// As it stands in a form and in a page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
        }
    }
}

/// A room as everybody who may see it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its address: `[a-z0-9][a-z0-9-]{0,62}`.
    pub slug: String,
    /// For display.
    pub name: String,
    /// One line on what it is for.
    pub topic: String,
    /// Who may see it.
    pub kind: RoomKind,
}

/// A room as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// For the server's own use, never on the wire.
    #[serde(skip_serializing)]
    pub id: RoomId,
    /// What everybody sees.
    #[serde(flatten)]
    pub info: RoomInfo,
    /// Whether the viewer is a member.
    pub joined: bool,
    /// Its last event.
    pub head: EventId,
    /// The viewer's read mark: a cursor, 0 where there is none.
    pub read_up_to: EventId,
    /// Messages by others among the newest [`UNREAD_MAX`] after the read mark.
    pub unread: i64,
    /// Those of them that mention the viewer.
    pub mentions: i64,
    /// What the viewer wants to be told of.
    pub notify: NotifyLevel,
}

impl RoomView {
    /// Whether nothing about it shall stand out.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.notify == NotifyLevel::Nothing
    }

    /// Of which messages the viewer is told, its kind considered.
    #[must_use]
    pub fn told_of(&self) -> NotifyLevel {
        match (self.info.kind, self.notify) {
            (RoomKind::Direct, NotifyLevel::Mentions) => NotifyLevel::Everything,
            (_, level) => level,
        }
    }
}

/// Unread messages are counted among so many: a badge has no use for more, and the count stays cheap.
pub const UNREAD_MAX: i64 = 1000;
/// In characters.
pub const TOPIC_MAX: usize = 250;
/// In characters, which are bytes here.
const SLUG_MAX: usize = 63;

/// Says what is wrong with a topic, or nothing.
#[must_use]
pub fn topic_fault(topic: &str) -> Option<&'static str> {
    if topic.chars().count() > TOPIC_MAX {
        return Some("at most 250 characters");
    }
    line_fault(topic)
}

/// `/rooms/new` is the page on which rooms are made.
const SLUG_OF_NEW: &str = "new";

/// Says what is wrong with a slug, or nothing.
#[must_use]
pub fn slug_fault(slug: &str) -> Option<&'static str> {
    if slug == SLUG_OF_NEW {
        return Some("this address is taken by the page that makes rooms");
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match slug.len() {
        1..=SLUG_MAX if slug.bytes().all(allowed) && !slug.starts_with('-') => None,
        _ => Some("1 to 63 of a-z, 0-9 and -, not starting with -"),
    }
}

/// The slug of a name in any script: `Design & 读书会` → `design-du-shu-hui`; `room` where nothing is left.
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
