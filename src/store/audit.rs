//! The table `audit`: decisions of admins, managers and the operator. Rows are appended only; triggers refuse anything
//! else.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    statements::statements,
    visibility::room_was_visible,
};
use crate::{
    error::Result,
    model::{
        audit::{AuditEntry, NewAuditEntry},
        ids::{MessageId, UserId},
        user::Person,
    },
};
use serde_json::value::RawValue;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    INSERT_AUDIT = "insert into audit (at, actor_id, address, action, subject_id, room_id, message_id, details)
        values (?1, ?2, ?3, ?4, ?5, (select id from rooms where slug = ?6), ?7, json(?8))";
    FIND_AUTHOR = "select author_id from messages where id = ?";
    // Of what happens in a room that the viewer ?3 does not see, only what was done by whom is told.
    LIST_AUDIT = concat!(
        "select l.id, l.at, l.address, l.action, l.actor_id, a.handle as actor_handle, a.name as actor_name,
            p.id as subject_id, p.handle as subject_handle, p.name as subject_name, r.slug as room,
            iif(l.room_id is null or r.id is not null, l.message_id, null) as message_id,
            iif(l.room_id is null or r.id is not null, cast(l.details as text), null) as details
        from audit l left join users a on a.id = l.actor_id
        left join memberships s on s.room_id = l.room_id and s.user_id = ?3
        left join rooms r on r.id = l.room_id and ", room_was_visible!("?3"), "
        left join users p on p.id = l.subject_id and (l.room_id is null or r.id is not null)
        where l.id < ?1 order by l.id desc limit ?2 + 0"
    );
}

impl FromRow<'_, SqliteRow> for AuditEntry {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let details: Option<String> = row.try_get("details")?;
        let room: Option<&[u8]> = row.try_get("room")?;
        Ok(Self {
            id: row.try_get("id")?,
            at: time_of(row, "at")?,
            actor: person_of(row, "actor_id", "actor_handle", "actor_name")?,
            address: row.try_get("address")?,
            action: text_of(row, "action")?,
            subject: person_of(row, "subject_id", "subject_handle", "subject_name")?,
            room: room.map(|slug| String::from_utf8_lossy(slug).into_owned()),
            message_id: row.try_get("message_id")?,
            details: details.and_then(|details| RawValue::from_string(details).ok()),
        })
    }
}

fn person_of(
    row: &SqliteRow,
    id: &str,
    handle: &'static str,
    name: &'static str,
) -> sqlx::Result<Option<Person>> {
    let id: Option<UserId> = row.try_get(id)?;
    id.map(|_| {
        let (handle, name) = (text_of(row, handle)?, text_of(row, name)?);
        Ok(Person { handle, name })
    })
    .transpose()
}

/// Appends an entry.
pub async fn insert_entry(connection: &mut Connection, entry: &NewAuditEntry<'_>) -> Result<()> {
    let details = entry.details.as_ref().map(ToString::to_string);
    sqlx::query(INSERT_AUDIT)
        .bind(entry.at.to_string())
        .bind(entry.actor)
        .bind(entry.address.map(|address| address.to_string()))
        .bind(entry.action)
        .bind(entry.subject)
        .bind(entry.room)
        .bind(entry.message)
        .bind(details)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the author of a message.
pub async fn find_author(
    connection: &mut Connection,
    message: MessageId,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(FIND_AUTHOR)
        .bind(message)
        .fetch_optional(connection)
        .await?)
}

/// Returns the latest entries before an id, the latest first, as the viewer may see them.
pub async fn list_entries(
    connection: &mut Connection,
    viewer: UserId,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>> {
    Ok(sqlx::query_as(LIST_AUDIT)
        .bind(before)
        .bind(limit)
        .bind(viewer)
        .fetch_all(connection)
        .await?)
}
