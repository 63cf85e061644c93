//! The table `events`: appending to the log, and reading what follows a cursor.

use super::{
    db::Connection,
    message_row::{Fields, message_fields},
    messages::{broken_json, message_json, parse},
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        event::{Event, Object, kind},
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
    },
};
use serde::Serialize;
use std::sync::Arc;

/// An event with the current state of what it is about, as JSON in the form of [`Event`].
macro_rules! event_json {
    () => {
        concat!(
            "json_object('id', e.id, 'room_id', e.room_id, 'room', r.slug, 'open', json(iif(r.kind = 'open', 'true', 'false')),
                'at', e.at, 'by', (select json_object('handle', b.handle, 'name', b.name) from users b where b.id = e.actor_id),
                'kind', e.kind,
                'message', case when m.id is not null then ", message_json!(), " end,
                'room_info', case when e.kind = 'room'
                    then json_object('slug', r.slug, 'name', r.name, 'topic', r.topic, 'kind', r.kind) end,
                'member', case when e.kind = 'member' then (
                    select json_object('user_id', u.id, 'handle', u.handle, 'state', iif(exists (
                        select 1 from memberships s where s.room_id = e.room_id and s.user_id = u.id), 'joined', 'left'))
                    from users u where u.id = e.data ->> '$.user') end,
                'payload', e.data -> '$.payload')"
        )
    };
}

/// The same of a message that was posted, as [`read_event`] reads it: most events are of this kind, and JSON
/// costs twice as much as everything else about them.
macro_rules! post_row {
    () => {
        concat!(
            "concat_ws(char(31), e.room_id, r.slug, r.kind = 'open', e.at, ",
            message_fields!(),
            ")"
        )
    };
}

/// What an event is made from. The outer loop goes through the events in their order, so that a limit ends it
/// early (`cross join` keeps the order of the tables, <https://sqlite.org/optoverview.html> 8.1).
macro_rules! event_tables {
    () => {
        " events e cross join rooms r on r.id = e.room_id
          left join messages m on m.id = e.message_id left join users a on a.id = m.author_id "
    };
}

/// A page of events: the head of the log, how many events may be in the page, how many are, the last id that was
/// looked at, the last id of the page, and its events.
///
/// `$end` is the last id to look at, `$filter` which events up to there the reader wants and may see. Where 256
/// events would weigh more than 128 KiB, about as many are taken as fit: they are weighed before anything is made
/// of them, roughly. Of a page that has the heaviest first, that is 1 MiB in the worst case.
macro_rules! page {
    ($end:literal, $filter:literal) => {
        concat!(
            "with scan as (select coalesce((", $end, "), 0) as last),
            weighed as (
                select 300 + coalesce(octet_length(m.body), octet_length(e.data), 0)
                    + 4096 * coalesce(m.is_reacted, 0) as weight
                from events e left join rooms r on r.id = e.room_id left join messages m on m.id = e.message_id
                where e.id > ?1 and e.id <= (select last from scan) ", $filter, " order by e.id limit 256),
            room as (select max(1, min(256, 256 * 131072 / coalesce(sum(weight), 1))) as events from weighed),
            page as (
                select e.id, iif(e.kind = 'message', ", post_row!(), ", ", event_json!(), ") as row
                from ", event_tables!(), "
                where e.id > ?1 and e.id <= (select last from scan) ", $filter, "
                order by e.id limit (select events from room))
            select (select coalesce(max(id), 0) from events) as head, (select events from room) as room,
                   count(id) as kept, (select last from scan) as scanned, coalesce(max(id), 0) as last,
                   coalesce(group_concat(row, char(30)), '') as rows
            from page"
        )
    };
}

macro_rules! append_all_sql {
    () => {
        "insert into events (id, room_id, kind, message_id, actor_id, at, data)
        select value ->> 'id', value ->> 'room_id', value ->> 'kind', value ->> 'message_id',
               value ->> 'actor_id', value ->> 'at', value ->> 'data' from jsonb_each(?)"
    };
}
pub(super) use append_all_sql;

