//! Encoding of many rows as one value.
//!
//! A page of history or of a replay is one row of one column, since every further row or column is another message
//! between threads. JSON would cost twice as much as everything else about a page: SQLite writes it, and it is parsed
//! only to be encoded again. Instead, fields are separated by ASCII's unit separator, and the length of each row
//! precedes it, so that a value with a separator can garble only its own row.

use crate::error::{Error, Result};
use std::str::FromStr;

/// The separator of fields, and of the length of a row from the row: `char(31)`.
const UNIT: u8 = 0x1f;

/// The column `row` of all rows of a query as one value, in the order of `$order`.
macro_rules! join_rows {
    ($order:literal) => {
        concat!(
            "coalesce(group_concat(octet_length(row) || char(31) || row, '' order by ",
            $order,
            "), '')"
        )
    };
}
pub(super) use join_rows;

/// The column `row` of all rows of a query as one value, in no particular order. The reader must sort the rows by id.
///
/// For the statements that take most of the time: to order the rows within `group_concat`, SQLite copies each row into
/// a tree and out again, which doubled the time of a page of history. Its rows are in order anyway, so that sorting
/// them takes one comparison per row.
macro_rules! join_rows_unordered {
    () => {
        "coalesce(group_concat(octet_length(row) || char(31) || row, ''), '')"
    };
}
pub(super) use join_rows_unordered;

/// An iterator over joined rows.
#[derive(Debug)]
pub(super) struct Rows<'a>(&'a [u8]);

impl<'a> Rows<'a> {
    pub(super) fn new(joined: &'a [u8]) -> Self {
        Self(joined)
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let mut rest = Row(self.0);
        let length: Option<usize> = rest.number();
        let Some((row, rest)) = length.and_then(|length| rest.0.split_at_checked(length)) else {
            self.0 = &[];
            let what = "rows are not joined as this program joins them";
            return Some(Err(Error::Database(sqlx::Error::Decode(what.into()))));
        };
        self.0 = rest;
        Some(Ok(Row(row)))
    }
}

/// The rest of a row.
#[derive(Debug)]
pub(super) struct Row<'a>(&'a [u8]);

impl<'a> Row<'a> {
    /// Takes the next field. The last field is the rest of the row; after it, fields are empty.
    pub(super) fn field(&mut self) -> &'a [u8] {
        // Byte by byte, since fields are so short that setting up a search would cost more.
        let end = self.0.iter().position(|byte| *byte == UNIT);
        let (field, rest) = match end {
            Some(end) => (&self.0[..end], &self.0[end + 1..]),
            None => (self.0, &self.0[self.0.len()..]),
        };
        self.0 = rest;
        field
    }

    /// Takes the next field as a number.
    pub(super) fn number<T: FromStr>(&mut self) -> Option<T> {
        str::from_utf8(self.field()).ok()?.parse().ok()
    }

    /// Takes the rest of the row. The last field may contain any character.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Takes the last two fields. The length of the second one is given, so that both may contain any character.
    pub(super) fn last_two(self, length: usize) -> Option<(&'a [u8], &'a [u8])> {
        let end = self.0.len().checked_sub(length)?.checked_sub(1)?;
        (self.0[end] == UNIT).then(|| (&self.0[..end], &self.0[end + 1..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(rows: &[&[u8]]) -> Vec<u8> {
        let mut joined = Vec::new();
        for row in rows {
            joined.extend_from_slice(row.len().to_string().as_bytes());
            joined.push(UNIT);
            joined.extend_from_slice(row);
        }
        joined
    }

    #[test]
    fn a_value_may_hold_separators() {
        let joined = join(&[b"1\x1fa\x1fb\x1fcd", b"", b"2"]);
        let mut rows = Rows::new(&joined).map(Result::unwrap);
        let mut row = rows.next().unwrap();
        assert_eq!(row.number(), Some(1));
        assert_eq!(row.last_two(2), Some((&b"a\x1fb"[..], &b"cd"[..])));
        assert_eq!(rows.next().unwrap().field(), b"");
        assert_eq!(rows.next().unwrap().rest(), b"2");
        assert!(rows.next().is_none());
    }

    #[test]
    fn rows_that_are_cut_are_an_error() {
        let joined = join(&[b"hello"]);
        for end in 1..joined.len() {
            let mut rows = Rows::new(&joined[..end]);
            assert!(rows.next().unwrap().is_err(), "{end}");
            assert!(rows.next().is_none());
        }
    }
}
