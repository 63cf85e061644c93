//! The read marks of memberships, and what a person's own streams are told of them.

use super::{
    damage::{parse_lossy, text_of},
    db::Connection,
    statements::statements,
    visibility::{blocked_by, is_open},
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        own_change::{ReadMark, Setting},
        page::{Page, one_more},
        user::Person,
    },
};

statements! {
    // A mark moves forward only, and not beyond the last event of the room: it tells of no other room.
    MOVE_FORWARD = "update memberships set read_up_to = min(?3, (select max(id) from events where room_id = ?1)),
            marked_after = (select max(id) from events)
        where room_id = ?1 and user_id = ?2 and read_up_to < min(?3, (select max(id) from events where room_id = ?1))
        returning read_up_to";
    MOVE_BACKWARD = "update memberships set read_up_to = min(read_up_to, ?3), inbox_read_up_to = min(inbox_read_up_to, ?3),
            marked_after = (select max(id) from events)
        where room_id = ?1 and user_id = ?2 and (read_up_to > ?3 or inbox_read_up_to > ?3)
        returning read_up_to";
    // Only the rooms in which an event follows the mark, so that few rows are written.
    FIND_BEHIND = concat!(
        "select coalesce(json_group_array(json_object('room_id', r.id, 'room', cast(r.slug as text),
            'is_open', json(iif(", is_open!(), ", 'true', 'false')), 'read_up_to', min(?2, (select max(e.id) from events e where e.room_id = s.room_id)))), '[]')
        from memberships s join rooms r on r.id = s.room_id
        where s.user_id = ?1 and exists (
            select 1 from events e where e.room_id = s.room_id and e.id > s.read_up_to and e.id <= ?2)"
    );
    MOVE_ALL_FORWARD = "update memberships set read_up_to = value ->> 'read_up_to', marked_after = (select max(id) from events)
        from json_each(?2) where user_id = ?1 and room_id = value ->> 'room_id'";
    NOTE_SETTING = "insert into changed_settings (user_id, setting, after_id)
        values (?1, ?2, coalesce((select max(id) from events), 0))
        on conflict do update set after_id = excluded.after_id";
    FORGET_SETTINGS = "delete from changed_settings where user_id = ?";
    HIDES_READING = "select hides_reading from users where id = ?";
    // Of those who were members when the message was posted, and read it later.
    LIST_READERS = concat!(
        "select u.handle, u.name from memberships s indexed by memberships_by_read_mark join users u on u.id = s.user_id
        where s.room_id = ?1 and s.read_up_to >= ?2 and s.event_id <= ?2 and s.user_id <> ?3
            and s.user_id <> (select m.author_id from messages m where m.id = ?2)
            and not u.hides_reading and u.role <> 'bot' and u.disabled_at is null and u.id not in ", blocked_by!("?3"), "
        order by s.read_up_to limit ?4 + 0"
    );
    LIST_CHANGES = concat!(
        "select coalesce((
                select json_group_array(json_object('room_id', r.id, 'room', cast(r.slug as text),
                    'is_open', json(iif(", is_open!(), ", 'true', 'false')), 'read_up_to', s.read_up_to))
                from memberships s join rooms r on r.id = s.room_id
                where s.user_id = ?1 and s.marked_after >= max(?2, 1)), '[]') as marks,
            coalesce((
                select json_group_array(c.setting) from changed_settings c
                where c.user_id = ?1 and c.after_id >= ?2), '[]') as settings"
    );
}

/// Moves a read mark forward, never backward. Returns the new mark; `None` if it did not move.
pub async fn move_forward(
    connection: &mut Connection,
    (room, user): (RoomId, UserId),
    up_to: EventId,
) -> Result<Option<EventId>> {
    move_mark(connection, MOVE_FORWARD, (room, user), up_to).await
}

/// Moves the read marks in a room, also that of the inbox, backward, never forward. Returns the new mark of the room;
/// `None` if none of them moved.
pub async fn move_backward(
    connection: &mut Connection,
    (room, user): (RoomId, UserId),
    up_to: EventId,
) -> Result<Option<EventId>> {
    move_mark(connection, MOVE_BACKWARD, (room, user), up_to).await
}

async fn move_mark(
    connection: &mut Connection,
    statement: &'static str,
    (room, user): (RoomId, UserId),
    up_to: EventId,
) -> Result<Option<EventId>> {
    Ok(sqlx::query_scalar(statement)
        .bind(room)
        .bind(user)
        .bind(up_to)
        .fetch_optional(connection)
        .await?)
}

/// Moves the read marks of a user in all rooms forward in which an event follows them. Returns the new marks.
pub async fn move_all_forward(
    connection: &mut Connection,
    user: UserId,
    up_to: EventId,
) -> Result<Vec<ReadMark>> {
    let marks: String = sqlx::query_scalar(FIND_BEHIND)
        .bind(user)
        .bind(up_to)
        .fetch_one(&mut *connection)
        .await?;
    let moved: Vec<ReadMark> = parse_lossy(marks.as_bytes())?;
    if !moved.is_empty() {
        sqlx::query(MOVE_ALL_FORWARD)
            .bind(user)
            .bind(marks)
            .execute(connection)
            .await?;
    }
    Ok(moved)
}

/// Notes that a user has changed one of their own settings.
pub async fn note_setting(
    connection: &mut Connection,
    user: UserId,
    setting: Setting,
) -> Result<()> {
    sqlx::query(NOTE_SETTING)
        .bind(user)
        .bind(setting.name())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the read marks of a user that were moved after an event, and the names of the settings that were changed.
pub async fn list_changes(
    connection: &mut Connection,
    user: UserId,
    after: EventId,
) -> Result<(Vec<ReadMark>, Vec<String>)> {
    let (marks, settings): (Vec<u8>, Vec<u8>) = sqlx::query_as(LIST_CHANGES)
        .bind(user)
        .bind(after)
        .fetch_one(connection)
        .await?;
    Ok((parse_lossy(&marks)?, parse_lossy(&settings)?))
}

/// Forgets which settings a user has changed.
pub async fn forget_settings(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(FORGET_SETTINGS)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether a user hides which messages they have read.
pub async fn hides_reading(connection: &mut Connection, user: UserId) -> Result<bool> {
    let hides = sqlx::query_scalar(HIDES_READING)
        .bind(user)
        .fetch_optional(connection)
        .await?;
    Ok(hides.unwrap_or(true))
}

/// Returns the first members of a room, other than the viewer and the author, who have read a message and do not hide it.
pub async fn list_readers(
    connection: &mut Connection,
    (room, message): (RoomId, MessageId),
    viewer: UserId,
    limit: usize,
) -> Result<Page<Person>> {
    let rows = sqlx::query(LIST_READERS)
        .bind(room)
        .bind(message)
        .bind(viewer)
        .bind(one_more(limit))
        .fetch_all(connection)
        .await?;
    let people = rows.iter().map(|row| {
        Ok(Person {
            handle: text_of(row, "handle")?,
            name: text_of(row, "name")?,
        })
    });
    Ok(Page::of(people.collect::<sqlx::Result<_>>()?, limit))
}
