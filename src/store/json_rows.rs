//! Writing any number of rows with one statement, which gets them as one JSON array.

use super::{connection::Connection, messages::broken_json};
use crate::error::Result;
use serde::Serialize;

/// Executes a statement whose only parameter is an array of rows. Does nothing if there are none.
pub(super) async fn write_rows<T: Serialize>(
    connection: &mut Connection,
    sql: &'static str,
    rows: &[T],
) -> Result<()> {
    if !rows.is_empty() {
        let rows = serde_json::to_string(rows).map_err(broken_json)?;
        sqlx::query(sql).bind(rows).execute(connection).await?;
    }
    Ok(())
}
