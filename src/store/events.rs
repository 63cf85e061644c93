//! The table `events`: appending to the log.

use super::{db::Connection, json_rows::write_rows, statements::statements};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
    },
};
use serde::Serialize;

statements! {
    HEAD = "select coalesce(max(id), 0) from events";
    // A room event without a room creates the room, and a user event without an actor creates the account.
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
}

/// Returns the id of the last event, or 0 in an empty log.
pub async fn head(connection: &mut Connection) -> Result<EventId> {
    Ok(sqlx::query_scalar(HEAD).fetch_one(connection).await?)
}

/// An event to be appended.
#[derive(Clone, Debug, Serialize)]
pub struct NewEvent<'a> {
    /// The room; `None` for the server as a whole, and for the event that creates a room and belongs to it.
    pub room_id: Option<RoomId>,
    /// The name of the event, see [`kind`](crate::model::event::kind).
    pub kind: &'a str,
    /// The name of a custom event.
    pub name: Option<&'a str>,
    /// The message that the event is about.
    pub message_id: Option<MessageId>,
    /// The user whom the event is about.
    pub subject_id: Option<UserId>,
    /// The user who made the change; `None` for the event that creates the user.
    pub actor_id: Option<UserId>,
    /// The time of the event.
    pub at: Timestamp,
    /// JSON as described in the migrations `0001_log.sql` and `0016_rooms.sql`.
    pub data: Option<String>,
}

/// Appends an event and returns its id, which is the next unused one.
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

/// An event with its id. The ids of a run of events are consecutive and begin with the next unused one.
#[derive(Clone, Debug, Serialize)]
pub struct NumberedEvent<'a> {
    /// The id of the event.
    pub id: EventId,
    /// The other fields of the event.
    #[serde(flatten)]
    pub event: NewEvent<'a>,
}

/// Appends any number of events with one statement.
pub async fn append_events(
    connection: &mut Connection,
    events: &[NumberedEvent<'_>],
) -> Result<()> {
    write_rows(connection, APPEND_ALL, events).await
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
