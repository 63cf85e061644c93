//! One spelling of time, in the file, on the wire and in pages.

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, SubsecRound, Timelike as _, Utc};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// A moment in UTC with milliseconds, written `2026-11-22T05:41:03.123Z`: sorts as text, and people read
/// it with `sqlite3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Reads any RFC 3339 time, in any offset; finer than milliseconds is cut off. `None`: not a time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(time) = parse_own_spelling(text.as_bytes()) {
            return Some(time);
        }
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Some(time.to_utc().into())
    }

    /// The same moment for calculations.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Digit by digit; `None`: in a year that has not four digits.
    #[must_use]
    pub fn spelling(self) -> Option<[u8; 24]> {
        own_spelling(self.0)
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

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spelling() {
            Some(text) => f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?),
            None => f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true)),
        }
    }
}

/// The spelling above, digit by digit: a replay reads and writes hundreds of thousands of them, and the general
/// way costs as much as the rest of a message. Each number with where its digits end.
const OWN_SPELLING: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
const ENDS: [(usize, usize); 7] = [(4, 4), (7, 2), (10, 2), (13, 2), (16, 2), (19, 2), (23, 3)];

fn own_spelling(time: DateTime<Utc>) -> Option<[u8; 24]> {
    let year = u32::try_from(time.year())
        .ok()
        .filter(|year| *year < 10_000)?;
    let (month, day, hour) = (time.month(), time.day(), time.hour());
    let milliseconds = time.timestamp_subsec_millis();
    let numbers = [
        year,
        month,
        day,
        hour,
        time.minute(),
        time.second(),
        milliseconds,
    ];
    let mut text = *OWN_SPELLING;
    for ((end, length), mut number) in ENDS.into_iter().zip(numbers) {
        for digit in text[end - length..end].iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).ok()?;
            number /= 10;
        }
    }
    Some(text)
}

fn parse_own_spelling(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 24] = text.try_into().ok()?;
    let is_like = |(byte, like): (&u8, &u8)| match like {
        b'0' => byte.is_ascii_digit(),
        _ => byte == like,
    };
    if !text.iter().zip(OWN_SPELLING).all(is_like) {
        return None;
    }
    let number = |(end, length): (usize, usize)| {
        let digits = text[end - length..end].iter();
        digits.fold(0, |number, digit| 10 * number + u32::from(digit - b'0'))
    };
    let [year, month, day, hour, minute, second, milliseconds] = ENDS.map(number);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let time = date.and_hms_milli_opt(hour, minute, second, milliseconds)?;
    Some(Timestamp(time.and_utc()))
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

    #[test]
    fn its_own_spelling_reads_as_any_other() {
        for text in [
            "1970-01-01T00:00:00.000Z",
            "2024-02-29T23:59:59.999Z",
            "9999-12-31T23:59:59.001Z",
            "0001-01-01T10:20:30.040Z",
        ] {
            let time = parse_own_spelling(text.as_bytes()).unwrap();
            let general = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            assert_eq!(time.to_utc(), general);
            assert_eq!(time.to_string(), text);
        }
        for text in [
            "2023-02-29T00:00:00.000Z",
            "2023-13-01T00:00:00.000Z",
            "2023-01-01T24:00:00.000Z",
            "2023-01-01t00:00:00.000Z",
            "2023-01-01T00:00:00,000Z",
            "２023-01-01T00:00:00.00Z",
        ] {
            assert_eq!(parse_own_spelling(text.as_bytes()), None, "{text}");
        }
    }
}
