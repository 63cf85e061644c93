//! The table `messages`: reading single messages and pages, editing and deleting.

use super::{
    connection::Connection,
    damage::{Damages, lossy},
    message_row::{message_row, read_messages, read_messages_of_rooms},
    rows::{join_rows, join_rows_unordered},
    statements::statements,
    visibility::room_head,
};
use crate::{
    error::{Error, Result},
    model::{
        history::{Anchor, HistoryPage, HistoryQuery, Scope},
        ids::{EventId, MessageId, RoomId, UserId},
        message::Message,
        page::{Page, one_more},
        time::Timestamp,
    },
};
use serde::Deserialize;
use std::cmp::Reverse;

/// A page of a history of the room `?1`: two scans from a pivot in the order of ids, older and newer. Each has one row more
/// than requested, to tell whether the history continues there. `?2` tells whether the reader sees open rooms.
macro_rules! page {
    ($older:literal, $newer:literal, $($pivot:tt)+) => {
        concat!(
            "with pivot as (select ",
            $($pivot)+,
            " as id)
            select ",
            room_head!("?1", "?2"),
            " as head,
            (select ",
            join_rows_unordered!(),
            " from (select m.id, ",
            message_row!(),
            " as row ",
            $older,
            " order by m.id desc limit ?4 + 0)) as older,
            (select ",
            join_rows_unordered!(),
            " from (select m.id, ",
            message_row!(),
            " as row ",
            $newer,
            " order by m.id limit ?5 + 0)) as newer"
        )
    };
}

/// A page of what the room shows.
macro_rules! shown_page {
    ($($pivot:tt)+) => {
        page!(
            "from messages m indexed by messages_of_room left join users a on a.id = m.author_id
                where m.room_id = ?1 and m.in_room and m.id < (select id from pivot)",
            "from messages m indexed by messages_of_room left join users a on a.id = m.author_id
                where m.room_id = ?1 and m.in_room and m.id >= (select id from pivot)",
            $($pivot)+
        )
    };
}

/// A page of all messages of the room. Each is in one of two indexes.
macro_rules! whole_page {
    ($($pivot:tt)+) => {
        page!(
            "from (select id from (
                    select o.id from messages o indexed by messages_of_room
                    where o.room_id = ?1 and o.in_room and o.id < (select id from pivot) order by o.id desc limit ?4 + 0)
                union all select id from (
                    select o.id from messages o indexed by replies_of_room
                    where o.room_id = ?1 and not o.in_room and o.id < (select id from pivot) order by o.id desc limit ?4 + 0)) p
                cross join messages m on m.id = p.id left join users a on a.id = m.author_id",
            "from (select id from (
                    select o.id from messages o indexed by messages_of_room
                    where o.room_id = ?1 and o.in_room and o.id >= (select id from pivot) order by o.id limit ?5 + 0)
                union all select id from (
                    select o.id from messages o indexed by replies_of_room
                    where o.room_id = ?1 and not o.in_room and o.id >= (select id from pivot) order by o.id limit ?5 + 0)) p
                cross join messages m on m.id = p.id left join users a on a.id = m.author_id",
            $($pivot)+
        )
    };
}

/// A page of the thread of the message `?6`.
macro_rules! thread_page {
    ($($pivot:tt)+) => {
        page!(
            "from (select id from (
                    select o.id from messages o indexed by messages_of_thread
                    where o.thread = ?6 and o.id < (select id from pivot) order by o.id desc limit ?4 + 0)
                union all select ?6 where ?6 < (select id from pivot)) p
                cross join messages m on m.id = p.id left join users a on a.id = m.author_id where m.room_id = ?1",
            "from (select id from (
                    select o.id from messages o indexed by messages_of_thread
                    where o.thread = ?6 and o.id >= (select id from pivot) order by o.id limit ?5 + 0)
                union all select ?6 where ?6 >= (select id from pivot)) p
                cross join messages m on m.id = p.id left join users a on a.id = m.author_id where m.room_id = ?1",
            $($pivot)+
        )
    };
}

