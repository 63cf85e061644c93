//! The table `reactions`.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::ids::{EventId, MessageId, UserId},
};

statements! {
    HAS_REACTION = "select exists (select 1 from reactions where message_id = ? and emoji = ? and user_id = ?)";
    COUNT_EMOJI = "select count(distinct emoji) from reactions where message_id = ?";
    INSERT_REACTION = "insert into reactions (message_id, emoji, user_id, event_id) values (?, ?, ?, ?)";
    DELETE_REACTION = "delete from reactions where message_id = ? and emoji = ? and user_id = ?";
    DELETE_REACTIONS = "delete from reactions where message_id = ?";
}

/// Whether somebody put this emoji under this message.
pub async fn has_reaction(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_REACTION)
        .bind(message)
        .bind(emoji)
        .bind(user)
        .fetch_one(connection)
        .await?)
}

/// How many different emoji are under a message.
pub async fn count_emoji(connection: &mut Connection, message: MessageId) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT_EMOJI)
        .bind(message)
        .fetch_one(connection)
        .await?)
}

/// Puts an emoji under a message; `event` says when.
pub async fn insert_reaction(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
    event: EventId,
) -> Result<()> {
    sqlx::query(INSERT_REACTION)
        .bind(message)
        .bind(emoji)
        .bind(user)
        .bind(event)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes it away.
pub async fn delete_reaction(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
) -> Result<()> {
    sqlx::query(DELETE_REACTION)
        .bind(message)
        .bind(emoji)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes all of a message's away.
pub async fn delete_reactions(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(DELETE_REACTIONS)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}
