//! The table `meta`: what this file is.

use super::{db::Connection, statements::statements};
use crate::{error::Result, model::time::Timestamp};

statements! {
    FIND_LOG = "select value from meta where key = 'log'";
    SET_LOG = "insert into meta (key, value) values ('log', ?) on conflict (key) do update set value = excluded.value";
    // As much as the longest message takes: a disk on which that does not fit is full.
    ADD_TRIAL = "insert into meta (key, value) values ('tried ' || ?, hex(zeroblob(65536))) on conflict do nothing";
    DELETE_OTHER_TRIALS = "delete from meta where key glob 'tried*' and key <> 'tried ' || ?";
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

/// Notes when the disk was tried, with 128 KiB that nobody needs. The last trial goes after that: its room would do
/// for this one, and say nothing about the file.
pub async fn set_tried(connection: &mut Connection, at: Timestamp) -> Result<()> {
    for statement in [ADD_TRIAL, DELETE_OTHER_TRIALS] {
        sqlx::query(statement)
            .bind(at.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