/// The first message of the room at the time `?3` or later.
macro_rules! first_at {
    () => {
        "coalesce((select id from messages where room_id = ?1 and created_at >= ?3 order by created_at, id limit 1), 1 << 53)"
    };
}

/// A page of a filtered history, in the order of time, and of ids if times are equal. Only this order lets an index
/// contain exactly the requested rows, also in rooms whose messages were imported in another order.
///
/// The pivot is a position in that order: the time `?9`, or right after the message `?10`, or the message `?3`. A
/// missing message is replaced by its neighbour in the order of ids. `$of` limits the page to an author, or to what the
/// room shows. The scans begin there or at the end of the time
/// span from `?6` to `?7`, whichever comes first. Texts of times begin with a digit, so `~` is later than any time.
macro_rules! filtered_page {
    ($index:literal, $of:literal) => {
        concat!(
            "with pivot as (select
                case when ?9 is not null then ?9
                     when ?10 is not null then coalesce(
                         (select created_at from messages where room_id = ?1 and id = ?10),
                         (select created_at from messages where room_id = ?1 and in_room and id <= ?10 order by id desc limit 1), '')
                     else coalesce(
                         (select created_at from messages where room_id = ?1 and id = ?3),
                         (select created_at from messages where room_id = ?1 and in_room and id >= ?3 order by id limit 1), '~')
                     end as at,
                case when ?9 is not null then 0
                     when ?10 is not null then 1 + coalesce(
                         (select id from messages where room_id = ?1 and id = ?10),
                         (select id from messages where room_id = ?1 and in_room and id <= ?10 order by id desc limit 1), 0)
                     else coalesce(
                         (select id from messages where room_id = ?1 and id = ?3),
                         (select id from messages where room_id = ?1 and in_room and id >= ?3 order by id limit 1), 0)
                     end as id),
            upper as (select min(at, ?7) as at, iif(at < ?7, id, 0) as id from pivot),
            lower as (select max(at, ?6) as at, iif(at >= ?6, id, 0) as id from pivot)
            select ", room_head!("?1", "?2"), " as head,
            (select ", join_rows!("at desc, id desc"), " from (
                select m.id, m.created_at as at, ", message_row!(), " as row
                from messages m indexed by ", $index, " left join users a on a.id = m.author_id
                where m.room_id = ?1 ", $of, " and m.created_at >= ?6
                  and (m.created_at, m.id) < (select at, id from upper)
                order by m.created_at desc, m.id desc limit ?4 + 0)) as older,
            (select ", join_rows!("at, id"), " from (
                select m.id, m.created_at as at, ", message_row!(), " as row
                from messages m indexed by ", $index, " left join users a on a.id = m.author_id
                where m.room_id = ?1 ", $of, " and m.created_at < ?7
                  and (m.created_at, m.id) >= (select at, id from lower)
                order by m.created_at, m.id limit ?5 + 0)) as newer"
        )
    };
}

