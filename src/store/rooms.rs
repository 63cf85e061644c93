//! The table `rooms`, and rooms as one viewer sees them.

use super::{
    connection::Connection,
    damage::{parse_lossy, text_of},
    json_rows::write_rows,
    pins::{pins_of, read_pins},
    room_months::forget_months,
    statements::statements,
    visibility::{is_manager, is_open, is_open_to},
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, RoomId, UserId},
        room::{RoomInfo, RoomKind, RoomView, fold_room_name},
        time::Timestamp,
    },
};
use serde::Serialize;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

/// The messages after the read mark that the room shows, of which at most the newest 1,000 are counted. The index holds
/// all columns, so that no message is read: a list of 200 rooms may count 200,000 of them.
macro_rules! unread {
    () => {
        "select author_id, deleted_at from messages m indexed by messages_of_room
            where m.room_id = r.id and m.in_room and m.id > s.read_up_to order by m.id desc limit 1000"
    };
}

pub(super) use unread;

/// A room as the viewer `?1` sees it, as JSON in the form of [`RoomView`]. JSON cannot hold blobs, which a damaged file
/// may have in place of texts; `cast` does nothing to a text.
macro_rules! room_json {
    () => {
        concat!(
            "json_object('id', r.id, 'slug', cast(r.slug as text),
            'name', iif(r.kind = 'direct', ", crate::store::rooms::names_of_others!(), ", cast(r.name as text)),
            'topic', cast(r.topic as text),
            'kind', iif(r.kind in ('open', 'direct'), r.kind, 'closed'),
            'archived', json(iif(r.archived_at is not null, 'true', 'false')),
            'announcements', json(iif(r.announcements, 'true', 'false')),
            'auto_join', json(iif(r.auto_join, 'true', 'false')),
            'room_mentions', json(iif(r.room_mentions, 'true', 'false')),
            'pins', json('[' || ", crate::store::pins::pins_of!("r.id"), " || ']'),
            'favourite', json(iif(coalesce(s.favourite, 0), 'true', 'false')),
            'joined', json(iif(s.user_id is not null, 'true', 'false')),
            'role', iif(s.user_id is null, null, iif(s.role = 'manager', 'manager', 'member')),
            'can_manage', json(iif(", crate::store::visibility::manages!("(select v.role from users v where v.id = ?1 and v.disabled_at is null)", "s"), ",
                'true', 'false')),
            'new', json(iif(s.read_up_to = s.event_id - 1, 'true', 'false')),
            'people', json(iif(r.kind = 'direct', (
                select json_group_array(json_object('handle', cast(o.handle as text), 'name', cast(o.name as text)) order by o.handle)
                from memberships p join users o on o.id = p.user_id where p.room_id = r.id and p.user_id is not ?1), '[]')),
            'head', (select coalesce(max(e.id), 0) from events e where e.room_id = r.id),
            'read_up_to', coalesce(s.read_up_to, 0),
            'notify', coalesce(s.notify, 'mentions'),
            'unread', iif(s.user_id is null, 0, (
                select count(*) from (", crate::store::rooms::unread!(), ") where author_id <> s.user_id and deleted_at is null
                    and author_id not in ", crate::store::visibility::blocked_by!("?1"), ")),
            'mentions', iif(s.user_id is null, 0, min(1000, (
                select count(*) from (
                    select 1 from mentions n
                    where n.user_id = s.user_id and n.room_id = r.id and n.message_id > max(s.read_up_to, s.inbox_read_up_to)
                        and n.thread is null
                        and (not exists ", crate::store::visibility::blocked_by!("?1"), "
                            or (select m.author_id from messages m where m.id = n.message_id) not in ", crate::store::visibility::blocked_by!("?1"), ")
                    limit 1000)) + (
                select count(*) from (
                    select 1 from mentions n indexed by mentions_in_threads
                    where n.user_id = s.user_id and n.room_id = r.id and n.thread is not null and not n.thread_read
                        and n.message_id > s.inbox_read_up_to
                        and (not exists ", crate::store::visibility::blocked_by!("?1"), "
                            or (select m.author_id from messages m where m.id = n.message_id) not in ", crate::store::visibility::blocked_by!("?1"), ")
                    limit 1000)) + (
                select count(*) from (
                    select 1 from messages m indexed by messages_mentioning_room
                    where m.room_id = r.id and m.mentions_room and m.id > max(s.read_up_to, s.inbox_read_up_to) and m.author_id <> s.user_id
                        and m.author_id not in ", crate::store::visibility::blocked_by!("?1"), "
                        and not exists (
                            select 1 from mentions n where n.user_id = s.user_id and n.room_id = r.id and n.message_id = m.id)
                    limit 1000)))))"
        )
    };
}

