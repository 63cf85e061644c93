//! The table `reactions`.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        emoji::unqualified,
        ids::{EventId, MessageId, UserId},
    },
};

statements! {
    HAS_REACTION = "select exists (select 1 from reactions where message_id = ? and emoji in (?, ?) and user_id = ?)";
    COUNT_OTHERS = "select count(distinct emoji), count(*) filter (where user_id = ?3) from reactions
        where message_id = ?1 and emoji <> ?2";
    INSERT_REACTION = "insert into reactions (message_id, emoji, user_id, event_id) values (?, ?, ?, ?)";
    DELETE_REACTION = "delete from reactions where message_id = ? and emoji in (?, ?) and user_id = ?";
    DELETE_REACTIONS = "delete from reactions where message_id = ?";
}

/// Returns whether a user added this emoji, in its own spelling or without variation selectors as in files of earlier
/// versions.
pub async fn has_reaction(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_REACTION)
        .bind(message)
        .bind(emoji)
        .bind(unqualified(emoji))
        .bind(user)
        .fetch_one(connection)
        .await?)
}

/// Returns the number of different emoji of a message other than this one, and how many of them a user added.
pub async fn count_others(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
) -> Result<(i64, i64)> {
    Ok(sqlx::query_as(COUNT_OTHERS)
        .bind(message)
        .bind(emoji)
        .bind(user)
        .fetch_one(connection)
        .await?)
}

/// Inserts a reaction, with its event.
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

/// Deletes a reaction, in either spelling.
pub async fn delete_reaction(
    connection: &mut Connection,
    message: MessageId,
    emoji: &str,
    user: UserId,
) -> Result<()> {
    sqlx::query(DELETE_REACTION)
        .bind(message)
        .bind(emoji)
        .bind(unqualified(emoji))
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes all reactions to a message.
pub async fn delete_reactions(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(DELETE_REACTIONS)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}
