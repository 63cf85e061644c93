//! Ids, and the cursors of readers.
//!
//! All ids are ids of events: the id of a message is that of the event that posted it, and the id of a room or user is
//! that of the event that created it.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! event_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

event_ids! {
    /// Identifies one event of the log. Ids rise in commit order, are never reused, and are less than 2^53.
    EventId
    /// Identifies a message: the id of the event that posted it.
    MessageId
    /// Identifies a room: the id of the event that created it.
    RoomId
    /// Identifies a user: the id of the event by which they joined the server.
    UserId
}

impl EventId {
    /// The position before the first event.
    pub const EARLIEST: Self = Self(0);
    /// Upper limit of ids (2^53): numbers in JavaScript are exact below it.
    pub const LIMIT: i64 = 1 << 53;
}

/// A cursor as sent by a reader, before its validity in the log was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The head of the log: only later events are sent. The default without a cursor.
    Latest,
    /// The position after this event, which the reader has received.
    After(EventId),
    /// Not a valid cursor. Answered with `reset`, and neither with an error nor with all events.
    Unreadable,
}

impl Cursor {
    /// Parses a cursor from a client: a decimal integer of at most 16 digits, `earliest` or `latest`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "latest" => Self::Latest,
            "earliest" => Self::After(EventId::EARLIEST),
            digits => parse_id(digits).map_or(Self::Unreadable, |id| Self::After(EventId(id))),
        }
    }
}

/// Parses an id: a decimal integer of 1 to 16 ASCII digits, less than 2^53.
#[must_use]
pub fn parse_id(text: &str) -> Option<i64> {
    let plain = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| text.parse().ok())
        .flatten()
        .filter(|id| *id < EventId::LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_cursors_are_never_taken_for_everything() {
        for odd in [
            "",
            "+5",
            " 5",
            "5 ",
            "５",
            "1e3",
            "0x10",
            "-1",
            "99999999999999999999",
            "9007199254740992",
            "all",
            "Latest",
        ] {
            assert_eq!(Cursor::parse(odd), Cursor::Unreadable, "{odd:?}");
        }
        assert_eq!(Cursor::parse(&"9".repeat(8192)), Cursor::Unreadable);
        assert_eq!(Cursor::parse("0"), Cursor::parse("earliest"));
    }

    proptest! {
        #[test]
        fn a_written_id_reads_back(id in 0..EventId::LIMIT) {
            prop_assert_eq!(Cursor::parse(&EventId(id).to_string()), Cursor::After(EventId(id)));
        }
    }
}
