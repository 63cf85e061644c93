//! One spelling of time, in the file, on the wire and in pages.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A moment in UTC with milliseconds, written `2026-11-22T05:41:03.123Z`: sorts as text, and people read
/// it with `sqlite3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Reads any RFC 3339 time, in any offset; finer than milliseconds is cut off. `None`: not a time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Some(time.to_utc().into())
    }

    /// The same moment for calculations.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// To the second, as in plain-text history: `2026-11-22T05:41:03Z`.
    #[must_use]
    pub fn to_seconds(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(3))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an RFC 3339 time")
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_spelling() {
        let time = Timestamp::parse("2026-11-22T06:41:03.1239+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-11-22T05:41:03.123Z");
        assert_eq!(
            Timestamp::parse("2004-12-25T09:14:00Z")
                .unwrap()
                .to_string(),
            "2004-12-25T09:14:00.000Z"
        );
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
