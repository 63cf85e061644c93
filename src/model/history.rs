//! Pages of the history of a room, and the queries that select them.

use super::{
    ids::{EventId, MessageId},
    message::Message,
    time::Timestamp,
};

/// A part of a room's history, read in one snapshot.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// Messages, oldest first.
    pub messages: Vec<Message>,
    /// Id of the last event in the same snapshot. A stream that is opened at it continues without gap or overlap.
    pub head: EventId,
    /// Whether there are messages before the first one.
    pub has_older: bool,
    /// Whether there are messages after the last one.
    pub has_newer: bool,
}

/// Selects a page of history.
#[derive(Clone, Debug)]
pub struct HistoryQuery {
    /// Position of the page.
    pub anchor: Anchor,
    /// The greatest number of messages, 1 to 200.
    pub limit: usize,
    /// Which messages are on the page.
    pub filter: Filter,
    /// The history that the page is a part of.
    pub scope: Scope,
}

/// The messages of a room that make a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The messages that the room shows: all but the replies in threads that were not posted to the room, too.
    #[default]
    Shown,
    /// All messages of the room.
    All,
    /// The thread of a message, which comes first. Filters are not applied.
    Thread(MessageId),
}

/// The position of a page in the history of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The newest messages.
    Newest,
    /// Messages before this one.
    Before(MessageId),
    /// Messages after this one.
    After(MessageId),
    /// This message with messages before and after it.
    Around(MessageId),
    /// The first message at this time or later, with messages before and after it.
    At(Timestamp),
}

/// The filter of a page. A filtered page is in the order of time, others are in the order of ids. The orders differ
/// only for imported messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Handle of the author.
    pub author: Option<String>,
    /// Posted at this time or later.
    pub since: Option<Timestamp>,
    /// Posted before this time.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Returns whether the filter accepts every message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
