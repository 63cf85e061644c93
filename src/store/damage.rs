//! Stored values that cannot be decoded, and their placeholders.
//!
//! One damaged row must not hide the rows around it. Each value is decoded separately and replaced by a placeholder if
//! that fails. The server's log names each such value once; `backscroll check` names all.

use crate::{
    error::{Error, Result},
    model::{ids::UserId, time::Timestamp, user::Person},
};
use serde::de::DeserializeOwned;
use sqlx::{Row as _, sqlite::SqliteRow};
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

/// Maximum number of damaged values that the server's log names; `backscroll check` names further ones.
const LOGGED_MAX: usize = 1000;

/// The handle shown for a user whose row is missing; the same as that of [`Person::unknown`].
macro_rules! unknown_handle {
    ($id:literal) => {
        concat!("'unknown-' || ", $id)
    };
}
pub(super) use unknown_handle;

/// The table, row and column of a value that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    table: &'static str,
    row: String,
    column: &'static str,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, column } = self;
        write!(f, "{table} row {row}: {column} cannot be read")
    }
}

/// Collects the damaged values that are found while rows are read.
#[derive(Debug, Default)]
pub(super) struct Damages(Vec<Damage>);

impl Damages {
    pub(super) fn into_vec(self) -> Vec<Damage> {
        self.0
    }

    /// Adds a damaged value. Its name is formatted only here, since most reads find no damage.
    pub(super) fn note(
        &mut self,
        table: &'static str,
        row: impl fmt::Display,
        column: &'static str,
    ) {
        let row = row.to_string();
        self.0.push(Damage { table, row, column });
    }

    /// Logs each value that was not logged before.
    pub(super) fn log(self) {
        static LOGGED: Mutex<BTreeSet<Damage>> = Mutex::new(BTreeSet::new());
        if self.0.is_empty() {
            return;
        }
        let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        for damage in self.0 {
            if logged.len() < LOGGED_MAX && !logged.contains(&damage) {
                tracing::error!("{damage}; a placeholder is shown in its place");
                logged.insert(damage);
            }
        }
    }
}

/// Decodes the values of one row.
#[derive(Debug)]
pub(super) struct Values<'a, R> {
    pub(super) damages: &'a mut Damages,
    pub(super) table: &'static str,
    pub(super) row: R,
}

impl<R: fmt::Display> Values<'_, R> {
    pub(super) fn note(&mut self, column: &'static str) {
        self.damages.note(self.table, &self.row, column);
    }

    /// Decodes text; what is not UTF-8 becomes U+FFFD.
    pub(super) fn text(&mut self, column: &'static str, value: &[u8]) -> String {
        if let Ok(text) = str::from_utf8(value) {
            text.to_owned()
        } else {
            self.note(column);
            String::from_utf8_lossy(value).into_owned()
        }
    }

    /// Decodes a time; one that cannot be read becomes [`Timestamp::UNKNOWN`].
    pub(super) fn time(&mut self, column: &'static str, value: &[u8]) -> Timestamp {
        Timestamp::parse_stored(value).unwrap_or_else(|| {
            self.note(column);
            Timestamp::UNKNOWN
        })
    }

    /// Decodes an optional value; `None` if it is empty or cannot be decoded.
    pub(super) fn optional<T>(
        &mut self,
        column: &'static str,
        value: &[u8],
        decode: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        if value.is_empty() {
            return None;
        }
        let decoded = str::from_utf8(value).ok().and_then(decode);
        if decoded.is_none() {
            self.note(column);
        }
        decoded
    }

    /// Decodes JSON; parts that are not UTF-8 become U+FFFD. Returns `None` if it cannot be parsed.
    pub(super) fn json<T: DeserializeOwned>(
        &mut self,
        column: &'static str,
        value: &[u8],
    ) -> Option<T> {
        let text = self.text(column, value);
        let parsed = serde_json::from_str(&text).ok();
        if parsed.is_none() {
            self.note(column);
        }
        parsed
    }

    /// Decodes a user from a handle and a display name. If the row of the user is missing, `handle` is empty and `name`
    /// is the id.
    pub(super) fn person(&mut self, handle: &[u8], name: &[u8]) -> Person {
        if handle.is_empty()
            && let Some(id) = str::from_utf8(name).ok().and_then(|id| id.parse().ok())
        {
            self.damages.note("users", id, "the row, which is missing,");
            return Person::unknown(UserId(id));
        }
        let handle = self.text("the handle of its person", handle);
        let row = &handle;
        let mut person = Values {
            damages: self.damages,
            table: "users",
            row,
        };
        let name = person.text("name", name);
        Person { handle, name }
    }
}

/// Reads a text column of any stored type.
pub(super) fn text_of(row: &SqliteRow, column: &str) -> sqlx::Result<String> {
    let value: &[u8] = row.try_get_unchecked(column)?;
    Ok(lossy(value))
}

/// Reads a time column of any stored type.
pub(super) fn time_of(row: &SqliteRow, column: &str) -> sqlx::Result<Timestamp> {
    let value: &[u8] = row.try_get_unchecked(column)?;
    Ok(Timestamp::parse_stored(value).unwrap_or(Timestamp::UNKNOWN))
}

/// Decodes text of no particular row; what is not UTF-8 becomes U+FFFD.
pub(super) fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// Parses JSON that SQLite made from rows.
pub(super) fn parse_lossy<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_str(&String::from_utf8_lossy(json))
        .map_err(|error| Error::Database(sqlx::Error::Decode(error.into())))
}

/// Reads an optional time. One that cannot be read lies before all others.
pub(super) fn optional_time_of(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    let value: Option<&[u8]> = row.try_get_unchecked(column)?;
    Ok(value.map(|value| Timestamp::parse_stored(value).unwrap_or(Timestamp::UNKNOWN)))
}
