//! The table `messages`: their current state, singly and in pages.

use super::{
    db::Connection,
    message_row::{message_row, read_messages},
    statements::statements,
};
use crate::{
    error::{Error, Result},
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        message::{HistoryPage, Message},
        time::Timestamp,
    },
};
use serde::Deserialize;

/// A message as JSON, in the form of [`Message`]; of `m`, with its author `a` and the slug of its room in `r`.
macro_rules! message_json {
    () => {
        concat!("json_object('id', m.id, 'room', r.slug, 'author', json_object('handle', a.handle, 'name', a.name),
            'body', case when m.deleted_at is null then m.body end, 'at', m.created_at,
            'edited_at', m.edited_at, 'deleted_at', m.deleted_at, 'reply_to', m.reply_to, 'nonce', m.nonce,
            'reactions', json(iif(not m.is_reacted, '[]', ", crate::store::message_row::reactions_json!(), ")))")
    };
}
pub(super) use message_json;

/// A page is two walks from a pivot, older and newer, each with one row more than asked for to tell whether
/// the history goes on there. The subqueries are in order, and so is what is made of them.
macro_rules! page {
    ($pivot:literal, $author:literal) => {
        concat!(
            "with pivot as (select ",
            $pivot,
            " as id)
            select (select coalesce(max(id), 0) from events) as head,
            (select coalesce(group_concat(j, char(30)), '') from (
                select ",
            message_row!(),
            " as j
                from messages m join users a on a.id = m.author_id
                where m.room_id = ?1 and m.id < (select id from pivot) ",
            $author,
            "
                and (?5 is null or m.created_at >= ?5) and (?6 is null or m.created_at < ?6)
                order by m.id desc limit ?3 + 0)) as older,
            (select coalesce(group_concat(j, char(30)), '') from (
                select ",
            message_row!(),
            " as j
                from messages m join users a on a.id = m.author_id
                where m.room_id = ?1 and m.id >= (select id from pivot) ",
            $author,
            "
                and (?5 is null or m.created_at >= ?5) and (?6 is null or m.created_at < ?6)
                order by m.id limit ?4 + 0)) as newer"
        )
    };
}

macro_rules! insert_messages_sql {
    () => {
        "insert into messages (id, room_id, author_id, body, reply_to, nonce, created_at)
        select value ->> 'id', value ->> 'room_id', value ->> 'author_id', value ->> 'body',
               value ->> 'reply_to', value ->> 'nonce', value ->> 'at' from jsonb_each(?)"
    };
}
pub(super) use insert_messages_sql;

statements! {
    PAGE_AT_ID = page!("?2", "and ?7 is null");
    PAGE_AT_ID_BY_AUTHOR = page!("?2", "and m.author_id = (select id from users where handle = ?7)");
    PAGE_AT_TIME = page!(
        "coalesce((select id from messages where room_id = ?1 and created_at >= ?2 order by created_at, id limit 1), 1 << 53)",
        "and ?7 is null"
    );
    PAGE_AT_TIME_BY_AUTHOR = page!(
        "coalesce((select id from messages where room_id = ?1 and created_at >= ?2 order by created_at, id limit 1), 1 << 53)",
        "and m.author_id = (select id from users where handle = ?7)"
    );
    FIND_MESSAGE = concat!(
        "select ", message_json!(), " from messages m join rooms r on r.id = m.room_id join users a on a.id = m.author_id
         where m.room_id = ? and m.id = ?"
    );
    FIND_MESSAGES = concat!(
        "select '[' || coalesce(group_concat(j), '') || ']' from (select ", message_json!(), " as j
            from json_each(?) wanted join messages m on m.id = wanted.value
            join rooms r on r.id = m.room_id join users a on a.id = m.author_id)"
    );
    FIND_STATE = "select author_id, body, deleted_at is not null from messages where room_id = ? and id = ?";
    INSERT_MESSAGES = insert_messages_sql!();
    EDIT_MESSAGE = "update messages set body = ?, edited_at = ? where id = ?";
    DELETE_MESSAGE = "update messages set body = '', deleted_at = ? where id = ?";
    // Room by room, since both are then read off an index.
    SUM_UP = "select coalesce(sum((select count(*) from messages m where m.room_id = r.id)), 0),
                     min((select min(m.created_at) from messages m where m.room_id = r.id))
              from rooms r where r.kind = 'open'";
}

/// Where a page of history lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The end.
    Newest,
    /// What comes before a message.
    Before(MessageId),
    /// What comes after it.
    After(MessageId),
    /// A message and its surroundings.
    Around(MessageId),
    /// The surroundings of the first message at a time or later.
    At(Timestamp),
}

/// Which messages belong into a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By this handle.
    pub author: Option<String>,
    /// Posted then or later.
    pub since: Option<Timestamp>,
    /// Posted before.
    pub until: Option<Timestamp>,
}