pub(super) use room_json;

/// The name of the direct room `r` as the viewer `?1` sees it: the names of the other people in it.
macro_rules! names_of_others {
    () => {
        "coalesce((select group_concat(cast(o.name as text), ', ' order by o.handle)
            from memberships p join users o on o.id = p.user_id where p.room_id = r.id and p.user_id is not ?1), '')"
    };
}
pub(super) use names_of_others;

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

/// The ids of the messages of the room `?1` from `?2` on.
macro_rules! erased {
    () => {
        "(select m.id from messages m indexed by messages_of_room where m.room_id = ?1 and m.in_room and m.id >= ?2
          union all
          select m.id from messages m indexed by replies_of_room where m.room_id = ?1 and not m.in_room and m.id >= ?2)"
    };
}

statements! {
    FIND_ROOM = concat!("select ", room_json!(), visible_rooms!(), " and r.slug = ?2");
    FIND_ACCESS = concat!(
        "select r.id, ", is_open_to!("?1"), " as is_open, r.kind = 'direct' as is_direct, r.kind = 'deleted' as is_deleted,
            r.archived_at is not null as is_archived, r.announcements as is_announcements, r.room_mentions,
            s.event_id as member_since, ", is_manager!("s"), " as is_manager
        from rooms r left join memberships s on s.room_id = r.id and s.user_id = ?1 where r.slug = ?2"
    );
    FIND_OPEN_ROOM = concat!("select r.id from rooms r where r.slug = ? and ", is_open!());
    FIND_INFO = concat!(
        "select r.slug, r.name, r.topic, r.kind, r.archived_at is not null as archived, r.announcements, r.auto_join,
            r.room_mentions, ", pins_of!("r.id"), " as pins
        from rooms r where r.id = ?"
    );
    // A recursive query hands its rows over as it makes them, so the first free one ends it.
    FIND_FREE_SLUG = "with recursive candidates(number, slug) as (
            select 1, ?1
            union all
            select number + 1, rtrim(substr(?1, 1, 58), '-') || '-' || (number + 1) from candidates where number < 1000)
        select slug from candidates c where not exists (select 1 from rooms r where r.slug = c.slug) limit 1";
    IS_SLUG_TAKEN = "select exists (select 1 from rooms where slug = ?)";
    INSERT_ROOMS = "insert into rooms (id, slug, name, name_folded, topic, kind, auto_join, room_mentions, people, made_by, created_at)
        select value ->> 'id', value ->> 'slug', value ->> 'name', value ->> 'folded', value ->> 'topic', value ->> 'kind',
               value ->> 'auto_join', value ->> 'room_mentions', value ->> 'people', value ->> 'made_by', value ->> 'at'
        from json_each(?)";
    UPDATE_ROOMS = "update rooms set name = value ->> 'name', topic = value ->> 'topic', name_folded = value ->> 'folded'
        from json_each(?) where rooms.id = value ->> 'id'";
    UPDATE_ROOM = "update rooms set name = ?2, name_folded = coalesce(?3, name_folded), topic = ?4,
            archived_at = iif(?5, coalesce(archived_at, ?8), null), announcements = ?6, auto_join = ?7, room_mentions = ?9
        where id = ?1";
    IS_NAME_TAKEN = concat!(
        "select exists (select 1 from rooms r where r.name_folded = ?1 and ", is_open!(), " and r.id is not ?2)"
    );
    LIST_UNFOLDED = "select coalesce(json_group_array(json_array(id, cast(name as text))), '[]') from (
        select id, name from rooms where name_folded is null limit 1000)";
    SET_FOLDED = "update rooms set name_folded = value ->> 1 from json_each(?) where rooms.id = value ->> 0";
    // Members are remembered, who see this event and nothing else of the room.
    REMEMBER_MEMBERS = "insert or ignore into former_memberships (user_id, room_id, event_id)
        select user_id, room_id, ?2 from memberships where room_id = ?1";
    REMOVE_MEMBERS = "delete from memberships where room_id = ?";
    FORGET_PINS = "delete from pins where room_id = ?";
    DELETE_ROOM = "update rooms set closed_id = iif(kind = 'open', ?2, closed_id), kind = 'deleted', deleted_id = ?2,
            name = '', name_folded = '', topic = '', auto_join = false
        where id = ?1";
    // The newest messages of the first deleted room that has any: replies are deleted before what they reply to.
    FIND_TO_ERASE = "select r.id, (
            select min(id) from (
                select id from (
                    select m.id from messages m indexed by messages_of_room
                    where m.room_id = r.id and m.in_room order by m.id desc limit 1000)
                union all
                select id from (
                    select m.id from messages m indexed by replies_of_room
                    where m.room_id = r.id and not m.in_room order by m.id desc limit 1000)
                order by id desc limit 1000))
        from rooms r where r.kind = 'deleted' and exists (select 1 from messages m where m.room_id = r.id) limit 1";
    ERASE_REACTIONS = concat!("delete from reactions where message_id in ", erased!());
    ERASE_MENTIONS = concat!("delete from mentions where message_id in ", erased!());
    ERASE_SAVED = concat!("delete from saved where message_id in ", erased!());
    ERASE_FILES = "delete from files where room_id = ?1 and message_id >= ?2";
    ERASE_THREADS = concat!("delete from threads where root_id in ", erased!());
    ERASE_THREAD_AUTHORS = concat!("delete from thread_authors where root_id in ", erased!());
    ERASE_THREAD_MARKS = concat!("delete from thread_marks where root_id in ", erased!());
    ERASE_MESSAGES = concat!("delete from messages where id in ", erased!());
    ERASE_CUSTOM_EVENTS = "update events set data = null where id in (
        select e.id from rooms r cross join events e indexed by custom_events_of_room
            on e.room_id = r.id and e.kind = 'custom' and e.data is not null
        where r.kind = 'deleted' limit 1000)";
    CLOSE_ROOM = "update rooms set kind = 'closed', auto_join = false, closed_id = ?2 where id = ?1";
    LIST_AUTO_JOIN = concat!("select r.id from rooms r where r.auto_join and r.archived_at is null and ", is_open!(), " order by r.id");
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as the policy asks for them"
)]
pub struct RoomAccess {
    /// The id of the room.
    pub id: RoomId,
    /// Whether the room is open, and the user sees open rooms.
    pub is_open: bool,
    /// Whether it is a direct room.
    pub is_direct: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Whether only managers post.
    pub is_announcements: bool,
    /// Whether all members may mention everybody in the room.
    pub room_mentions: bool,
    /// The event that made the user a member; `None` if they are not one.
    pub member_since: Option<EventId>,
    /// Whether the user is a member and manages the room.
    pub is_manager: bool,
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
            archived: row.try_get("archived")?,
            announcements: row.try_get("announcements")?,
            auto_join: row.try_get("auto_join")?,
            room_mentions: row.try_get("room_mentions")?,
            pins: read_pins(text_of(row, "pins")?.as_bytes()),
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
    /// The name in the form that is compared with other names; `None` if it will be filled later.
    pub folded: Option<&'a str>,
    /// Of a direct room: the ids of its people, see `0016_rooms.sql`.
    pub people: Option<&'a str>,
    /// The creator.
    pub made_by: UserId,
    /// The time of the creation.
    pub at: Timestamp,
}

