//! Threads: the replies to a message, apart from the history of the room.

use super::{
    ids::{EventId, MessageId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The greatest number of threads in the list of those that a user follows in a room.
pub const FOLLOWED_MAX: usize = 200;

/// What is shown of a thread below its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThreadSummary {
    /// The message that the thread belongs to.
    pub root: MessageId,
    /// Number of replies that were not deleted.
    pub count: usize,
    /// When the last of them was posted; `null` if none is left.
    #[schema(required)]
    pub last_at: Option<Timestamp>,
    /// The handles of their authors, at most 20, in the order of their first replies.
    #[schema(max_items = 20)]
    pub by: Vec<String>,
}

/// A thread as one member of its room sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowedThread {
    /// The message that the thread belongs to.
    pub root: MessageId,
    /// Whether the caller follows the thread.
    pub follows: bool,
    /// Up to this event the caller has read the thread; 0 if nothing was read.
    pub read_up_to: EventId,
    /// Number of unread replies of others, at most 1,000. Only threads that the caller follows have unread replies.
    pub unread: u32,
}