statements! {
    HEAD = "select coalesce(max(id), 0) from events";
    APPEND = "insert into events (id, room_id, kind, message_id, actor_id, at, data)
        select next, iif(?2 = 'room', coalesce(?1, next), ?1), ?2, ?3, coalesce(?4, next), ?5, json(?6)
        from (select coalesce((select seq from sqlite_sequence where name = 'events'), 0) + 1 as next)
        returning id";
    APPEND_ALL = append_all_sql!();
    APPEND_NAMED = "insert into events (room_id, kind, actor_id, at, data)
        select r.id, 'member', ?1, ?2, json_object('user', ?1) from rooms r
        where exists (select 1 from memberships s where s.room_id = r.id and s.user_id = ?1)
           or exists (select 1 from messages m where m.author_id = ?1 and m.room_id = r.id)
        order by r.id";
    FIND_BY_NONCE = "select id, kind = ?3 and room_id = ?4 and (data -> '$.payload') = json(?5)
        from events where actor_id = ?1 and data ->> '$.nonce' = ?2";
    FIND_EVENT = concat!("select ", event_json!(), " from ", event_tables!(), " where e.id = ?");
    READ_ALL = page!("select max(id) from events", "");
    READ_ROOM = page!("select max(id) from events", "and e.room_id = ?2");
    // ?2 the viewer (null: nobody); ?3 the rooms asked for as JSON (null: all); ?4 whether only rooms joined.
    // What one page looks at is bounded, too, so that a reader of little holds no connection for long.
    READ_VISIBLE = page!(
        "select max(id) from (select id from events where id > ?1 order by id limit 2048)",
        "and (?3 is null or e.room_id in (select value from json_each(?3)))
         and (r.kind = 'open' and not ?4 or exists (
              select 1 from memberships s where s.room_id = e.room_id and s.user_id = ?2))"
    );
    // How far a cursor is behind, counted up to ?5; and whether it lies in a future that was lost, or before something
    // that was taken out of the log since.
    STAND = "select (select coalesce(max(id), 0) from events) as head,
        exists (select 1 from eras where ?1 > after_id and ?1 < next_id) as is_lost,
        exists (select 1 from meta where key = 'purged_up_to' and ?1 < cast(value as integer)) as is_purged,
        (select count(*) from (
            select 1 from events e join rooms r on r.id = e.room_id
            where e.id > ?1 and (?3 is null or e.room_id in (select value from json_each(?3)))
              and (r.kind = 'open' and not ?4 or exists (
                select 1 from memberships s where s.room_id = e.room_id and s.user_id = ?2))
            limit ?5 + 0)) as missed";
    STAND_IN_ROOM = "select (select coalesce(max(id), 0) from events) as head,
        exists (select 1 from eras where ?1 > after_id and ?1 < next_id) as is_lost,
        exists (select 1 from meta where key = 'purged_up_to' and ?1 < cast(value as integer)) as is_purged,
        (select count(*) from (select 1 from events where room_id = ?2 and id > ?1 limit ?3 + 0)) as missed";
}

/// The id of the last event.
pub async fn head(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(HEAD).fetch_one(connection).await?)
}

/// A row of the log to be.
#[derive(Clone, Debug, Serialize)]
pub struct NewEvent<'a> {
    /// Where it happens; `None`: to the server as a whole or, where a room is made, in that room.
    pub room_id: Option<RoomId>,
    /// What happens.
    pub kind: &'a str,
    /// To which message.
    pub message_id: Option<MessageId>,
    /// Who does it; `None`: whom the event itself makes.
    pub actor_id: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// JSON, see the migration.
    pub data: Option<String>,
}

/// Appends an event; its id is the next one.
pub async fn append_event(connection: &mut Connection, event: &NewEvent<'_>) -> Result<EventId> {
    let id = sqlx::query_scalar(APPEND)
        .bind(event.room_id)
        .bind(event.kind)
        .bind(event.message_id)
        .bind(event.actor_id)
        .bind(event.at.to_string())
        .bind(event.data.as_deref())
        .fetch_one(connection)
        .await?;
    Ok(id)
}

/// An event whose id was chosen: the next free one, or, in a run, the one after the one before.
#[derive(Clone, Debug, Serialize)]
pub struct NumberedEvent<'a> {
    /// Its id.
    pub id: EventId,
    /// The rest.
    #[serde(flatten)]
    pub event: NewEvent<'a>,
}

