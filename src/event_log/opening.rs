//! The opening of a tail: what becomes of the cursor of its reader.

use crate::{
    model::ids::{Cursor, EventId},
    store::cursors::CursorStatus,
};

/// The result of opening a tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// How the cursor was resolved.
    pub outcome: Outcome,
    /// The id after which the stream continues.
    pub from: EventId,
    /// The last visible event when the tail was opened.
    pub head: EventId,
}

/// How the cursor of a reader was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The cursor is the head, or none was given.
    Live,
    /// The events after the cursor follow.
    Replay,
    /// More events were missed than the reader's limit; the stream continues from the head.
    Gap,
    /// The cursor is invalid; the stream continues from the head.
    Reset,
}

/// Resolves a cursor in a scope with this head. `replay_max` is the greatest number of missed events that the reader
/// wants.
pub(super) fn resolve_cursor(
    cursor: Cursor,
    head: EventId,
    status: CursorStatus,
    replay_max: Option<u32>,
) -> Opening {
    let misses_more_than = |max: u32| status.is_far || status.missed > i64::from(max);
    let (outcome, from) = match cursor {
        Cursor::Latest => (Outcome::Live, head),
        Cursor::Unreadable => (Outcome::Reset, head),
        Cursor::After(id) if id > head || status.is_lost => (Outcome::Reset, head),
        Cursor::After(id) if id == head => (Outcome::Live, head),
        // The earliest cursor requests all events that still exist, so purged ones do not invalidate it.
        Cursor::After(id) if status.is_purged && id > EventId::EARLIEST => (Outcome::Reset, head),
        Cursor::After(_) if replay_max.is_some_and(misses_more_than) => (Outcome::Gap, head),
        Cursor::After(id) => (Outcome::Replay, id),
    };
    Opening {
        outcome,
        from,
        head,
    }
}
