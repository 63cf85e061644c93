//! Reading the log: the events that follow a cursor, in pages.

use super::{
    damage::{Damage, Damages},
    db::Connection,
    event_row::{event_row, event_tables, post_row, read_events},
    rows::{join_rows, join_rows_unordered},
    statements::statements,
    visibility::{person_is_public, visible_events},
};
use crate::{
    error::Result,
    model::{
        event::Event,
        ids::{EventId, RoomId, UserId},
    },
};
use std::collections::BTreeSet;

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
    // ?2 the viewer (null: nobody); ?3 the rooms asked for as JSON (null: all); ?4 whether only rooms joined.
    // What one page looks at is bounded, too, so that a reader of little holds no connection for long.
    READ_VISIBLE = page!(
        "select max(id) from (select id from events where id > ?1 order by id limit 2048)",
        "select e.id as id from ", visible_events!("?2", "?3", "?4"), " and e.id > ?1 and e.id <= (select last from scan)"
    );
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

/// The rooms of a selection as the statements take them.
pub(super) fn json_of(rooms: Option<&[RoomId]>) -> Option<String> {
    rooms.map(|rooms| serde_json::json!(rooms).to_string())
}
