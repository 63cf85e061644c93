//! Ids, and the cursor that a reader names.
//!
//! All ids are ids of events: a message's is that of the event that posted it, a room's and a
//! user's that of the event that made them.

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
    /// Names one change of the log. Rises in commit order, is never reused, stays below 2^53.
    EventId
    /// Names a message: the id of the event that posted it.
    MessageId
    /// Names a room: the id of the event that made it.
    RoomId
    /// Names a person: the id of the event by which they joined the server.
    UserId
}

impl EventId {
    /// Before everything there is.
    pub const EARLIEST: Self = Self(0);
    /// Ids stay below this (2^53): JSON numbers in a browser are exact up to here.
    pub const LIMIT: i64 = 1 << 53;
}

/// Where a reader says that it stands, before the log was asked whether that can be honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The head: only what comes from now on. What a reader without a cursor gets.
    Latest,
    /// "I have everything up to and including this."
    After(EventId),
    /// Not a cursor of any log; answered with `reset`, never with an error or with everything.
    Unreadable,
}

impl Cursor {
    /// Reads what a client sent: a decimal integer of at most 16 digits, `earliest` or `latest`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "latest" => Self::Latest,
            "earliest" => Self::After(EventId::EARLIEST),
            digits => parse_id(digits).map_or(Self::Unreadable, |id| Self::After(EventId(id))),
        }
    }
}

/// A decimal integer of 1 to 16 ASCII digits below 2^53: the only spelling of an id.
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
