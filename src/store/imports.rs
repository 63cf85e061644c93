//! The statements of imports, each for all steps of a run.

use super::{
    damage::{lossy, text_of},
    db::Connection,
    eras,
    json_rows::write_rows,
    messages::{broken_json, parse},
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::{MessageId, RoomId, UserId},
        room::RoomKind,
        time::Timestamp,
    },
};
use serde::Serialize;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};
use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    ops::Range,
};

statements! {
    FIND_USERS = "select coalesce(json_group_object(u.handle, coalesce(u.merged_into, u.id) order by u.id), '{}')
        from json_each(?) p join users u on u.handle = p.value";
    FIND_ROOMS = "select r.slug, r.id, r.kind, r.name, r.topic, r.kind = 'deleted' as is_deleted, r.made_by,
               not exists (select 1 from messages m where m.room_id = r.id) as is_empty
        from json_each(?) p join rooms r on r.slug = p.value order by r.id";
    // A message is identified by its nonce. One without a nonce, or with one that is not exported, is identified by its
    // id if author, room and time are equal. Imported messages have nonces: their ids can be those of other lines.
    FIND_MESSAGES = "select '[' || coalesce(group_concat(json_array(k.key, k.id, m.room_id, m.thread), ',' order by k.key), '') || ']'
        from (
            select p.key, coalesce(n.id, i.id) as id
            from (select key, value ->> 'author' as author, value ->> 'room' as room, value ->> 'at' as at,
                         value ->> 'nonce' as nonce, value ->> 'id' as id from json_each(?)) p
            join users u on u.handle = p.author
            left join nonces n on n.author_id = coalesce(u.merged_into, u.id) and n.nonce = p.nonce
            left join messages i on i.id = p.id and i.author_id = coalesce(u.merged_into, u.id) and i.created_at = p.at
                and i.room_id = (select id from rooms where slug = p.room)
                and (i.nonce is null or i.nonce glob '*[^!-~]*')
            where coalesce(n.id, i.id) is not null) k
        left join messages m on m.id = k.id";
    FIND_MEMBERS = "select s.room_id, s.user_id
        from json_each(?) p
        join rooms r on r.slug = p.value ->> 0
        join users u on u.handle = p.value ->> 1
        join memberships s on s.room_id = r.id and s.user_id = coalesce(u.merged_into, u.id)
        order by s.room_id, s.user_id";
    // The first id of each range is ?1 or follows an event, and the range ends before the next event.
    FIND_FREE = "with firsts(first) as (
            select ?1 where not exists (select 1 from events e where e.id = ?1)
            union all
            select * from (
                select e.id + 1 from events e
                where e.id >= ?1 and not exists (select 1 from events n where n.id = e.id + 1)
                order by e.id limit ?2 + 0))
        select first, (select min(n.id) from events n where n.id > first) as beyond
        from firsts where beyond is not null order by first";
    SET_MESSAGE_TIMES = "update messages set edited_at = coalesce(value ->> 'edited_at', edited_at),
            deleted_at = coalesce(value ->> 'deleted_at', deleted_at),
            body = iif(value ->> 'deleted_at' is null, body, '')
        from json_each(?) where messages.id = value ->> 'id'";
    // A deleted message mentions nobody, and answers nobody.
    FORGET_MENTIONS = "delete from mentions where message_id in (
        select value ->> 'id' from json_each(?) where value ->> 'deleted_at' is not null)";
}

/// Returns the ids of the users with these handles.
pub async fn find_users(
    connection: &mut Connection,
    handles: &[&str],
) -> Result<HashMap<String, UserId>> {
    let users: String = sqlx::query_scalar(FIND_USERS)
        .bind(serde_json::to_string(handles).map_err(broken_json)?)
        .fetch_one(connection)
        .await?;
    parse(&users)
}

/// An existing room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRoom {
    /// The id.
    pub id: RoomId,
    /// The kind.
    pub kind: RoomKind,
    /// The display name.
    pub name: String,
    /// The topic.
    pub topic: String,
    /// Whether the room has no messages.
    pub is_empty: bool,
    /// Whether the room was deleted.
    pub is_deleted: bool,
    /// The user who made it.
    pub made_by: UserId,
}