/// Inserts any number of rooms with one statement.
pub async fn insert_rooms(connection: &mut Connection, rooms: &[RoomRow<'_>]) -> Result<()> {
    write_rows(connection, INSERT_ROOMS, rooms).await
}

/// Returns whether another open room than `except` has a name with this folded form.
pub async fn is_name_taken(
    connection: &mut Connection,
    folded: &str,
    except: Option<RoomId>,
) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_NAME_TAKEN)
        .bind(folded)
        .bind(except)
        .fetch_one(connection)
        .await?)
}

/// Sets the properties of a room, except its kind and slug. `folded` is the folded form of a new name.
pub async fn update_room(
    connection: &mut Connection,
    id: RoomId,
    info: &RoomInfo,
    folded: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(UPDATE_ROOM)
        .bind(id)
        .bind(&info.name)
        .bind(folded)
        .bind(&info.topic)
        .bind(info.archived)
        .bind(info.announcements)
        .bind(info.auto_join)
        .bind(at.to_string())
        .bind(info.room_mentions)
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes an open room a closed one. `event` is the last event that others than its members see.
pub async fn close_room(connection: &mut Connection, id: RoomId, event: EventId) -> Result<()> {
    sqlx::query(CLOSE_ROOM)
        .bind(id)
        .bind(event)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes a room, whose members and others see `event` as the last one. Its slug stays used. The messages are erased by
/// [`erase_deleted`].
pub async fn delete_room(connection: &mut Connection, id: RoomId, event: EventId) -> Result<()> {
    for sql in [REMEMBER_MEMBERS, DELETE_ROOM] {
        sqlx::query(sql)
            .bind(id)
            .bind(event)
            .execute(&mut *connection)
            .await?;
    }
    for sql in [REMOVE_MEMBERS, FORGET_PINS] {
        sqlx::query(sql).bind(id).execute(&mut *connection).await?;
    }
    forget_months(connection, id).await
}

/// Erases up to 1,000 messages of deleted rooms, or else the contents of as many custom events. The events themselves
/// stay, so that no id is used again. Returns whether anything was erased: there may be more.
pub async fn erase_deleted(connection: &mut Connection) -> Result<bool> {
    let found: Option<(RoomId, i64)> = sqlx::query_as(FIND_TO_ERASE)
        .fetch_optional(&mut *connection)
        .await?;
    let Some((room, from)) = found else {
        let erased = sqlx::query(ERASE_CUSTOM_EVENTS).execute(connection).await?;
        return Ok(erased.rows_affected() > 0);
    };
    for sql in [
        ERASE_REACTIONS,
        ERASE_MENTIONS,
        ERASE_SAVED,
        ERASE_FILES,
        ERASE_THREADS,
        ERASE_THREAD_AUTHORS,
        ERASE_THREAD_MARKS,
        ERASE_MESSAGES,
    ] {
        sqlx::query(sql)
            .bind(room)
            .bind(from)
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

/// Returns the rooms that new members of the server become members of.
pub async fn list_auto_join(connection: &mut Connection) -> Result<Vec<RoomId>> {
    Ok(sqlx::query_scalar(LIST_AUTO_JOIN)
        .fetch_all(connection)
        .await?)
}

/// Fills the folded forms of names that a file of an earlier version or an import has left out. Updates 1,000 rooms at a
/// time.
pub async fn fold_room_names(connection: &mut Connection) -> Result<()> {
    loop {
        let unfolded: Vec<u8> = sqlx::query_scalar(LIST_UNFOLDED)
            .fetch_one(&mut *connection)
            .await?;
        let unfolded: Vec<(RoomId, String)> = parse_lossy(&unfolded)?;
        if unfolded.is_empty() {
            return Ok(());
        }
        let folded = unfolded.iter().map(|(id, name)| (id, fold_room_name(name)));
        write_rows(connection, SET_FOLDED, &folded.collect::<Vec<_>>()).await?;
    }
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