/// Appends events, however many, in one trip.
pub async fn append_events(
    connection: &mut Connection,
    events: &[NumberedEvent<'_>],
) -> Result<()> {
    let rows = serde_json::to_string(events).map_err(broken_json)?;
    sqlx::query(APPEND_ALL)
        .bind(rows)
        .execute(connection)
        .await?;
    Ok(())
}

/// Appends an event of somebody to each room in which they are named: as a member, or as an author.
pub async fn append_where_named(
    connection: &mut Connection,
    user: UserId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(APPEND_NAMED)
        .bind(user)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// The custom event that an actor posted under this nonce, and whether it is the same as another one.
pub async fn find_event_by_nonce(
    connection: &mut Connection,
    actor: UserId,
    nonce: &str,
    (kind, room, payload): (&str, RoomId, &str),
) -> Result<Option<(EventId, bool)>> {
    let query = sqlx::query_as(FIND_BY_NONCE).bind(actor).bind(nonce);
    Ok(query
        .bind(kind)
        .bind(room)
        .bind(payload)
        .fetch_optional(connection)
        .await?)
}

/// One event of a room.
pub async fn find_event(connection: &mut Connection, id: EventId) -> Result<Option<Event>> {
    let json: Option<String> = sqlx::query_scalar(FIND_EVENT)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    json.as_deref().map(parse).transpose()
}

/// Who reads, and which rooms they ask for.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Selection {
    /// One room that the reader may see.
    Room(RoomId),
    /// What a viewer may see, of the rooms named or of all, and perhaps only of those joined.
    Visible {
        viewer: Option<UserId>,
        rooms: Option<Vec<RoomId>>,
        joined: bool,
    },
}

/// Events that follow a cursor.
#[derive(Debug)]
pub struct EventPage {
    /// In order; at most 256, and about as many as fit into 128 KiB (one always does).
    pub events: Vec<Event>,
    /// Everything of the selection up to here was read.
    pub scanned: EventId,
    /// The head of the log in the same snapshot.
    pub head: EventId,
}

type PageRow = (EventId, i64, i64, EventId, EventId, String);

/// Reads what follows a cursor, whoever may see it: what the log itself reads after a commit.
pub async fn read_log_after(connection: &mut Connection, after: EventId) -> Result<EventPage> {
    let row: PageRow = sqlx::query_as(READ_ALL)
        .bind(after)
        .fetch_one(connection)
        .await?;
    page_of(row, after)
}

/// Reads what follows a cursor, bounded in rows, in bytes, and in rows that are only looked at.
pub async fn read_after(
    connection: &mut Connection,
    after: EventId,
    selection: &Selection,
) -> Result<EventPage> {
    let query = match selection {
        Selection::Room(room) => sqlx::query_as(READ_ROOM).bind(after).bind(*room),
        Selection::Visible {
            viewer,
            rooms,
            joined,
        } => sqlx::query_as(READ_VISIBLE)
            .bind(after)
            .bind(*viewer)
            .bind(json_of(rooms.as_deref()))
            .bind(*joined),
    };
    let row: PageRow = query.fetch_one(connection).await?;
    page_of(row, after)
}

/// A page that is not full has been read up to where its scan ended.
fn page_of(row: PageRow, after: EventId) -> Result<EventPage> {
    let (head, room, kept, scanned, last, rows) = row;
    let scanned = if kept >= room { last } else { scanned };
    let mut fields = Fields::new(&rows);
    let mut events = Vec::with_capacity(usize::try_from(kept).unwrap_or_default());
    while !fields.is_at_end() {
        events.push(read_event(&mut fields)?);
    }
    Ok(EventPage {
        events,
        scanned: scanned.max(after),
        head,
    })
}

fn read_event(fields: &mut Fields<'_>) -> Result<Event> {
    if fields.is_json() {
        return parse(fields.read_rest_of_row());
    }
    let room_id = RoomId(fields.read_number()?);
    let (room, is_open) = (fields.read()?.to_owned(), fields.read()? == "1");
    let at = fields.read_time()?;
    let message = fields.read_message(&room)?;
    Ok(Event {
        id: EventId(message.id.0),
        room_id,
        room,
        is_open,
        at,
        by: message.author.clone(),
        kind: kind::MESSAGE.to_owned(),
        object: Object::Message(Arc::new(message)),
    })
}

fn json_of(rooms: Option<&[RoomId]>) -> Option<String> {
    rooms.map(|rooms| serde_json::json!(rooms).to_string())
}

/// Where a cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stand {
    /// The last event of the log.
    pub head: EventId,
    /// Whether the cursor lies in a future that was lost to a restored backup.
    pub is_lost: bool,
    /// Whether something that follows it was taken out of the log.
    pub is_purged: bool,
    /// How many events follow it, counted up to a limit.
    pub missed: i64,
}

/// Looks where a cursor stands; counts what was missed up to `count_to`.
pub async fn find_stand(
    connection: &mut Connection,
    cursor: EventId,
    selection: &Selection,
    count_to: i64,
) -> Result<Stand> {
    let query = match selection {
        Selection::Room(room) => sqlx::query_as(STAND_IN_ROOM).bind(cursor).bind(*room),
        Selection::Visible {
            viewer,
            rooms,
            joined,
        } => sqlx::query_as(STAND)
            .bind(cursor)
            .bind(*viewer)
            .bind(json_of(rooms.as_deref()))
            .bind(*joined),
    };
    Ok(query.bind(count_to).fetch_one(connection).await?)
}
