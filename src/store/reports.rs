//! The table `reports`: messages that somebody has reported, until it is decided about them.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    statements::statements,
    visibility::room_is_visible,
};
use crate::{
    error::Result,
    model::{
        ids::{MessageId, RoomId, UserId},
        report::{Report, ReportDecision},
        time::Timestamp,
        user::Person,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

/// Whether the viewer `?1`, an admin if `?2`, whose membership of the room `r` is `s`, decides about the report `p`:
/// admins about all, managers about those of their rooms, and nobody about their own messages.
macro_rules! is_to_decide {
    () => {
        concat!(
            "p.decided_at is null and p.author_id <> ?1 and (?2 or ",
            crate::store::visibility::manages!("null", "s"),
            ")"
        )
    };
}

statements! {
    INSERT_REPORT = "insert into reports (id, at, user_id, message_id, room_id, author_id, body, reason)
        select ?5, ?1, ?2, m.id, m.room_id, m.author_id, m.body, ?4 from messages m where m.id = ?3
        on conflict do nothing";
    LIST_REPORTS = concat!(
        "select p.id, p.at, p.body, p.reason, p.message_id, b.handle as by_handle, b.name as by_name,
            a.handle as author_handle, a.name as author_name, a.deleted_at is not null as is_author_gone, iif(", room_is_visible!("?1"), ", r.slug, null) as room
        from reports p join users b on b.id = p.user_id join users a on a.id = p.author_id
        join rooms r on r.id = p.room_id left join memberships s on s.room_id = r.id and s.user_id = ?1
        where ", is_to_decide!(), " and (?3 is null or (p.at, p.id) < (select b.at, b.id from reports b where b.id = ?3))
        order by p.at desc, p.id desc limit ?4 + 0"
    );
    FIND_REPORT = concat!(
        "select p.message_id, p.room_id, p.author_id, a.handle, coalesce(m.deleted_at is null, false) as is_there
        from reports p join users a on a.id = p.author_id left join messages m on m.id = p.message_id
        join rooms r on r.id = p.room_id left join memberships s on s.room_id = r.id and s.user_id = ?1
        where p.id = ?3 and ", is_to_decide!()
    );
    FIND_REPORTED = "select author_id from reports where id = ?";
    DECIDE = "update reports set decided_at = ?2, decided_by = ?3, decision = ?4, body = ''
        where message_id = ?1 and decided_at is null";
    // The text of a deleted message is gone here, too.
    CLEAR_TEXT = "update reports set body = '' where message_id = ? and decided_at is null";
    DELETE_REPORTS_OF_ROOM = "delete from reports where room_id = ?";
}

impl FromRow<'_, SqliteRow> for Report {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let room: Option<&[u8]> = row.try_get("room")?;
        Ok(Self {
            id: row.try_get("id")?,
            at: time_of(row, "at")?,
            by: Person {
                handle: text_of(row, "by_handle")?,
                name: text_of(row, "by_name")?,
            },
            author: Person {
                handle: text_of(row, "author_handle")?,
                name: text_of(row, "author_name")?,
            },
            is_author_gone: row.try_get("is_author_gone")?,
            body: text_of(row, "body")?,
            reason: text_of(row, "reason")?,
            message_id: row.try_get("message_id")?,
            room: room.map(|slug| String::from_utf8_lossy(slug).into_owned()),
        })
    }
}

/// Inserts a report of a message, unless the user has reported it and nothing was decided.
pub async fn insert_report(
    connection: &mut Connection,
    user: UserId,
    message: MessageId,
    (reason, id): (&str, Option<i64>),
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_REPORT)
        .bind(at.to_string())
        .bind(user)
        .bind(message)
        .bind(reason)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Who decides about reports.
#[derive(Clone, Copy, Debug)]
pub struct Moderator {
    /// The account.
    pub user: UserId,
    /// Whether the account administers the server.
    pub is_admin: bool,
}

/// Returns the latest reports before one of them that the moderator decides about, the latest first.
pub async fn list_reports(
    connection: &mut Connection,
    moderator: Moderator,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Report>> {
    Ok(sqlx::query_as(LIST_REPORTS)
        .bind(moderator.user)
        .bind(moderator.is_admin)
        .bind(before)
        .bind(limit)
        .fetch_all(connection)
        .await?)
}

/// What is decided about.
#[derive(Clone, Debug, FromRow)]
pub struct Reported {
    /// The message.
    pub message_id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// The handle of its author.
    pub handle: String,
    /// Whether the message is stored and not deleted.
    pub is_there: bool,
}

/// Returns what a report is about, if the moderator decides about it.
pub async fn find_report(
    connection: &mut Connection,
    moderator: Moderator,
    report: i64,
) -> Result<Option<Reported>> {
    Ok(sqlx::query_as(FIND_REPORT)
        .bind(moderator.user)
        .bind(moderator.is_admin)
        .bind(report)
        .fetch_optional(connection)
        .await?)
}

/// Returns the author of the message of a report.
pub async fn find_reported(connection: &mut Connection, report: i64) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(FIND_REPORTED)
        .bind(report)
        .fetch_optional(connection)
        .await?)
}

/// Records the decision about all reports of a message, and clears its text.
pub async fn decide(
    connection: &mut Connection,
    message: MessageId,
    by: UserId,
    decision: ReportDecision,
    at: Timestamp,
) -> Result<()> {
    let decision: &'static str = decision.into();
    sqlx::query(DECIDE)
        .bind(message)
        .bind(at.to_string())
        .bind(by)
        .bind(decision)
        .execute(connection)
        .await?;
    Ok(())
}

/// Clears the text of a message in its reports.
pub async fn clear_text(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(CLEAR_TEXT)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the reports of messages of a room.
pub async fn delete_reports_of_room(connection: &mut Connection, room: RoomId) -> Result<()> {
    sqlx::query(DELETE_REPORTS_OF_ROOM)
        .bind(room)
        .execute(connection)
        .await?;
    Ok(())
}
