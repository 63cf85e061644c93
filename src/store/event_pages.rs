//! Reading the events after a cursor, in pages.

use super::{
    damage::{Damage, Damages},
    db::Connection,
    event_row::{event_row, event_tables, post_row, read_events},
    rows::{join_rows, join_rows_unordered},
    statements::statements,
    visibility::{is_there, person_is_public, visible_events},
};
use crate::{
    error::Result,
    model::{
        event::Event,
        ids::{EventId, RoomId, UserId},
    },
};
use std::collections::BTreeSet;

/// A page of events: the head of the log, whether the page is full, the last id that was scanned, the last id of the
/// page, and its events.
///
/// `$end` is the last id to scan; `$wanted` selects the ids of the requested and visible events up to there. If 256
/// events would take more than 128 KiB, the page has about as many as fit. Their sizes are estimated from the average
/// before any row is encoded, so a page with the largest events first takes 1 MiB in the worst case.
macro_rules! page {
    ($end:literal, $($wanted:tt)+) => {
        concat!(
            "with scan as (select coalesce((", $end, "), 0) as last),
            wanted as materialized (", $($wanted)+, " order by id limit 256),
            weighed as (
                select 300 + coalesce(octet_length(m.body), octet_length(e.data), 0)
                    + 4096 * coalesce(m.is_reacted, 0)
                    + 1024 * coalesce(m.has_thread or m.thread is not null, 0) as weight
                from wanted w cross join events e on e.id = w.id left join messages m on m.id = e.message_id),
            room as (select max(1, min(256, 256 * 131072 / coalesce(sum(weight), 1))) as events from weighed),
            page as (
                select e.id, iif(e.kind = 'message' and m.id = e.id, ", post_row!(), ", ", event_row!(), ") as row
                from wanted w cross join ", event_tables!(), "
                where e.id = w.id and (r.id is not null and ", is_there!(), " or e.kind = 'user' and e.subject_id <> e.id)
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

statements! {
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
    // ?2 the viewer (null: not signed in); ?3 the requested rooms as JSON (null: all); ?4 whether only joined rooms.
    // The number of scanned events is bounded, too, so that a reader of few events does not occupy a connection for
    // long.
    READ_VISIBLE = page!(
        "select max(id) from (select id from events where id > ?1 order by id limit 2048)",
        "select e.id as id from ", visible_events!("?2", "?3", "?4"), " and e.id > ?1 and e.id <= (select last from scan)"
    );
}

/// Returns the event with this id; `None` also if the event has no object.
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

/// The events that a reader requests and may see.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Selection {
    /// Events of one room that is visible to the reader.
    Room(RoomId),
    /// Events that are visible to the viewer, of the given rooms or of all, and only of joined rooms if `joined` is
    /// set.
    Visible {
        viewer: Option<UserId>,
        rooms: Option<Vec<RoomId>>,
        joined: bool,
    },
}

/// Events that follow a cursor.
#[derive(Debug)]
pub struct EventPage {
    /// The events in order: at most 256, and about as many as fit into 128 KiB, but at least one if there is one.
    pub events: Vec<Event>,
    /// The id up to which all events of the selection were read.
    pub scanned: EventId,
    /// The head of the log in the same snapshot.
    pub head: EventId,
}

type PageRow = (EventId, bool, EventId, EventId, Vec<u8>);

/// Reads the events after a cursor without checking permissions. The log reads new events in this way.
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

/// Reads the whole log and returns the values that cannot be decoded, at most about `limit`.
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

/// Reads the events after a cursor, with limits on the number of events, on bytes, and on the number of scanned events.
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

/// Creates a page. If it is not full, all events up to the end of the scan were read.
fn page_of(row: PageRow, after: EventId, damages: &mut Damages) -> Result<EventPage> {
    let (head, is_full, scanned, last, rows) = row;
    let scanned = if is_full { last } else { scanned };
    Ok(EventPage {
        events: read_events(&rows, damages)?,
        scanned: scanned.max(after),
        head,
    })
}

/// Returns the rooms of a selection as JSON for the statements.
pub(super) fn json_of(rooms: Option<&[RoomId]>) -> Option<String> {
    rooms.map(|rooms| serde_json::json!(rooms).to_string())
}