statements! {
    PAGE_AT_ID = shown_page!("?3");
    // A reply that the room does not show is replaced by the root of its thread.
    PAGE_AROUND = shown_page!(
        "coalesce((select o.thread from messages o where o.id = ?3 and o.room_id = ?1 and not o.in_room), ?3)"
    );
    PAGE_AT_TIME = shown_page!(first_at!());
    WHOLE_PAGE_AT_ID = whole_page!("?3");
    WHOLE_PAGE_AT_TIME = whole_page!(first_at!());
    THREAD_PAGE_AT_ID = thread_page!("?3");
    THREAD_PAGE_AT_TIME = thread_page!(first_at!());
    FILTERED_PAGE = filtered_page!("messages_by_time", "and ?8 is null and m.in_room");
    FILTERED_PAGE_BY_AUTHOR = filtered_page!(
        "messages_by_author",
        "and m.author_id = (select id from users where handle = ?8) and m.in_room"
    );
    FILTERED_WHOLE_PAGE = filtered_page!("messages_by_time", "and ?8 is null");
    FILTERED_WHOLE_PAGE_BY_AUTHOR = filtered_page!(
        "messages_by_author",
        "and m.author_id = (select id from users where handle = ?8)"
    );
    FIND_MESSAGE = concat!(
        "select ", join_rows!("id"), " from (
            select m.id, concat_ws(char(31), r.slug, ", message_row!(), ") as row
            from messages m join rooms r on r.id = m.room_id left join users a on a.id = m.author_id
            where m.room_id = ? and m.id = ?)"
    );
    FIND_MESSAGES = concat!(
        "select ", join_rows!("id"), " from (
            select m.id, concat_ws(char(31), r.slug, ", message_row!(), ") as row
            from json_each(?) wanted join messages m on m.id = wanted.value
            join rooms r on r.id = m.room_id left join users a on a.id = m.author_id)"
    );
    FIND_STATE = "select author_id, body, deleted_at is not null, has_files, coalesce(thread, id) from messages
        where room_id = ? and id = ?";
    UPDATE_MESSAGE = "update messages set body = ?, mentions_room = ?, edited_at = ? where id = ?";
    ERASE_MESSAGE = "update messages set body = '', mentions_room = 0, has_files = 0, deleted_at = ? where id = ?";
}

/// Returns a page of a room's history with the last event in the room that is visible to the reader, all in one snapshot.
/// `sees_open` tells whether the reader sees open rooms.
pub async fn read_history(
    connection: &mut Connection,
    (room, slug): (RoomId, &str),
    sees_open: bool,
    query: &HistoryQuery,
) -> Result<HistoryPage> {
    let HistoryQuery {
        anchor,
        limit,
        ref filter,
        scope,
    } = *query;
    let is_filtered = !filter.is_empty() && !matches!(scope, Scope::Thread(_));
    let half = limit / 2;
    // A limit of 0 still reads one row, to tell whether there are messages.
    let (want_older, want_newer) = match anchor {
        Anchor::Newest | Anchor::Before(_) => (limit, 0),
        Anchor::After(_) => (0, limit),
        Anchor::Around(_) | Anchor::At(_) => (half, limit - half),
    };
    let (pivot, time) = match anchor {
        Anchor::Newest => (EventId::LIMIT, None),
        Anchor::Before(id) | Anchor::Around(id) => (id.0, None),
        Anchor::After(id) => (id.0 + 1, None),
        Anchor::At(time) => (EventId::LIMIT, Some(time.to_string())),
    };
    let after = match anchor {
        Anchor::After(id) => Some(id),
        _ => None,
    };
    let query = sqlx::query_as(statement_of(query))
        .bind(room)
        .bind(sees_open);
    let query = match &time {
        Some(time) if !is_filtered => query.bind(time.clone()),
        _ => query.bind(pivot),
    };
    let mut query = query.bind(one_more(want_older)).bind(one_more(want_newer));
    if let Scope::Thread(root) = scope {
        query = query.bind(root);
    } else if is_filtered {
        query = query
            .bind(filter.since.map_or_else(String::new, String::from))
            .bind(filter.until.map_or_else(|| "~".to_owned(), String::from))
            .bind(filter.author.as_deref())
            .bind(time)
            .bind(after);
    }
    let (head, older, newer): (EventId, Vec<u8>, Vec<u8>) = query.fetch_one(connection).await?;
    let mut damages = Damages::default();
    let mut older = read_messages(&older, slug, &mut damages)?;
    let mut newer = read_messages(&newer, slug, &mut damages)?;
    damages.log();
    if !is_filtered {
        older.sort_by_key(|message| Reverse(message.id));
        newer.sort_by_key(|message| message.id);
    }
    let (older, newer) = (Page::of(older, want_older), Page::of(newer, want_newer));
    let messages = older.entries.into_iter().rev().chain(newer.entries);
    Ok(HistoryPage {
        messages: messages.collect(),
        head,
        has_older: older.has_more,
        has_newer: newer.has_more,
    })
}

