//! The table `saved`: the messages that people have saved for themselves.

use super::{
    connection::Connection,
    damage::Damages,
    message_row::{message_row, read_messages_of_rooms},
    rows::join_rows,
    statements::statements,
    visibility::room_is_visible,
};
use crate::{
    error::Result,
    model::{
        ids::{MessageId, UserId},
        message::Message,
        page::{Page, one_more},
        time::Timestamp,
    },
};

statements! {
    INSERT_SAVED = "insert or ignore into saved (user_id, message_id, at) values (?, ?, ?)";
    DELETE_SAVED = "delete from saved where user_id = ? and message_id = ?";
    DELETE_SAVED_MESSAGE = "delete from saved where message_id = ?";
    DELETE_SAVED_BY = "delete from saved where user_id = ?";
    COUNT_SAVED = "select count(*) from saved where user_id = ?";
    // Of rooms that the user may see today.
    LIST_SAVED = concat!(
        "select ", join_rows!("id desc"), " from (
            select m.id, concat_ws(char(31), r.slug, ", message_row!(), ") as row
            from saved v join messages m on m.id = v.message_id join rooms r on r.id = m.room_id
            left join memberships s on s.room_id = m.room_id and s.user_id = ?1
            left join users a on a.id = m.author_id
            where v.user_id = ?1 and v.message_id < ?2 and ", room_is_visible!("?1"), "
            order by v.message_id desc limit ?3 + 0)"
    );
}

/// Saves a message for a user.
pub async fn insert_saved(
    connection: &mut Connection,
    user: UserId,
    message: MessageId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_SAVED)
        .bind(user)
        .bind(message)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes a message from those that a user has saved. Returns whether it was one.
pub async fn delete_saved(
    connection: &mut Connection,
    user: UserId,
    message: MessageId,
) -> Result<bool> {
    let deleted = sqlx::query(DELETE_SAVED)
        .bind(user)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Removes a message, which is deleted, from those that anybody has saved.
pub async fn delete_saved_message(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(DELETE_SAVED_MESSAGE)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes all messages that a user has saved.
pub async fn delete_saved_by(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_SAVED_BY)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the number of messages that a user has saved.
pub async fn count_saved(connection: &mut Connection, user: UserId) -> Result<usize> {
    let count: i64 = sqlx::query_scalar(COUNT_SAVED)
        .bind(user)
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns the newest messages before `before` that a user has saved and may see, newest first.
pub async fn list_saved(
    connection: &mut Connection,
    user: UserId,
    before: MessageId,
    limit: usize,
) -> Result<Page<Message>> {
    let rows: Vec<u8> = sqlx::query_scalar(LIST_SAVED)
        .bind(user)
        .bind(before)
        .bind(one_more(limit))
        .fetch_one(connection)
        .await?;
    let mut damages = Damages::default();
    let messages = read_messages_of_rooms(&rows, &mut damages)?;
    damages.log();
    Ok(Page::of(messages, limit))
}
