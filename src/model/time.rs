//! Timestamps in UTC with milliseconds, in one format for the database, the API and pages.

use chrono::{
    DateTime, Datelike as _, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Timelike as _, Utc,
};
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, time::Duration};

/// A time in UTC with milliseconds, between the years 0000 and 9999, written `2026-11-22T05:41:03.123Z`.
///
/// This format sorts as text, and is readable in `sqlite3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The earliest time that can be written.
    pub const MIN: Self = Self::at_millis(-62_167_219_200_000);
    /// The latest time that can be written.
    pub const MAX: Self = Self::at_millis(253_402_300_799_999);
    /// The placeholder for a stored time that cannot be read: `0000-01-01T00:00:00.000Z`.
    pub const UNKNOWN: Self = Self::MIN;

    const fn at_millis(milliseconds: i64) -> Self {
        match DateTime::from_timestamp_millis(milliseconds) {
            Some(time) => Self(time),
            None => Self(DateTime::UNIX_EPOCH),
        }
    }

    /// Parses an RFC 3339 time with any offset. Digits after the milliseconds are truncated, and second 60 becomes
    /// 59.999. Returns `None` for anything else, and for years outside of 0000 to 9999 in UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_own_spelling(text.as_bytes()).or_else(|| Self::within_range(parse_rfc3339(text)?))
    }

    /// Parses like [`Timestamp::parse`], or a date such as `2026-11-22`, which begins at midnight UTC.
    #[must_use]
    pub fn parse_or_date(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(&format!("{text}T00:00:00Z")))
    }

    /// Parses like [`Timestamp::parse`], but clamps times outside of the range. Queries use this, since "until the year
    /// 10000" is a meaningful question.
    #[must_use]
    pub fn parse_clamped(text: &str) -> Option<Self> {
        parse_own_spelling(text.as_bytes()).or_else(|| Some(parse_rfc3339(text)?.into()))
    }

    /// Parses a stored time: in the format of this program, in RFC 3339, or in the formats of SQLite's functions
    /// (`2020-01-01 10:00:00`, `2020-01-01`), which are UTC. Returns `None` for anything else.
    #[must_use]
    pub fn parse_stored(text: &[u8]) -> Option<Self> {
        parse_own_spelling(text).or_else(|| {
            let text = str::from_utf8(text).ok()?;
            Self::parse(text).or_else(|| parse_sqlite_spelling(text))
        })
    }

    /// Returns the time if it lies within the years 0000 to 9999.
    fn within_range(time: DateTime<Utc>) -> Option<Self> {
        let clamped = Self::from(time);
        (time.year() == clamped.0.year()).then_some(clamped)
    }

    /// Returns the time that was this number of hours earlier.
    #[must_use]
    pub fn hours_before(self, hours: i64) -> Self {
        let earlier = self.0.checked_sub_signed(TimeDelta::hours(hours));
        earlier.map_or(Self::MIN, Self::from)
    }

    /// Returns the time as a chrono value, for calculations.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Returns the time as ASCII, such as `2026-11-22T05:41:03.123Z`.
    #[must_use]
    pub fn spelling(self) -> [u8; 24] {
        let time = self.0;
        let numbers = [
            time.year().unsigned_abs(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.timestamp_subsec_millis(),
        ];
        let mut text = *OWN_SPELLING;
        for ((end, length), mut number) in ENDS.into_iter().zip(numbers) {
            for digit in text[end - length..end].iter_mut().rev() {
                *digit = b"0123456789"[(number % 10) as usize];
                number /= 10;
            }
        }
        text
    }

    /// Returns the time with this number of milliseconds after 1970, clamped to the range.
    #[must_use]
    pub fn of_millis(milliseconds: i64) -> Self {
        Self::at_millis(milliseconds.clamp(
            Self::MIN.0.timestamp_millis(),
            Self::MAX.0.timestamp_millis(),
        ))
    }

    /// Returns how long it is until a later time; zero if that is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        (later.0 - self.0).to_std().unwrap_or_default()
    }

    /// Returns the time that lies this long before, clamped to the range.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::of_millis(self.0.timestamp_millis().saturating_sub(milliseconds))
    }

    /// Returns the time that lies this long after, clamped to the range.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::of_millis(self.0.timestamp_millis().saturating_add(milliseconds))
    }

    /// Formats to the second, as in plain-text history: `2026-11-22T05:41:03Z`.
    #[must_use]
    pub fn to_seconds(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Truncates to milliseconds. Second 60, which chrono represents as a second with 1,000 or more milliseconds,
    /// becomes 59.999. Times outside of the range are clamped.
    fn from(time: DateTime<Utc>) -> Self {
        let milliseconds = time.timestamp_subsec_millis().min(999);
        let second = DateTime::from_timestamp(time.timestamp(), 0).unwrap_or(time);
        let time = second + TimeDelta::milliseconds(milliseconds.into());
        Self(time.clamp(Self::MIN.0, Self::MAX.0))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an RFC 3339 time of the years 0000 to 9999 (UTC)")
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
        f.write_str(str::from_utf8(&self.spelling()).map_err(|_| fmt::Error)?)
    }
}

