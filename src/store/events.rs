//! The table `events`: appending to the log, and reading what follows a cursor.

use super::{
    damage::{Damage, Damages, Values, lossy, unknown_handle},
    db::Connection,
    message_row::{message_row, read_message},
    messages::broken_json,
    rows::{Row, Rows, join_rows, join_rows_unordered},
    statements::statements,
    visibility::{event_is_visible, is_open, person_is_public, person_is_visible, room_head},
};
use crate::{
    error::Result,
    model::{
        event::{Audience, Event, Member, Membership, Object, RoomRef, kind},
        ids::{EventId, MessageId, RoomId, UserId},
        room::{RoomInfo, RoomKind},
        time::Timestamp,
        user::Person,
    },
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{collections::BTreeSet, sync::Arc};

/// A message that was posted, as [`read_post`] decodes it: most events are of this kind, and the message says who
/// posted it. An empty field tells it from an [`event_row`].
macro_rules! post_row {
    () => {
        concat!(
            "concat_ws(char(31), '', e.room_id, ",
            is_open!(),
            ", e.at, r.slug, ",
            message_row!(),
            ")"
        )
    };
}

/// Any event, as [`read_any`] decodes it: the last fields are the current state of its object. None of it is an event
/// about nothing.
macro_rules! event_row {
    () => {
        concat!(
            "concat_ws(char(31), e.kind, coalesce(e.room_id, 0), coalesce(", is_open!(), ", 0), e.at, coalesce(r.slug, ''),
                e.id, coalesce(e.name, ''),
                coalesce((select concat_ws(char(31), replace(b.handle, char(31), ' '), replace(b.name, char(31), ' '))
                          from users b where b.id = e.actor_id), char(31) || e.actor_id),
                case when e.kind in ('message', 'message-edited', 'message-deleted', 'reaction')
                         then case when m.id is not null then ", message_row!(), " end
                     when e.kind in ('room', 'room-deleted')
                         then concat_ws(char(31), r.kind, replace(r.name, char(31), ' '), r.topic)
                     when e.kind = 'member' then (
                         select concat_ws(char(31), d.id, iif(exists (
                                select 1 from memberships s where s.room_id = e.room_id and s.user_id = d.id),
                                'joined', 'left'), coalesce(u.handle, ", unknown_handle!("d.id"), "))
                         from (select e.subject_id as id) d left join users u on u.id = d.id where d.id is not null)
                     when e.kind = 'user' then (
                         select concat_ws(char(31), ", person_is_public!("u.id"), ", (
                                select coalesce(group_concat(s.room_id, ',' order by s.room_id), '')
                                from memberships s where s.user_id = u.id),
                            replace(u.handle, char(31), ' '), u.name)
                         from users u where u.id = e.subject_id)
                     when json_valid(e.data) then coalesce(e.data -> '$.payload', 'null')
                     else iif(e.data is null, 'null', '') end)"
        )
    };
}

/// What an event is made from. The outer loop goes through the events in their order, so that a limit ends it
/// early. A message of another room is no object of an event: its readers may not be allowed to see it.
macro_rules! event_tables {
    () => {
        " events e left join rooms r on r.id = e.room_id
          left join messages m on m.id = e.message_id and m.room_id = e.room_id
          left join users a on a.id = m.author_id "
    };
}

/// A page of events: the head of the log, how many events may be in the page, how many are, the last id that was
/// looked at, the last id of the page, and its events.
///
/// `$end` is the last id to look at, `$wanted` selects the ids of the events up to there that the reader wants and may
/// see. Where 256 events would weigh more than 128 KiB, about as many are taken as fit: their sizes are estimated before
/// any row is made. Of a page that has the heaviest events first, that is 1 MiB in the worst case.
macro_rules! page {
    ($end:literal, $($wanted:tt)+) => {
        concat!(
            "with scan as (select coalesce((", $end, "), 0) as last),
            wanted as materialized (", $($wanted)+, " order by id limit 256),
            weighed as (
                select 300 + coalesce(octet_length(m.body), octet_length(e.data), 0)
                    + 4096 * coalesce(m.is_reacted, 0) as weight
                from wanted w cross join events e on e.id = w.id left join messages m on m.id = e.message_id),
            room as (select max(1, min(256, 256 * 131072 / coalesce(sum(weight), 1))) as events from weighed),
            page as (
                select e.id, iif(e.kind = 'message' and m.id = e.id, ", post_row!(), ", ", event_row!(), ") as row
                from wanted w cross join ", event_tables!(), "
                where e.id = w.id and (r.id is not null or e.kind = 'user' and e.subject_id <> e.id)
                order by w.id limit (select events from room))
            select (select coalesce(max(id), 0) from events) as head,
                   (select count(*) from wanted) >= (select events from room) as is_full,
                   (select last from scan) as scanned,
                   (select coalesce(max(id), 0) from (
                        select id from wanted order by id limit (select events from room))) as last,
                   ", join_rows_unordered!(), " as rows
            from page"
        )
    };
}

