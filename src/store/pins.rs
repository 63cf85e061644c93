//! The table `pins`: the pinned messages of each room.

use super::{
    connection::Connection,
    damage::Damages,
    message_row::{message_row, read_messages},
    rows::join_rows,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, MessageId, RoomId, UserId},
        message::Message,
    },
};

/// The ids of the pinned messages of the room `r`, the one that was pinned last first, separated by commas.
macro_rules! pins_of {
    ($room:literal) => {
        concat!(
            "coalesce((select group_concat(p.message_id, ',' order by p.event_id desc) from pins p where p.room_id = ",
            $room,
            "), '')"
        )
    };
}
pub(super) use pins_of;

statements! {
    INSERT_PIN = "insert into pins (room_id, message_id, user_id, event_id) values (?, ?, ?, ?)";
    DELETE_PIN = "delete from pins where message_id = ?";
    IS_PINNED = "select exists (select 1 from pins where room_id = ? and message_id = ?)";
    COUNT_PINS = "select count(*) from pins where room_id = ?";
    LIST_PINNED = concat!(
        "select ", join_rows!("at desc"), " from (
            select p.event_id as at, ", message_row!(), " as row
            from pins p join messages m on m.id = p.message_id left join users a on a.id = m.author_id
            where p.room_id = ?)"
    );
}

/// Pins a message.
pub async fn insert_pin(
    connection: &mut Connection,
    (room, message): (RoomId, MessageId),
    user: UserId,
    event: EventId,
) -> Result<()> {
    sqlx::query(INSERT_PIN)
        .bind(room)
        .bind(message)
        .bind(user)
        .bind(event)
        .execute(connection)
        .await?;
    Ok(())
}

/// Unpins a message. Returns whether it was pinned.
pub async fn delete_pin(connection: &mut Connection, message: MessageId) -> Result<bool> {
    let deleted = sqlx::query(DELETE_PIN)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Returns whether a message is pinned.
pub async fn is_pinned(
    connection: &mut Connection,
    room: RoomId,
    message: MessageId,
) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_PINNED)
        .bind(room)
        .bind(message)
        .fetch_one(connection)
        .await?)
}

/// Returns the number of pinned messages of a room.
pub async fn count_pins(connection: &mut Connection, room: RoomId) -> Result<usize> {
    let count: i64 = sqlx::query_scalar(COUNT_PINS)
        .bind(room)
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns the pinned messages of a room, the one that was pinned last first.
pub async fn list_pinned(
    connection: &mut Connection,
    (room, slug): (RoomId, &str),
) -> Result<Vec<Message>> {
    let rows: Vec<u8> = sqlx::query_scalar(LIST_PINNED)
        .bind(room)
        .fetch_one(connection)
        .await?;
    let mut damages = Damages::default();
    let messages = read_messages(&rows, slug, &mut damages)?;
    damages.log();
    Ok(messages)
}

/// Parses the ids that [`pins_of`] selects.
pub(super) fn read_pins(ids: &[u8]) -> Vec<MessageId> {
    let ids = ids.split(|byte| *byte == b',');
    let ids = ids.filter_map(|id| std::str::from_utf8(id).ok()?.parse().ok());
    ids.map(MessageId).collect()
}
