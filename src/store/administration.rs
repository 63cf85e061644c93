//! The list of rooms for admins.

use super::{
    damage::{optional_time_of, text_of},
    db::Connection,
    statements::statements,
    visibility::{is_open, room_is_visible},
};
use crate::{
    error::Result,
    model::{ids::UserId, room::fold_room_name, time::Timestamp},
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    // Direct rooms concern nobody but the people in them; of closed ones an admin is told as a member only.
    LIST_ADMINISTERED = concat!(
        "select r.slug, r.name, not ", is_open!(), " as is_closed, r.members, r.archived_at is not null as is_archived, r.auto_join,
            (select coalesce(sum(c.messages), 0) from room_months c where c.room_id = r.id) as messages,
            (select max(m.created_at) from messages m where m.room_id = r.id) as last_post_at
        from rooms r left join memberships s on s.room_id = r.id and s.user_id = ?1
        where r.kind not in ('direct', 'deleted') and ", room_is_visible!("?1"), "
            and (?2 is null or instr(r.name_folded, ?2) > 0)
            and (r.name, r.slug) > (coalesce((select a.name from rooms a where a.slug = ?3), ''), ?3)
        order by r.name, r.slug limit ?4 + 0"
    );
}

/// A room as admins see it in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct AdministeredRoom {
    pub slug: String,
    pub name: String,
    pub is_closed: bool,
    pub members: i64,
    pub messages: i64,
    pub last_post_at: Option<Timestamp>,
    pub is_archived: bool,
    pub auto_join: bool,
}

impl FromRow<'_, SqliteRow> for AdministeredRoom {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            slug: text_of(row, "slug")?,
            name: text_of(row, "name")?,
            is_closed: row.try_get("is_closed")?,
            members: row.try_get("members")?,
            messages: row.try_get("messages")?,
            last_post_at: optional_time_of(row, "last_post_at")?,
            is_archived: row.try_get("is_archived")?,
            auto_join: row.try_get("auto_join")?,
        })
    }
}

/// Returns the open rooms, and the closed ones that the viewer is a member of, by name: at most `limit` after the room
/// `after`, only those whose names contain `text`.
pub async fn list_rooms(
    connection: &mut Connection,
    viewer: UserId,
    text: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<AdministeredRoom>> {
    Ok(sqlx::query_as(LIST_ADMINISTERED)
        .bind(viewer)
        .bind(text.map(fold_room_name))
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await?)
}