/// The events that a viewer may see of the rooms asked for, as JSON (null: all), or of those that they have joined.
macro_rules! visible_events {
    ($viewer:literal, $rooms:literal, $joined:literal) => {
        concat!(
            "events e left join rooms r on r.id = e.room_id
             left join memberships s on s.room_id = e.room_id and s.user_id = ",
            $viewer,
            "
             where (",
            $rooms,
            " is null or e.room_id is null or e.room_id in (select value from json_each(",
            $rooms,
            ")))
             and ",
            event_is_visible!($viewer, $joined)
        )
    };
}

/// Whether the cursor `?1` lies in a future that was lost, and whether something that follows it was taken out.
macro_rules! cursor_faults {
    () => {
        "exists (select 1 from eras where ?1 > after_id and ?1 < next_id) as is_lost,
            exists (select 1 from meta where key = 'purged_up_to' and ?1 < cast(value as integer)) as is_purged"
    };
}

statements! {
    HEAD = "select coalesce(max(id), 0) from events";
    // An event without a room makes that room; one of a user without an actor makes that account.
    APPEND = "insert into events (id, room_id, kind, name, message_id, subject_id, actor_id, at, data)
        select next, iif(?2 = 'room', coalesce(?1, next), ?1), ?2, ?3, ?4, iif(?2 = 'user', coalesce(?5, next), ?5),
               coalesce(?6, next), ?7, json(?8)
        from (select coalesce((select seq from sqlite_sequence where name = 'events'), 0) + 1 as next)
        returning id";
    APPEND_ALL = "insert into events (id, room_id, kind, name, message_id, subject_id, actor_id, at, data)
        select value ->> 'id', value ->> 'room_id', value ->> 'kind', value ->> 'name', value ->> 'message_id',
               value ->> 'subject_id', value ->> 'actor_id', value ->> 'at', value ->> 'data' from jsonb_each(?)";
    IS_CUSTOM = "select exists (select 1 from events where id = ?1 and kind = 'custom' and room_id = ?2 and name = ?3
        and (data -> '$.payload') = json(?4))";
    FIND_EVENT = concat!(
        "select ", join_rows!("id"), " from (
            select e.id, ", event_row!(), " as row from ", event_tables!(), " where e.id = ?)"
    );
    READ_ALL = page!("select max(id) from events", "select id from events where id > ?1");
    READ_ROOM = page!(
        "select max(id) from events",
        "select id from (
            select id from events where room_id = ?2 and id > ?1 order by id limit 256)
         union all
         select id from (
            select id from events e where kind = 'user' and subject_id <> id and id > ?1
            and ", person_is_public!("e.subject_id"), " order by id limit 256)"
    );
    // ?2 the viewer (null: nobody); ?3 the rooms asked for as JSON (null: all); ?4 whether only rooms joined.
    // What one page looks at is bounded, too, so that a reader of little holds no connection for long.
    READ_VISIBLE = page!(
        "select max(id) from (select id from events where id > ?1 order by id limit 2048)",
        "select e.id as id from ", visible_events!("?2", "?3", "?4"), " and e.id > ?1 and e.id <= (select last from scan)"
    );
    // How far a cursor is behind, counted up to a limit among the next 20,000 events; and whether it lies in a future
    // that was lost, or before something that was taken out of the log since.
    STATUS = concat!(
        "with scan as (
            select coalesce(max(id), 0) as last from (select id from events where id > ?1 order by id limit 20000))
        select ", cursor_faults!(), ",
            exists (select 1 from events where id > max(?1, (select last from scan))) as is_far,
            (select count(*) from (
                select 1 from ", visible_events!("?2", "?3", "?4"), "
                and e.id > ?1 and e.id <= (select last from scan) limit ?5 + 0)) as missed"
    );
    STATUS_IN_ROOM = concat!(
        "select ", cursor_faults!(), ", false as is_far,
            (select count(*) from (select 1 from events where room_id = ?2 and id > ?1 limit ?3 + 0)) as missed"
    );
    ROOM_HEAD = concat!("select ", room_head!("?1"));
    // ?1 the viewer; ?2 the rooms asked for as JSON, all of them visible (null: all there are); ?3 whether only rooms
    // joined; ?4 the last event that everybody may see. Each room costs one look at an index.
    VISIBLE_HEAD = concat!(
        "select max(
            ?4,
            (select coalesce(max((select max(e.id) from events e where e.room_id = w.value)), 0) from json_each(?2) w),
            iif(?2 is null, (
                select coalesce(max((select max(e.id) from events e where e.room_id = s.room_id)), 0)
                from memberships s where s.user_id = ?1), 0),
            coalesce((
                select max(e.id) from events e where e.subject_id = ?1 and e.subject_id is not null and e.kind = 'member'
                and (?2 is null or e.room_id in (select value from json_each(?2)))), 0),
            coalesce((
                select e.id from events e indexed by events_about_people
                where e.kind = 'user' and e.subject_id <> e.id and ", person_is_visible!("?1"), " order by e.id desc limit 1), 0))"
    );
    // The last event of any open room: near the end of the log, or else by a look at each room.
    OPEN_HEAD = concat!(
        "select coalesce(
            (select id from (
                select e.id, ", is_open!(), " as is_open from events e left join rooms r on r.id = e.room_id
                order by e.id desc limit 5000) where is_open limit 1),
            (select max((select max(e.id) from events e where e.room_id = r.id)) from rooms r where ", is_open!(), "),
            0)"
    );
}