/// A page of a room's history with the log's head, all in one snapshot.
pub async fn read_history(
    connection: &mut Connection,
    (room, slug): (RoomId, &str),
    anchor: Anchor,
    limit: usize,
    filter: &Filter,
) -> Result<HistoryPage> {
    let half = limit / 2;
    // (pivot, how many older, how many newer); 0 rows asked for are still looked for, to tell whether they are there
    let (pivot, want_older, want_newer) = match anchor {
        Anchor::Newest => (EventId::LIMIT.to_string(), limit, 0),
        Anchor::Before(id) => (id.to_string(), limit, 0),
        Anchor::After(id) => ((id.0 + 1).to_string(), 0, limit),
        Anchor::Around(id) => (id.to_string(), half, limit - half),
        Anchor::At(time) => (time.to_string(), half, limit - half),
    };
    let query = match (anchor, &filter.author) {
        (Anchor::At(_), None) => sqlx::query_as(PAGE_AT_TIME).bind(room).bind(pivot),
        (Anchor::At(_), Some(_)) => sqlx::query_as(PAGE_AT_TIME_BY_AUTHOR)
            .bind(room)
            .bind(pivot),
        (_, None) => sqlx::query_as(PAGE_AT_ID)
            .bind(room)
            .bind(pivot.parse::<i64>().ok()),
        (_, Some(_)) => sqlx::query_as(PAGE_AT_ID_BY_AUTHOR)
            .bind(room)
            .bind(pivot.parse::<i64>().ok()),
    };
    let (head, older, newer): (EventId, String, String) = query
        .bind(row_count(want_older))
        .bind(row_count(want_newer))
        .bind(filter.since.map(String::from))
        .bind(filter.until.map(String::from))
        .bind(filter.author.as_deref())
        .fetch_one(connection)
        .await?;
    let mut older = read_messages(&older, slug)?;
    let mut newer = read_messages(&newer, slug)?;
    let (has_older, has_newer) = (older.len() > want_older, newer.len() > want_newer);
    older.truncate(want_older);
    newer.truncate(want_newer);
    older.reverse();
    older.append(&mut newer);
    Ok(HistoryPage {
        messages: older,
        head,
        has_older,
        has_newer,
    })
}

fn row_count(wanted: usize) -> i64 {
    i64::try_from(wanted).unwrap_or(i64::MAX - 1) + 1
}

/// One message of a room.
pub async fn find_message(
    connection: &mut Connection,
    room: RoomId,
    id: MessageId,
) -> Result<Option<Message>> {
    let json: Option<String> = sqlx::query_scalar(FIND_MESSAGE)
        .bind(room)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    json.as_deref().map(parse).transpose()
}

/// Messages of any rooms by their ids, in no particular order.
pub async fn find_messages(connection: &mut Connection, ids: &[MessageId]) -> Result<Vec<Message>> {
    let ids = serde_json::json!(ids).to_string();
    let json: String = sqlx::query_scalar(FIND_MESSAGES)
        .bind(ids)
        .fetch_one(connection)
        .await?;
    parse(&json)
}

/// What decides what may be done to a message.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MessageState {
    /// Who wrote it.
    pub author_id: UserId,
    /// Its text; empty once deleted.
    pub body: String,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// The state of a message of a room.
pub async fn find_state(
    connection: &mut Connection,
    room: RoomId,
    id: MessageId,
) -> Result<Option<MessageState>> {
    let row: Option<(UserId, String, bool)> = sqlx::query_as(FIND_STATE)
        .bind(room)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(author_id, body, is_deleted)| MessageState {
        author_id,
        body,
        is_deleted,
    }))
}

/// A row to be added.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NewMessage<'a> {
    /// That of its event.
    pub id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// Its author.
    pub author_id: UserId,
    /// As written.
    pub body: &'a str,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// Its client's name for it.
    pub nonce: Option<&'a str>,
    /// When it was posted.
    pub at: Timestamp,
}

/// Adds messages, however many, in one trip.
pub async fn insert_messages(
    connection: &mut Connection,
    messages: &[NewMessage<'_>],
) -> Result<()> {
    let rows = serde_json::to_string(messages).map_err(broken_json)?;
    sqlx::query(INSERT_MESSAGES)
        .bind(rows)
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives a message another text.
pub async fn edit_message(
    connection: &mut Connection,
    id: MessageId,
    body: &str,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(EDIT_MESSAGE)
        .bind(body)
        .bind(at.to_string())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a message's text away for good.
pub async fn delete_message(
    connection: &mut Connection,
    id: MessageId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(DELETE_MESSAGE)
        .bind(at.to_string())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// How many messages were posted in open rooms, and when the first one.
pub async fn sum_up(connection: &mut Connection) -> Result<(i64, Option<Timestamp>)> {
    let (count, first): (i64, Option<String>) =
        sqlx::query_as(SUM_UP).fetch_one(connection).await?;
    Ok((count, first.as_deref().and_then(Timestamp::parse)))
}

/// Reads what SQLite wrote as JSON.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(broken_json)
}

pub(super) fn broken_json(error: serde_json::Error) -> Error {
    Error::Database(sqlx::Error::Decode(error.into()))
}