impl FromRow<'_, SqliteRow> for KnownRoom {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            kind: RoomKind::of_stored(text_of(row, "kind")?.as_bytes()),
            name: text_of(row, "name")?,
            topic: text_of(row, "topic")?,
            is_empty: row.try_get("is_empty")?,
            is_deleted: row.try_get("is_deleted")?,
            made_by: row.try_get("made_by")?,
        })
    }
}

/// Returns the rooms with these slugs.
pub async fn find_rooms(
    connection: &mut Connection,
    slugs: &[&str],
) -> Result<HashMap<String, KnownRoom>> {
    let rows = sqlx::query(FIND_ROOMS)
        .bind(serde_json::to_string(slugs).map_err(broken_json)?)
        .fetch_all(connection)
        .await?;
    let rooms = rows.iter().map(|row| {
        let slug: Vec<u8> = row.try_get("slug")?;
        Ok((lossy(&slug), KnownRoom::from_row(row)?))
    });
    rooms.collect()
}

/// The values by which a message of an archive is found among the stored ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mark<'a> {
    /// Handle of its author.
    pub author: &'a str,
    /// Slug of its room.
    pub room: &'a str,
    /// Its nonce, or the one that was derived from its line.
    pub nonce: &'a str,
    /// Its id in the log that it was exported from, if it has no nonce of its own.
    pub id: Option<i64>,
    /// The time of posting, if it has no nonce of its own.
    pub at: Option<Timestamp>,
}

impl Hash for Mark<'_> {
    /// Hashes the nonce only, which few messages have in common.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nonce.hash(state);
    }
}

/// A stored message, or another event that has used its nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The id of the event.
    pub id: MessageId,
    /// The room; `None` if the event is not a message, or if the message is not stored any more.
    pub room: Option<RoomId>,
    /// The root of its thread, if it is a reply in one.
    pub thread: Option<MessageId>,
}

/// Returns the stored messages among the marked ones.
pub async fn find_messages<'a>(
    connection: &mut Connection,
    marks: &[Mark<'a>],
) -> Result<HashMap<Mark<'a>, Stored>> {
    if marks.is_empty() {
        return Ok(HashMap::new());
    }
    let stored: String = sqlx::query_scalar(FIND_MESSAGES)
        .bind(serde_json::to_string(marks).map_err(broken_json)?)
        .fetch_one(connection)
        .await?;
    let stored: Vec<(usize, MessageId, Option<RoomId>, Option<MessageId>)> = parse(&stored)?;
    let stored = stored.into_iter().filter_map(|(key, id, room, thread)| {
        let mark = marks.get(key)?;
        Some((*mark, Stored { id, room, thread }))
    });
    Ok(stored.collect())
}

/// Returns those of the pairs of a slug and a handle that are a room and its member.
pub async fn find_members(
    connection: &mut Connection,
    pairs: &[(&str, &str)],
) -> Result<HashSet<(RoomId, UserId)>> {
    if pairs.is_empty() {
        return Ok(HashSet::new());
    }
    let members: Vec<(RoomId, UserId)> = sqlx::query_as(FIND_MEMBERS)
        .bind(serde_json::to_string(pairs).map_err(broken_json)?)
        .fetch_all(connection)
        .await?;
    Ok(members.into_iter().collect())
}

/// Returns unused ids from `from` on that are less than the last used id, as at most `limit` + 1 ranges in ascending
/// order.
pub async fn find_free(
    connection: &mut Connection,
    from: i64,
    limit: usize,
) -> Result<Vec<Range<i64>>> {
    // Ids of earlier eras may have been used by other copies of the log.
    let era = eras::find_latest(connection).await?;
    let ranges: Vec<(i64, i64)> = sqlx::query_as(FIND_FREE)
        .bind(from.max(era.0 + 1))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX - 1))
        .fetch_all(connection)
        .await?;
    let ranges = ranges.into_iter().map(|(first, beyond)| first..beyond);
    Ok(ranges.collect())
}

/// Edit and deletion times of a message; `None` leaves a value unchanged.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MessageTimes {
    /// The id of the message.
    pub id: MessageId,
    /// The time of the last edit.
    pub edited_at: Option<Timestamp>,
    /// The time of the deletion, which removes the text.
    pub deleted_at: Option<Timestamp>,
}

/// Sets edit and deletion times of any number of messages with one statement.
pub async fn set_message_times(connection: &mut Connection, times: &[MessageTimes]) -> Result<()> {
    write_rows(connection, SET_MESSAGE_TIMES, times).await?;
    write_rows(connection, FORGET_MENTIONS, times).await
}
