//! The table `rooms`, and rooms as one viewer sees them.

use super::{
    damage::{parse_lossy, text_of},
    db::Connection,
    json_rows::write_rows,
    statements::statements,
    visibility::{is_open, is_open_to},
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, RoomId, UserId},
        room::{RoomInfo, RoomKind, RoomView},
        time::Timestamp,
    },
};
use serde::Serialize;
use sqlx::{FromRow, sqlite::SqliteRow};

/// The messages after the read mark, of which at most the newest 1,000 are counted. The index holds all columns, so that
/// no message is read: a list of 200 rooms may count 200,000 of them.
macro_rules! unread {
    () => {
        "select author_id, deleted_at from messages m indexed by messages_of_room
            where m.room_id = r.id and m.id > s.read_up_to order by m.id desc limit 1000"
    };
}

pub(super) use unread;

/// A room as the viewer `?1` sees it, as JSON in the form of [`RoomView`]. JSON cannot hold blobs, which a damaged file
/// may have in place of texts; `cast` does nothing to a text.
macro_rules! room_json {
    () => {
        concat!(
            "json_object('id', r.id, 'slug', cast(r.slug as text), 'name', cast(r.name as text), 'topic', cast(r.topic as text),
            'kind', iif(r.kind in ('open', 'direct'), r.kind, 'closed'),
            'joined', json(iif(s.user_id is not null, 'true', 'false')),
            'head', (select coalesce(max(e.id), 0) from events e where e.room_id = r.id),
            'read_up_to', coalesce(s.read_up_to, 0),
            'notify', coalesce(s.notify, 'mentions'),
            'unread', iif(s.user_id is null, 0, (
                select count(*) from (", crate::store::rooms::unread!(), ") where author_id <> s.user_id and deleted_at is null)),
            'mentions', iif(s.user_id is null, 0, (
                select count(*) from (
                    select 1 from mentions n
                    where n.user_id = s.user_id and n.room_id = r.id and n.message_id > s.read_up_to limit 1000))))"
        )
    };
}

pub(super) use room_json;

/// The rooms that the viewer `?1` may see.
macro_rules! visible_rooms {
    () => {
        concat!(
            " from rooms r left join memberships s on s.room_id = r.id and s.user_id = ?1 where ",
            crate::store::visibility::room_is_visible!("?1"),
            " "
        )
    };
}
pub(super) use visible_rooms;

statements! {
    FIND_ROOM = concat!("select ", room_json!(), visible_rooms!(), " and r.slug = ?2");
    FIND_ACCESS = concat!(
        "select r.id, ", is_open_to!("?1"), " as is_open, r.made_by,
            (select event_id from memberships s where s.room_id = r.id and s.user_id = ?1) as member_since
        from rooms r where r.slug = ?2"
    );
    FIND_OPEN_ROOM = concat!("select r.id from rooms r where r.slug = ? and ", is_open!());
    FIND_INFO = "select slug, name, topic, kind from rooms where id = ?";
    // A recursive query hands its rows over as it makes them, so the first free one ends it.
    FIND_FREE_SLUG = "with recursive candidates(number, slug) as (
            select 1, ?1
            union all
            select number + 1, rtrim(substr(?1, 1, 58), '-') || '-' || (number + 1) from candidates where number < 1000)
        select slug from candidates c where not exists (select 1 from rooms r where r.slug = c.slug) limit 1";
    IS_SLUG_TAKEN = "select exists (select 1 from rooms where slug = ?)";
    INSERT_ROOMS = "insert into rooms (id, slug, name, topic, kind, made_by, created_at)
        select value ->> 'id', value ->> 'slug', value ->> 'name', value ->> 'topic', value ->> 'kind',
               value ->> 'made_by', value ->> 'at'
        from json_each(?)";
    UPDATE_ROOMS = "update rooms set name = value ->> 'name', topic = value ->> 'topic'
        from json_each(?) where rooms.id = value ->> 'id'";
}

/// Returns the room with this slug, if the viewer may see it.
pub async fn find_room(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<Option<RoomView>> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(FIND_ROOM)
        .bind(viewer)
        .bind(slug)
        .fetch_optional(connection)
        .await?;
    json.as_deref().map(parse_lossy).transpose()
}

/// Facts needed to authorise what a user does in a room.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct RoomAccess {
    /// The id of the room.
    pub id: RoomId,
    /// Whether the room is open, and the user sees open rooms.
    pub is_open: bool,
    /// The user who made it.
    pub made_by: UserId,
    /// The event that made the user a member; `None` if they are not one.
    pub member_since: Option<EventId>,
}

/// Returns the facts about the room with this slug, also if the viewer may not see it.
pub async fn find_access(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<Option<RoomAccess>> {
    Ok(sqlx::query_as(FIND_ACCESS)
        .bind(viewer)
        .bind(slug)
        .fetch_optional(connection)
        .await?)
}

/// Returns the id of the room with this slug, if it is open.
pub async fn find_open_room(connection: &mut Connection, slug: &str) -> Result<Option<RoomId>> {
    Ok(sqlx::query_scalar(FIND_OPEN_ROOM)
        .bind(slug)
        .fetch_optional(connection)
        .await?)
}

impl FromRow<'_, SqliteRow> for RoomInfo {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            slug: text_of(row, "slug")?,
            name: text_of(row, "name")?,
            topic: text_of(row, "topic")?,
            kind: RoomKind::of_stored(text_of(row, "kind")?.as_bytes()),
        })
    }
}

/// Returns what everybody who may see the room sees of it.
pub async fn find_info(connection: &mut Connection, id: RoomId) -> Result<Option<RoomInfo>> {
    Ok(sqlx::query_as(FIND_INFO)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Returns whether a room has this slug.
pub async fn is_slug_taken(connection: &mut Connection, slug: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_SLUG_TAKEN)
        .bind(slug)
        .fetch_one(connection)
        .await?)
}

/// Returns the slug itself, or the same with the first number from 2 to 1,000 that no room has; `None` if all are taken.
pub async fn find_free_slug(connection: &mut Connection, slug: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(FIND_FREE_SLUG)
        .bind(slug)
        .fetch_optional(connection)
        .await?)
}

/// A room to be inserted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RoomRow<'a> {
    /// The id of the event that creates the room.
    pub id: RoomId,
    /// The properties that all readers see.
    #[serde(flatten)]
    pub info: &'a RoomInfo,
    /// The creator.
    pub made_by: UserId,
    /// The time of the creation.
    pub at: Timestamp,
}

/// Inserts any number of rooms with one statement.
pub async fn insert_rooms(connection: &mut Connection, rooms: &[RoomRow<'_>]) -> Result<()> {
    write_rows(connection, INSERT_ROOMS, rooms).await
}

/// The new name and topic of a room.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct RoomTexts<'a> {
    pub id: RoomId,
    pub name: &'a str,
    pub topic: &'a str,
}

/// Sets the names and topics of any number of rooms with one statement.
pub async fn update_rooms(connection: &mut Connection, rooms: &[RoomTexts<'_>]) -> Result<()> {
    write_rows(connection, UPDATE_ROOMS, rooms).await
}
