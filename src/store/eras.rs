//! The table `eras`: gaps in the sequence of ids, each left by a restored backup.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{ids::EventId, time::Timestamp},
};

/// The first id of an era is a multiple of this number.
pub const ERA: i64 = 1_000_000_000;

statements! {
    LAST_USED = "select max(coalesce((select seq from sqlite_sequence where name = 'events'), 0),
                            coalesce((select max(id) from events), 0),
                            coalesce((select max(next_id) from eras), 0))";
    LAST_EVENT = "select coalesce(max(id), 0) from events";
    LATEST_ERA = "select coalesce(max(next_id), 0) from eras";
    ADD_ERA = "insert into eras (next_id, after_id, at) values (?, ?, ?)";
    // sqlite_sequence has a row since the first event was appended, which is before any backup.
    MOVE_SEQUENCE = "update sqlite_sequence set seq = ? - 1 where name = 'events'";
}

/// Returns the last id that this file has used or reserved.
pub async fn last_used_id(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(LAST_USED).fetch_one(connection).await?)
}

/// Returns the first id of the current era; 0 in the first era.
pub async fn find_latest(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(LATEST_ERA).fetch_one(connection).await?)
}

/// Begins a new era: the next id is the next multiple of [`ERA`] greater than `used`, and the gap is recorded.
pub async fn begin_era(connection: &mut Connection, used: i64, at: Timestamp) -> Result<EventId> {
    let next = (used / ERA + 1) * ERA;
    let last: i64 = sqlx::query_scalar(LAST_EVENT)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query(ADD_ERA)
        .bind(next)
        .bind(last)
        .bind(at.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query(MOVE_SEQUENCE)
        .bind(next)
        .execute(connection)
        .await?;
    Ok(EventId(next))
}
