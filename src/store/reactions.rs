//! The table `reactions`.

use super::{db::Connection, json_rows::write_rows, statements::statements};
use crate::{
    error::Result,
    model::{
        emoji::unqualified,
        ids::{EventId, MessageId, RoomId, UserId},
    },
};
use serde::Serialize;

statements! {
    HAS_REACTION = "select exists (select 1 from reactions where message_id = ? and emoji in (?, ?) and user_id = ?)";
    COUNT_OTHERS = "select count(distinct emoji), count(*) filter (where user_id = ?3) from reactions
        where message_id = ?1 and emoji <> ?2";
    INSERT_REACTIONS = "insert into reactions (message_id, emoji, user_id, event_id)
        select value ->> 'message_id', value ->> 'emoji', value ->> 'user_id', value ->> 'event_id'
        from json_each(?) where true on conflict do nothing";
    DELETE_REACTION = "delete from reactions where message_id = ? and emoji in (?, ?) and user_id = ?";
    LIST_REACTIONS_OF = "select m.room_id, r.message_id, r.emoji from reactions r join messages m on m.id = r.message_id
        where r.user_id = ?1 limit ?2 + 0";
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

/// A reaction to be inserted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewReaction<'a> {
    /// The message reacted to.
    pub message_id: MessageId,
    /// The emoji.
    pub emoji: &'a str,
    /// The user who reacted.
    pub user_id: UserId,
    /// The event of the reaction, by which reactions are ordered.
    pub event_id: EventId,
}

/// Inserts any number of reactions with one statement; existing ones are left as they are.
pub async fn insert_reactions(
    connection: &mut Connection,
    reactions: &[NewReaction<'_>],
) -> Result<()> {
    write_rows(connection, INSERT_REACTIONS, reactions).await
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

/// Returns some reactions of a user: the room, the message and the emoji.
pub async fn list_reactions_of(
    connection: &mut Connection,
    user: UserId,
    limit: usize,
) -> Result<Vec<(RoomId, MessageId, String)>> {
    Ok(sqlx::query_as(LIST_REACTIONS_OF)
        .bind(user)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?)
}

/// Deletes all reactions to a message.
pub async fn delete_reactions(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(DELETE_REACTIONS)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}