/// Returns the id of the last event, or 0 in an empty log.
pub async fn head(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(HEAD).fetch_one(connection).await?)
}

/// An event to be appended.
#[derive(Clone, Debug, Serialize)]
pub struct NewEvent<'a> {
    /// The room; `None` for the server as a whole, and for the event that makes a room, which is in that room.
    pub room_id: Option<RoomId>,
    /// The name of the event, see [`kind`].
    pub kind: &'a str,
    /// The name of a bot's own event.
    pub name: Option<&'a str>,
    /// The message that it is about.
    pub message_id: Option<MessageId>,
    /// The user whom it is about.
    pub subject_id: Option<UserId>,
    /// The user who acts; `None` for the user whom the event itself makes.
    pub actor_id: Option<UserId>,
    /// The time of the event.
    pub at: Timestamp,
    /// JSON as the migration `0001_log.sql` describes it.
    pub data: Option<String>,
}

/// Appends an event and returns its id, which is the next free one.
pub async fn append_event(connection: &mut Connection, event: &NewEvent<'_>) -> Result<EventId> {
    let id = sqlx::query_scalar(APPEND)
        .bind(event.room_id)
        .bind(event.kind)
        .bind(event.name)
        .bind(event.message_id)
        .bind(event.subject_id)
        .bind(event.actor_id)
        .bind(event.at.to_string())
        .bind(event.data.as_deref())
        .fetch_one(connection)
        .await?;
    Ok(id)
}

/// An event with its id. Ids of a run of events follow each other, beginning with the next free one.
#[derive(Clone, Debug, Serialize)]
pub struct NumberedEvent<'a> {
    /// The id of the event.
    pub id: EventId,
    /// Everything else.
    #[serde(flatten)]
    pub event: NewEvent<'a>,
}

/// Appends any number of events with one statement.
pub async fn append_events(
    connection: &mut Connection,
    events: &[NumberedEvent<'_>],
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(events).map_err(broken_json)?;
    sqlx::query(APPEND_ALL)
        .bind(rows)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether an event is this custom event of a bot.
pub async fn is_custom_event(
    connection: &mut Connection,
    id: EventId,
    room: RoomId,
    name: &str,
    payload: &str,
) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_CUSTOM)
        .bind(id)
        .bind(room)
        .bind(name)
        .bind(payload)
        .fetch_one(connection)
        .await?)
}

/// Returns the event with this id; `None` also for one about nothing.
pub async fn find_event(connection: &mut Connection, id: EventId) -> Result<Option<Event>> {
    let rows: Vec<u8> = sqlx::query_scalar(FIND_EVENT)
        .bind(id)
        .fetch_one(connection)
        .await?;
    let mut damages = Damages::default();
    let events = read_events(&rows, &mut damages)?;
    damages.log();
    Ok(events.into_iter().next())
}