/// The format of this program, which is parsed and written here: a replay does so hundreds of thousands of times, and
/// chrono's general parser and formatter would cost as much as all other work for a message.
const OWN_SPELLING: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
/// The end and the number of digits of each number in [`OWN_SPELLING`].
const ENDS: [(usize, usize); 7] = [(4, 4), (7, 2), (10, 2), (13, 2), (16, 2), (19, 2), (23, 3)];

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

fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc())
}

/// Parses the formats of SQLite's `datetime()` and `date()` (<https://sqlite.org/lang_datefunc.html>).
fn parse_sqlite_spelling(text: &str) -> Option<Timestamp> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"));
    let time =
        time.or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d").map(NaiveDateTime::from));
    Timestamp::within_range(time.ok()?.and_utc())
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
    fn a_year_has_four_digits_in_utc() {
        let late = "9999-12-31T23:59:59-01:00";
        let early = "0000-01-01T00:00:00+01:00";
        assert_eq!(Timestamp::parse(late), None);
        assert_eq!(Timestamp::parse(early), None);
        assert_eq!(Timestamp::parse_clamped(late), Some(Timestamp::MAX));
        assert_eq!(Timestamp::parse_clamped(early), Some(Timestamp::MIN));
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from(DateTime::<Utc>::MAX_UTC), Timestamp::MAX);
        assert_eq!(Timestamp::from(DateTime::<Utc>::MIN_UTC), Timestamp::MIN);
    }

    #[test]
    fn second_60_is_the_end_of_its_minute() {
        for text in ["2016-12-31T23:59:60Z", "2017-01-01T00:59:60.5+01:00"] {
            let time = Timestamp::parse(text).unwrap();
            assert_eq!(time.to_string(), "2016-12-31T23:59:59.999Z");
            assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }
    }

    #[test]
    fn a_stored_time_may_be_written_by_sqlite() {
        for (text, time) in [
            ("2020-01-01 10:00:00", "2020-01-01T10:00:00.000Z"),
            ("2020-01-01 10:00:00.5", "2020-01-01T10:00:00.500Z"),
            ("2020-01-01 10:00", "2020-01-01T10:00:00.000Z"),
            ("2020-01-01", "2020-01-01T00:00:00.000Z"),
            ("2020-01-01T10:00:00+02:00", "2020-01-01T08:00:00.000Z"),
        ] {
            let stored = Timestamp::parse_stored(text.as_bytes());
            assert_eq!(stored.unwrap().to_string(), time);
        }
        for text in [
            "",
            "now",
            "+10000-01-01T00:59:59.000Z",
            "-0001-12-31T23:00:00.000Z",
        ] {
            assert_eq!(Timestamp::parse_stored(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Timestamp::parse_stored(b"2020-01-01 10:00:0\xff"), None);
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
