//! What clients saw, and what is left: all that the log checker needs to know.

use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

/// An event, as the log has it or as a reader was told of it. Two of one id must be equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) room: String,
    pub(super) kind: String,
    /// The message that it is about.
    pub(super) message: Option<i64>,
    /// The name that the poster gave to that message.
    pub(super) nonce: Option<String>,
}

/// How a post ended, for its poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Acknowledged, with this id.
    Acknowledged(i64),
    /// Refused: nothing may have been stored.
    Refused,
    /// No answer came: stored or not.
    Unknown,
}

/// One try to post.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) nonce: String,
    pub(super) sent: Instant,
    pub(super) answered: Instant,
    pub(super) outcome: Outcome,
}

/// A poster that looked for its message after it was acknowledged.
#[derive(Clone, Debug)]
pub(super) struct LookBack {
    pub(super) nonce: String,
    pub(super) found: bool,
}

/// A message that was changed, by one person in one order: version 1, 2, 3 …, and perhaps deleted after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// The last version that was acknowledged.
    pub(super) acknowledged: u32,
    /// The last version that was sent.
    pub(super) sent: u32,
    pub(super) deletion_acknowledged: bool,
    pub(super) deletion_sent: bool,
}

/// What is left of a message in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Version(u32),
    Deleted,
}

/// What one reader saw.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) reader: String,
    /// The rooms that it followed; `None`: all.
    pub(super) room: Option<String>,
    /// Its first cursor.
    pub(super) after: i64,
    pub(super) entries: Vec<Entry>,
    /// Its last cursor.
    pub(super) cursor: i64,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) posts: Vec<Post>,
    pub(super) look_backs: Vec<LookBack>,
    /// By message.
    pub(super) changes: BTreeMap<i64, Changes>,
    pub(super) views: Vec<View>,
    /// The log that is left, in its order.
    pub(super) log: Vec<Entry>,
    /// The messages that are left.
    pub(super) left: HashMap<i64, Left>,
}