/// The events that a reader asks for and may see.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Selection {
    /// Events of one room, which the reader may see.
    Room(RoomId),
    /// Events that the viewer may see: of the named rooms or of all, and only of joined ones if `joined` is set.
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

type PageRow = (EventId, bool, EventId, EventId, Vec<u8>);

/// Reads what follows a cursor, whoever may see it: what the log itself reads after a commit.
pub async fn read_log_after(connection: &mut Connection, after: EventId) -> Result<EventPage> {
    let mut damages = Damages::default();
    let page = read_log(connection, after, &mut damages).await?;
    damages.log();
    Ok(page)
}

async fn read_log(
    connection: &mut Connection,
    after: EventId,
    damages: &mut Damages,
) -> Result<EventPage> {
    let row: PageRow = sqlx::query_as(READ_ALL)
        .bind(after)
        .fetch_one(connection)
        .await?;
    page_of(row, after, damages)
}

/// Reads the whole log and returns what cannot be read of it, at most about `limit` values.
pub async fn find_damage(connection: &mut Connection, limit: usize) -> Result<BTreeSet<Damage>> {
    let mut found = BTreeSet::new();
    let mut after = EventId::EARLIEST;
    loop {
        let mut damages = Damages::default();
        let page = read_log(connection, after, &mut damages).await?;
        found.extend(damages.into_vec());
        after = page.scanned;
        if page.scanned >= page.head || found.len() >= limit {
            return Ok(found);
        }
    }
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
    let mut damages = Damages::default();
    let page = page_of(row, after, &mut damages)?;
    damages.log();
    Ok(page)
}

/// A page that is not full has been read up to where its scan ended.
fn page_of(row: PageRow, after: EventId, damages: &mut Damages) -> Result<EventPage> {
    let (head, is_full, scanned, last, rows) = row;
    let scanned = if is_full { last } else { scanned };
    Ok(EventPage {
        events: read_events(&rows, damages)?,
        scanned: scanned.max(after),
        head,
    })
}

/// Decodes events and sorts them. Those about nothing, such as a message whose row is missing, are noted and left out: history does
/// not show them, either.
fn read_events(joined: &[u8], damages: &mut Damages) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for row in Rows::new(joined) {
        let mut row = row?;
        let kind = row.field();
        events.extend(if kind.is_empty() {
            read_post(row, damages)
        } else {
            read_any(&lossy(kind), row, damages)
        });
    }
    events.sort_by_key(|event| event.id);
    Ok(events)
}

/// The fields with which each event begins.
struct Start<'a> {
    room: RoomRef,
    at: &'a [u8],
}

impl<'a> Start<'a> {
    fn read(row: &mut Row<'a>) -> Option<Self> {
        let (id, is_open) = (RoomId(row.number()?), row.field() == b"1");
        let (at, slug) = (row.field(), lossy(row.field()));
        let room = RoomRef { id, slug, is_open };
        Some(Self { room, at })
    }
}

fn read_post(mut row: Row<'_>, damages: &mut Damages) -> Option<Event> {
    let start = Start::read(&mut row)?;
    let message = read_message(row, &start.room.slug, damages)?;
    let id = EventId(message.id.0);
    Some(Event {
        id,
        audience: Audience::Room(start.room),
        at: of_event(damages, id).time("at", start.at),
        by: message.author.clone(),
        kind: kind::MESSAGE.to_owned(),
        object: Object::Message(Arc::new(message)),
    })
}

fn read_any(kind: &str, mut row: Row<'_>, damages: &mut Damages) -> Option<Event> {
    let start = Start::read(&mut row)?;
    let id = EventId(row.number()?);
    let custom_name = lossy(row.field());
    let (handle, name) = (row.field(), row.field());
    let mut values = of_event(damages, id);
    let (at, by) = (values.time("at", start.at), values.person(handle, name));
    if kind == kind::USER {
        return read_user_change(row, id, at, by);
    }
    let Some(object) = read_object(kind, row, (&start.room.slug, id), damages) else {
        of_event(damages, id).note("what it is about");
        return None;
    };
    Some(Event {
        id,
        audience: Audience::Room(start.room),
        at,
        by,
        kind: if kind == kind::CUSTOM {
            custom_name
        } else {
            kind.to_owned()
        },
        object,
    })
}

