//! The table `room_months`, which a trigger keeps for each message that is added.

use super::{connection::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        calendar::{Calendar, MONTHS_MAX, Month},
        ids::{MessageId, RoomId},
    },
};

statements! {
    LIST_MONTHS = "select month, messages, first_id from room_months where room_id = ?1 order by month desc limit ?2 + 0";
    FORGET_MONTHS = "delete from room_months where room_id = ?";
}

/// Returns the calendar of a room. Its cost depends on the number of months, not on the number of messages.
pub async fn read_calendar(connection: &mut Connection, room: RoomId) -> Result<Calendar> {
    let rows: Vec<(String, i64, MessageId)> = sqlx::query_as(LIST_MONTHS)
        .bind(room)
        .bind(i64::try_from(MONTHS_MAX).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    let months = rows.into_iter().rev();
    let months = months.map(|(month, messages, first)| Month {
        month,
        messages,
        first,
    });
    Ok(Calendar {
        months: months.collect(),
    })
}

/// Removes the calendar of a room that is deleted.
pub async fn forget_months(connection: &mut Connection, room: RoomId) -> Result<()> {
    sqlx::query(FORGET_MONTHS)
        .bind(room)
        .execute(connection)
        .await?;
    Ok(())
}
