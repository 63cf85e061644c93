//! The steps of an import, which are changes.
//!
//! The command `import` makes them from the lines of an archive, and no request does. What a step refers to is named by
//! handles, slugs and nonces, and looked up when the step is applied.

use super::{account::NewAccount, room::RoomInfo, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One step of an import. The time of its change is the original time of what is imported.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum ImportStep {
    /// Begins an import. From here on, the ids that its messages leave unused are free for its users and rooms.
    Begin,
    /// Adds a message, its author and its room, unless they exist.
    Message(Box<ImportedMessage>),
    /// Adds mentions of users who were created after the message. Gives the mention keys of the handles.
    Mentions {
        message: MessageKey,
        mentions: Vec<String>,
    },
    /// Marks a message as edited.
    Edit { message: MessageKey },
    /// Marks a message as deleted.
    Deletion { message: MessageKey },
    /// Adds a reaction, and the user who reacted.
    Reaction {
        message: MessageKey,
        emoji: String,
        user: Arc<NewAccount>,
    },
    /// Sets the name and topic of a room.
    Room {
        room: String,
        name: String,
        topic: String,
    },
    /// Adds a user to a room. All messages in the room count as read.
    Member { room: String, user: Arc<NewAccount> },
    /// Ends the import.
    End,
}

/// A message of an archive. It shares accounts and rooms with the other messages, which saves most of the memory of a
/// large import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportedMessage {
    /// The room. An existing room with this slug must be of the same kind.
    pub room: Arc<RoomInfo>,
    /// The creator of the room; `None` for the server itself.
    pub made_by: Option<Arc<NewAccount>>,
    /// The author.
    pub author: Arc<NewAccount>,
    /// The nonce, which is derived from the line if the message has none of its own.
    pub nonce: String,
    /// How the message is recognised if it is stored without a nonce.
    pub origin: Option<Origin>,
    /// The id, which is kept if it is greater than all ids that were used before.
    pub id: Option<i64>,
    /// The text; empty if the message was deleted.
    pub body: String,
    /// The mention keys of the handles in the text.
    pub mentions: Vec<String>,
    /// Whether the message is a reply.
    pub is_reply: bool,
    /// The message that it replies to; `None` if the archive does not contain it.
    pub reply_to: Option<MessageKey>,
    /// Whether the message is a reply in a thread.
    #[serde(default)]
    pub is_in_thread: bool,
    /// The message that its thread belongs to; `None` if the archive does not contain it.
    #[serde(default)]
    pub thread: Option<MessageKey>,
    /// Whether a reply in a thread is shown in the room, too.
    #[serde(default)]
    pub also_in_room: bool,
}

/// Identifies a message that was imported, or that is stored already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageKey {
    /// The handle of the author.
    pub author: String,
    /// The nonce, which is derived from the line if the message has none of its own.
    pub nonce: String,
    /// How the message is recognised if it is stored without a nonce.
    pub origin: Option<Origin>,
}

/// The id and time of a message without a nonce. A stored message without a nonce that has both, and the same author
/// and room, is the same message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct Origin {
    pub id: i64,
    pub at: Timestamp,
}

/// What a step of an import has added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Whether a message was added; false if it existed already.
    pub is_new: bool,
    /// Whether the message is the first one of its room.
    pub is_first: bool,
    /// Whether the message was added as an ordinary one, since the message that it replies to, or
    /// whose thread it belongs to, is not in the room yet.
    pub is_orphan: bool,
    /// Number of users that were created.
    pub users: u64,
    /// Number of rooms that were created.
    pub rooms: u64,
}
