//! Posts about which nothing needs to be asked: a whole transaction in one statement, by a view that adds the events.
//!
//! Their rows are parameters and not, as elsewhere, JSON: taking that apart was a third of what SQLite had to do for
//! a post. A statement has a number of rows, so there is one for each power of two, and the rows that are too many
//! are null and left out.

use super::{db::Connection, messages::NewMessage, statements::statements};
use crate::error::Result;

/// So many times the same row.
macro_rules! rows {
    ($row:literal * 1) => {
        $row
    };
    ($row:literal * 2) => {
        concat!($row, ",", $row)
    };
    ($row:literal * 4) => {
        concat!(rows!($row * 2), ",", rows!($row * 2))
    };
    ($row:literal * 8) => {
        concat!(rows!($row * 4), ",", rows!($row * 4))
    };
    ($row:literal * 16) => {
        concat!(rows!($row * 8), ",", rows!($row * 8))
    };
    ($row:literal * 32) => {
        concat!(rows!($row * 16), ",", rows!($row * 16))
    };
    ($row:literal * 64) => {
        concat!(rows!($row * 32), ",", rows!($row * 32))
    };
    ($row:literal * 128) => {
        concat!(rows!($row * 64), ",", rows!($row * 64))
    };
    ($row:literal * 256) => {
        concat!(rows!($row * 128), ",", rows!($row * 128))
    };
}

macro_rules! commit_posts {
    ($count:tt) => {
        concat!(
            "insert into posts (id, room_id, author_id, created_at, body, nonce)
            select * from (values ",
            rows!("(?,?,?,?,?,?)" * $count),
            ") where column1 is not null"
        )
    };
}

statements! {
    COMMIT_1 = commit_posts!(1);
    COMMIT_2 = commit_posts!(2);
    COMMIT_4 = commit_posts!(4);
    COMMIT_8 = commit_posts!(8);
    COMMIT_16 = commit_posts!(16);
    COMMIT_32 = commit_posts!(32);
    COMMIT_64 = commit_posts!(64);
    COMMIT_128 = commit_posts!(128);
    COMMIT_256 = commit_posts!(256);
}

/// By the binary logarithm of the number of rows.
const BY_SIZE: [&str; 9] = [
    COMMIT_1, COMMIT_2, COMMIT_4, COMMIT_8, COMMIT_16, COMMIT_32, COMMIT_64, COMMIT_128, COMMIT_256,
];

/// Posts that one transaction takes at most.
pub const KNOWN_POSTS_MAX: usize = 1 << (BY_SIZE.len() - 1);

/// Stores messages that answer nothing, and their events, at most [`KNOWN_POSTS_MAX`] of them. If the schema refuses
/// one, none of them is stored.
pub async fn commit_known_posts(
    connection: &mut Connection,
    messages: &[NewMessage<'_>],
) -> Result<()> {
    let size = messages.len().next_power_of_two();
    let rows = || (0..size).map(|row| messages.get(row));
    let mut query = sqlx::query(BY_SIZE[size.trailing_zeros() as usize]);
    for row in rows() {
        query = query
            .bind(row.map(|row| row.id))
            .bind(row.map(|row| row.room_id))
            .bind(row.map(|row| row.author_id))
            .bind(row.map(|row| row.at.to_string()))
            .bind(row.map(|row| row.body))
            .bind(row.and_then(|row| row.nonce));
    }
    query.execute(connection).await?;
    Ok(())
}
