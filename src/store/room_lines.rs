//! The list of all rooms for the operator.

use super::{damage::text_of, db::Connection, statements::statements};
use crate::error::Result;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    LIST_ALL = "select slug, kind, name, members, created_at, archived_at is not null as is_archived from rooms
        where kind <> 'deleted' order by slug";
}

/// A room as the operator lists it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct RoomLine {
    pub slug: String,
    pub kind: String,
    pub name: String,
    pub members: i64,
    pub created_at: String,
    pub is_archived: bool,
}

impl FromRow<'_, SqliteRow> for RoomLine {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            slug: text_of(row, "slug")?,
            kind: text_of(row, "kind")?,
            name: text_of(row, "name")?,
            members: row.try_get("members")?,
            created_at: text_of(row, "created_at")?,
            is_archived: row.try_get("is_archived")?,
        })
    }
}

/// Returns all rooms, by slug.
pub async fn list_all(connection: &mut Connection) -> Result<Vec<RoomLine>> {
    Ok(sqlx::query_as(LIST_ALL).fetch_all(connection).await?)
}
