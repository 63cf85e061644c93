//! The inbox of a person: the messages by which others mean them.

use super::message::Message;
use serde::Serialize;
use utoipa::ToSchema;

/// Greatest number of items on a page of the inbox.
pub const INBOX_MAX: usize = 100;
/// Number of items on a page of the inbox without `limit`.
pub const INBOX_DEFAULT: usize = 30;

/// Why a message is in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InboxKind {
    /// It mentions the person, or everybody in the room.
    Mention,
    /// It replies to a message of the person.
    Reply,
}

impl InboxKind {
    /// Returns the name of the kind in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Reply => "reply",
        }
    }

    /// Parses a kind that a statement has selected.
    #[must_use]
    pub fn of_stored(name: &[u8]) -> Self {
        match name {
            b"reply" => Self::Reply,
            _ => Self::Mention,
        }
    }
}

/// An item of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
pub struct InboxItem {
    /// Why the message is in the inbox.
    pub kind: InboxKind,
    /// Whether it was read, in its room or in the inbox.
    pub read: bool,
    /// The message.
    pub message: Message,
}
