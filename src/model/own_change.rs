//! Changes that concern one person only, of whom only their own streams are told, by signals.

use super::ids::{EventId, RoomId, UserId};
use serde::Deserialize;
use strum::VariantArray;

/// A change of which a person's own streams are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChange {
    /// The person.
    pub user: UserId,
    /// What has changed.
    pub kind: OwnChangeKind,
}

/// What has changed for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnChangeKind {
    /// A read mark was moved.
    ReadMark(ReadMark),
    /// A setting was changed.
    Setting(Setting),
}

/// The read mark of a person in a room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadMark {
    /// The room.
    pub room_id: RoomId,
    /// Slug of the room.
    pub room: String,
    /// Whether the room is open.
    pub is_open: bool,
    /// The mark.
    pub read_up_to: EventId,
}

/// One of a person's own settings, which other devices of theirs show, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Setting {
    /// Whom they have blocked.
    Blocks,
    /// Which rooms stand first in their list.
    Favourites,
    /// Up to where they have read their inbox.
    Inbox,
    /// Which messages of a room they are notified about.
    Notify,
    /// Which messages they have saved.
    Saved,
}

impl Setting {
    /// Returns the name of the setting in the signal `me`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Favourites => "favourites",
            Self::Inbox => "inbox",
            Self::Notify => "notify",
            Self::Saved => "saved",
        }
    }

    /// Returns the setting with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let mut all = Self::VARIANTS.iter().copied();
        all.find(|setting| setting.name() == name)
    }
}
