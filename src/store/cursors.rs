//! The status of cursors, and the last visible events of selections.

use super::{
    db::Connection,
    event_pages::{Selection, json_of},
    statements::statements,
    visibility::{
        is_closing, is_open, person_is_public, person_is_visible, room_head, room_is_visible,
        sees_open_rooms, visible_events,
    },
};
use crate::{
    error::Result,
    model::ids::{EventId, RoomId},
};

/// Columns that tell whether the cursor `?1` is an id that was lost, and whether events after it were purged.
macro_rules! cursor_faults {
    () => {
        "exists (select 1 from eras where ?1 > after_id and ?1 < next_id) as is_lost,
            exists (select 1 from meta where key = 'purged_up_to' and ?1 < cast(value as integer)) as is_purged"
    };
}

/// The last event that is visible to the viewer `$viewer` in the requested rooms, given as JSON (null: all rooms that the
/// viewer has joined), or in those of them that the viewer has joined, but at least the event `$least`. Each room needs
/// one look-up in an index.
macro_rules! visible_head {
    ($viewer:literal, $rooms:literal, $joined:literal, $least:literal) => {
        concat!(
            "max(
            ", $least, ",
            (select coalesce(max((select max(e.id) from events e where e.room_id = r.id)), 0)
                from json_each(", $rooms, ") w join rooms r on r.id = w.value
                left join memberships s on s.room_id = r.id and s.user_id = ", $viewer, "
                where ", room_is_visible!($viewer), " and (s.user_id is not null or not ", $joined, ")),
            iif(", $rooms, " is null, (
                select coalesce(max((select max(e.id) from events e where e.room_id = s.room_id)), 0)
                from memberships s where s.user_id = ", $viewer, "), 0),
            coalesce((
                select max(e.id) from events e
                where e.subject_id = ", $viewer, " and e.subject_id is not null and e.kind = 'member'
                and (", $rooms, " is null or e.room_id in (select value from json_each(", $rooms, ")))), 0),
            coalesce((
                select max(f.event_id) from former_memberships f
                where f.user_id = ", $viewer, "
                and (", $rooms, " is null or f.room_id in (select value from json_each(", $rooms, ")))), 0),
            iif(", $joined, " or not ", sees_open_rooms!($viewer), ", 0, coalesce((
                select max(r.closed_id) from json_each(", $rooms, ") w join rooms r on r.id = w.value), 0)),
            coalesce((
                select e.id from events e indexed by events_about_people
                where e.kind = 'user' and e.subject_id <> e.id and ", person_is_visible!($viewer, "e.subject_id"), "
                order by e.id desc limit 1), 0))"
        )
    };
}

statements! {
    // The status of a cursor. Missed events are counted up to a limit among the next 20,000 events.
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
            (select count(*) from (
                select 1 from events where room_id = ?2 and id > ?1
                union all
                select 1 from events e indexed by events_about_people where kind = 'user' and subject_id <> id and id > ?1
                and ", person_is_public!("e.subject_id"), " limit ?3 + 0)) as missed"
    );
    ROOM_HEAD = concat!("select ", room_head!("?1", "?2"));
    VISIBLE_HEAD = concat!("select ", visible_head!("?1", "?2", "?3", "0"));
    // ?1 the viewer, ?2 the last event that is visible to all who see open rooms, or 0. The newest 2,000 events are searched first, since
    // most often one of them is visible, or the one that everyone may see is among them. A look-up for each room took
    // 1.2 ms in 1,000 rooms, as much as half of a page.
    HEAD_OF_EVERYTHING = concat!(
        "select coalesce(
            (select e.id from ", visible_events!("?1", "null", "false"), "
                and e.id > max(?2, (select max(id) from events) - 2000) order by e.id desc limit 1),
            iif(?2 >= (select max(id) from events) - 2000, ?2, ", visible_head!("?1", "null", "false", "?2"), "))"
    );
    // The last event that is visible to all who see open rooms: among the last 5,000 events, or else by one look-up per
    // room.
    OPEN_HEAD = concat!(
        "select coalesce(
            (select id from (
                select e.id, ", is_open!(), " or ", is_closing!(), " as is_open from events e left join rooms r on r.id = e.room_id
                order by e.id desc limit 5000) where is_open limit 1),
            (select max(iif(", is_open!(), ", (select max(e.id) from events e where e.room_id = r.id), coalesce(r.closed_id, 0)))
                from rooms r),
            0)"
    );
}

/// The status of a cursor within a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CursorStatus {
    /// Whether the cursor is an id that was lost when a backup was restored.
    pub is_lost: bool,
    /// Whether events after the cursor were purged from the log.
    pub is_purged: bool,
    /// Whether so many events follow that the missed ones were not all counted.
    pub is_far: bool,
    /// The number of events of the selection after the cursor, counted up to a limit.
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

/// Returns the last event in a room that is visible to its readers. `sees_open` tells whether they see open rooms.
pub async fn find_room_head(
    connection: &mut Connection,
    room: RoomId,
    sees_open: bool,
) -> Result<EventId> {
    Ok(sqlx::query_scalar(ROOM_HEAD)
        .bind(room)
        .bind(sees_open)
        .fetch_one(connection)
        .await?)
}

/// Returns the last event of a selection. `open_head` is the last event that is visible to all who see open
/// rooms, if the viewer is one of them.
pub async fn find_selection_head(
    connection: &mut Connection,
    selection: &Selection,
    open_head: EventId,
) -> Result<EventId> {
    let query = match selection {
        Selection::Room(room) => return find_room_head(connection, *room, true).await,
        Selection::Visible {
            viewer,
            rooms,
            joined,
        } => {
            if rooms.is_none() && !joined {
                sqlx::query_scalar(HEAD_OF_EVERYTHING)
                    .bind(*viewer)
                    .bind(open_head)
            } else {
                sqlx::query_scalar(VISIBLE_HEAD)
                    .bind(*viewer)
                    .bind(json_of(rooms.as_deref()))
                    .bind(*joined)
            }
        }
    };
    Ok(query.fetch_one(connection).await?)
}

/// Returns the last event that is visible to all who see open rooms.
pub async fn find_open_head(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(OPEN_HEAD).fetch_one(connection).await?)
}