fn statement_of(query: &HistoryQuery) -> &'static str {
    let is_at_time = matches!(query.anchor, Anchor::At(_));
    let is_around = matches!(query.anchor, Anchor::Around(_));
    let filter = Some(&query.filter).filter(|filter| !filter.is_empty());
    let has_author = filter.map(|filter| filter.author.is_some());
    match (query.scope, has_author) {
        (Scope::Thread(_), _) if is_at_time => THREAD_PAGE_AT_TIME,
        (Scope::Thread(_), _) => THREAD_PAGE_AT_ID,
        (Scope::Shown, Some(true)) => FILTERED_PAGE_BY_AUTHOR,
        (Scope::Shown, Some(false)) => FILTERED_PAGE,
        (Scope::All, Some(true)) => FILTERED_WHOLE_PAGE_BY_AUTHOR,
        (Scope::All, Some(false)) => FILTERED_WHOLE_PAGE,
        (Scope::Shown, None) if is_at_time => PAGE_AT_TIME,
        (Scope::Shown, None) if is_around => PAGE_AROUND,
        (Scope::Shown, None) => PAGE_AT_ID,
        (Scope::All, None) if is_at_time => WHOLE_PAGE_AT_TIME,
        (Scope::All, None) => WHOLE_PAGE_AT_ID,
    }
}

/// Returns the message with this id, if it belongs to the room.
pub async fn find_message(
    connection: &mut Connection,
    room: RoomId,
    id: MessageId,
) -> Result<Option<Message>> {
    let rows: Vec<u8> = sqlx::query_scalar(FIND_MESSAGE)
        .bind(room)
        .bind(id)
        .fetch_one(connection)
        .await?;
    Ok(read_and_log(&rows)?.into_iter().next())
}

/// Returns the messages with these ids, of any rooms, in the order of ids.
pub async fn find_messages(connection: &mut Connection, ids: &[MessageId]) -> Result<Vec<Message>> {
    let ids = serde_json::json!(ids).to_string();
    let rows: Vec<u8> = sqlx::query_scalar(FIND_MESSAGES)
        .bind(ids)
        .fetch_one(connection)
        .await?;
    read_and_log(&rows)
}

fn read_and_log(rows: &[u8]) -> Result<Vec<Message>> {
    let mut damages = Damages::default();
    let messages = read_messages_of_rooms(rows, &mut damages)?;
    damages.log();
    Ok(messages)
}

/// Facts needed to authorise a change of a message.
#[derive(Clone, Debug)]
pub struct MessageFacts {
    /// The author.
    pub author_id: UserId,
    /// The text, which is empty after deletion.
    pub body: String,
    /// Whether the message was deleted.
    pub is_deleted: bool,
    /// Whether it has files.
    pub has_files: bool,
    /// The root of the thread that the message belongs to, which is the message itself unless it is a reply in one.
    pub root: MessageId,
}

/// Returns the facts about the message with this id, if it belongs to the room.
pub async fn find_state(
    connection: &mut Connection,
    room: RoomId,
    id: MessageId,
) -> Result<Option<MessageFacts>> {
    let row: Option<(UserId, Vec<u8>, bool, bool, MessageId)> = sqlx::query_as(FIND_STATE)
        .bind(room)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(
        |(author_id, body, is_deleted, has_files, root)| MessageFacts {
            author_id,
            body: lossy(&body),
            is_deleted,
            has_files,
            root,
        },
    ))
}

/// Replaces the text of a message.
pub async fn update_message(
    connection: &mut Connection,
    id: MessageId,
    body: &str,
    mentions_room: bool,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(UPDATE_MESSAGE)
        .bind(body)
        .bind(mentions_room)
        .bind(at.to_string())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks a message as deleted and erases its text.
pub async fn erase_message(
    connection: &mut Connection,
    id: MessageId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(ERASE_MESSAGE)
        .bind(at.to_string())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Parses JSON that SQLite wrote.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(broken_json)
}

pub(super) fn broken_json(error: serde_json::Error) -> Error {
    Error::Database(sqlx::Error::Decode(error.into()))
}
