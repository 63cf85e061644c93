//! The table `meta`: what this file is.

use super::{db::Connection, statements::statements};
use crate::{error::Result, model::time::Timestamp};

statements! {
    FIND_LOG = "select value from meta where key = 'log'";
    SET_LOG = "insert into meta (key, value) values ('log', ?) on conflict (key) do update set value = excluded.value";
    // As much as the longest message takes: a disk on which that does not fit is full.
    SET_TRIED = "insert into meta (key, value) values ('tried', ? || ' ' || hex(zeroblob(65536)))
        on conflict (key) do update set value = excluded.value";
}

/// The name of this log; `None` in a file that was just made.
pub async fn find_log(connection: &mut Connection) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(FIND_LOG)
        .fetch_optional(connection)
        .await?)
}

/// Names this log.
pub async fn set_log(connection: &mut Connection, log: &str) -> Result<()> {
    sqlx::query(SET_LOG).bind(log).execute(connection).await?;
    Ok(())
}

/// Notes when the disk was tried, with 128 KiB that nobody needs.
pub async fn set_tried(connection: &mut Connection, at: Timestamp) -> Result<()> {
    sqlx::query(SET_TRIED)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