/// What changed about a person; `None` if there is no such person.
fn read_user_change(mut row: Row<'_>, id: EventId, at: Timestamp, by: Person) -> Option<Event> {
    let is_public = row.field() == b"1";
    let rooms = lossy(row.field());
    let rooms = rooms
        .split(',')
        .filter_map(|id| id.parse().ok().map(RoomId));
    let audience = Audience::OfPerson {
        is_public,
        rooms: rooms.collect(),
    };
    let user = Person {
        handle: lossy(row.field()),
        name: lossy(row.rest()),
    };
    (!user.handle.is_empty()).then(|| Event {
        id,
        audience,
        at,
        by,
        kind: kind::USER.to_owned(),
        object: Object::User(user),
    })
}

fn read_object(
    kind: &str,
    mut row: Row<'_>,
    (room, id): (&str, EventId),
    damages: &mut Damages,
) -> Option<Object> {
    match kind {
        kind::MESSAGE | kind::MESSAGE_EDITED | kind::MESSAGE_DELETED | kind::REACTION => {
            let message = read_message(row, room, damages)?;
            Some(Object::Message(Arc::new(message)))
        }
        kind::ROOM | kind::ROOM_DELETED => Some(Object::Room(RoomInfo {
            slug: room.to_owned(),
            kind: RoomKind::of_stored(row.field()),
            name: lossy(row.field()),
            topic: lossy(row.rest()),
        })),
        kind::MEMBER => Some(Object::Member(Member {
            user_id: UserId(row.number()?),
            state: match row.field() {
                b"joined" => Membership::Joined,
                _ => Membership::Left,
            },
            handle: lossy(row.rest()),
        })),
        kind::CUSTOM => {
            let payload: Option<Box<RawValue>> = of_event(damages, id).json("data", row.rest());
            Some(Object::Custom(
                payload.unwrap_or_else(|| RawValue::NULL.to_owned()),
            ))
        }
        _ => None,
    }
}

fn of_event(damages: &mut Damages, id: EventId) -> Values<'_, EventId> {
    Values {
        damages,
        table: "events",
        row: id,
    }
}

fn json_of(rooms: Option<&[RoomId]>) -> Option<String> {
    rooms.map(|rooms| serde_json::json!(rooms).to_string())
}

/// The status of a cursor within a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CursorStatus {
    /// Whether the cursor lies in a future that was lost to a restored backup.
    pub is_lost: bool,
    /// Whether something that follows it was taken out of the log.
    pub is_purged: bool,
    /// Whether so many events follow that those of the selection were not all counted.
    pub is_far: bool,
    /// How many events of the selection follow it, counted up to a limit.
    pub missed: i64,
}

/// Returns the status of a cursor. Missed events are counted up to `count_to`.
pub async fn find_cursor_status(
    connection: &mut Connection,
    cursor: EventId,
    selection: &Selection,
    count_to: i64,
) -> Result<CursorStatus> {
    let query = match selection {
        Selection::Room(room) => sqlx::query_as(STATUS_IN_ROOM).bind(cursor).bind(*room),
        Selection::Visible {
            viewer,
            rooms,
            joined,
        } => sqlx::query_as(STATUS)
            .bind(cursor)
            .bind(*viewer)
            .bind(json_of(rooms.as_deref()))
            .bind(*joined),
    };
    Ok(query.bind(count_to).fetch_one(connection).await?)
}

/// Returns the last event of a selection. `open_head` is the last event that everybody may see.
pub async fn find_selection_head(
    connection: &mut Connection,
    selection: &Selection,
    open_head: EventId,
) -> Result<EventId> {
    let query = match selection {
        Selection::Room(room) => sqlx::query_scalar(ROOM_HEAD).bind(*room),
        Selection::Visible {
            viewer,
            rooms,
            joined,
        } => {
            let is_everything = rooms.is_none() && !joined;
            sqlx::query_scalar(VISIBLE_HEAD)
                .bind(*viewer)
                .bind(json_of(rooms.as_deref()))
                .bind(*joined)
                .bind(if is_everything {
                    open_head
                } else {
                    EventId::EARLIEST
                })
        }
    };
    Ok(query.fetch_one(connection).await?)
}

/// Returns the last event that everybody may see.
pub async fn find_open_head(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(OPEN_HEAD).fetch_one(connection).await?)
}
