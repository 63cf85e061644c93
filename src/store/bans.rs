//! What is taken from an account that is banned or deleted: its sessions, what signs it in, and its messages.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::ids::{MessageId, RoomId, UserId},
};

statements! {
    DELETE_SESSIONS = "delete from sessions where user_id = ?";
    DELETE_PASSWORD = "delete from passwords where user_id = ?";
    DELETE_PASSKEYS = "delete from passkeys where user_id = ?";
    DELETE_DEVICES = "delete from devices where user_id = ?";
    DELETE_LINK = "delete from sign_in_links where user_id = ?";
    DELETE_IDENTITIES = "delete from identities where user_id = ?";
    // In the order of the index, so that each step begins where the one before ended.
    LIST_MESSAGES_OF = "select m.room_id, m.id from messages m indexed by messages_by_author
        where m.author_id = ?1 and m.deleted_at is null
            and (m.room_id, m.created_at, m.id) > (
                coalesce((select a.room_id from messages a where a.id = ?2), 0),
                coalesce((select a.created_at from messages a where a.id = ?2), ''), coalesce(?2, 0))
        order by m.room_id, m.created_at, m.id limit ?3 + 0";
}

/// Deletes all sessions and tokens of a user.
pub async fn delete_sessions(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_SESSIONS)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes everything by which somebody can sign in to an account, its sessions and tokens included.
pub async fn delete_credentials(connection: &mut Connection, user: UserId) -> Result<()> {
    for statement in [
        DELETE_SESSIONS,
        DELETE_PASSWORD,
        DELETE_PASSKEYS,
        DELETE_DEVICES,
        DELETE_LINK,
        DELETE_IDENTITIES,
    ] {
        sqlx::query(statement)
            .bind(user)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Returns messages of an author that are not deleted, by room and time, after the message `after`.
pub async fn list_messages_of(
    connection: &mut Connection,
    author: UserId,
    after: Option<MessageId>,
    limit: usize,
) -> Result<Vec<(RoomId, MessageId)>> {
    Ok(sqlx::query_as(LIST_MESSAGES_OF)
        .bind(author)
        .bind(after)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?)
}
