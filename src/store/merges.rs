//! What moves from an imported person to the account that they are merged into.

use super::{db::Connection, messages::broken_json, statements::statements};
use crate::{
    error::Result,
    model::{
        account::FoldedName,
        ids::{MessageId, RoomId, UserId},
        time::Timestamp,
    },
};
use sqlx::{
    query::Query,
    sqlite::{Sqlite, SqliteArguments},
};

statements! {
    // All ids are greater than 0. Only as many rows are read as are returned.
    LIST_MESSAGES_OF = "select m.room_id, m.id from messages m where m.author_id = ?1 and m.room_id > 0 limit ?2 + 0";
    // The nonces that recognise the messages when they are imported again move with them.
    MOVE_NONCES = "update or ignore nonces set author_id = ?2 where author_id = ?1 and nonce in (
        select m.nonce from messages m where m.id in (select value from json_each(?3)) and m.nonce is not null)";
    MOVE_EVENTS = "update events set actor_id = ?2 where id in (select value from json_each(?3)) and actor_id = ?1";
    MOVE_MESSAGES = "update messages set author_id = ?2 where id in (select value from json_each(?3))";
    MOVE_FILES = "update files set user_id = ?2 where message_id in (select value from json_each(?3)) and user_id = ?1";
    LIST_REACTED = "select m.room_id, m.id from messages m where m.id in (
            select distinct x.message_id from reactions x
            where x.message_id > ?2 and x.user_id = ?1 order by x.message_id limit ?3 + 0)
        order by m.id";
    MOVE_EVENTS_OF_REACTIONS = "update events set actor_id = ?2 where actor_id = ?1 and id in (
        select x.event_id from reactions x where x.message_id in (select value from json_each(?3)) and x.user_id = ?1)";
    MOVE_REACTIONS = "update or ignore reactions set user_id = ?2
        where message_id in (select value from json_each(?3)) and user_id = ?1";
    DELETE_REACTIONS = "delete from reactions where message_id in (select value from json_each(?3)) and user_id = ?1
        and ?2 is not null";
    MOVE_MENTIONS = "update or ignore mentions set user_id = ?2 where user_id = ?1";
    DELETE_MENTIONS = "delete from mentions where user_id = ?1 or user_id = ?2
        and exists (select 1 from messages m where m.id = message_id and m.author_id = ?2)";
    MOVE_READ_MARK = "update memberships set marked_after = (select max(id) from events), read_up_to = max(read_up_to, (
            select o.read_up_to from memberships o where o.room_id = memberships.room_id and o.user_id = ?1))
        where room_id = ?3 and user_id = ?2 and exists (
            select 1 from memberships o where o.room_id = memberships.room_id and o.user_id = ?1)";
    MOVE_PINS = "update pins set user_id = ?2 where user_id = ?1";
    MOVE_THREAD_MARKS = "update or ignore thread_marks set user_id = ?2 where user_id = ?1";
    DELETE_THREAD_MARKS = "delete from thread_marks where user_id = ?1 and ?2 is not null";
    MOVE_BLOCKS = "update or ignore blocks set blocked_id = ?2 where blocked_id = ?1 and user_id <> ?2";
    LIST_BLOCKERS = "select user_id from blocks where blocked_id = ?";
    MOVE_REPORTS = "update reports set author_id = ?2 where author_id = ?1";
    MOVE_EVENTS_OF_ROOMS = "update events set actor_id = ?2 where id in (select id from rooms where made_by = ?1)";
    MOVE_ROOMS = "update rooms set made_by = ?2 where made_by = ?1";
    REVOKE_INVITES = "update invites set revoked_at = ?2 where user_id = ?1 and revoked_at is null";
    SET_MERGED = "update users set merged_into = ?2, imported = 0, name = ?3, name_folded = ?4, about = '', time_zone = null, picture = null,
        disabled_at = ?5, deleted_at = ?5 where id = ?1";
}

/// An imported person, and the account that they are merged into.
#[derive(Clone, Copy, Debug)]
pub struct Merge {
    /// The imported person.
    pub from: UserId,
    /// The account.
    pub into: UserId,
}

impl Merge {
    fn query(self, statement: &'static str) -> Query<'static, Sqlite, SqliteArguments> {
        sqlx::query(statement).bind(self.from).bind(self.into)
    }
}

/// Returns messages of the imported person.
pub async fn list_messages_of(
    connection: &mut Connection,
    author: UserId,
    limit: usize,
) -> Result<Vec<(RoomId, MessageId)>> {
    Ok(sqlx::query_as(LIST_MESSAGES_OF)
        .bind(author)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?)
}

/// Moves messages, with their events and nonces.
pub async fn move_messages(
    connection: &mut Connection,
    merge: Merge,
    messages: &[MessageId],
) -> Result<()> {
    move_all(
        connection,
        merge,
        messages,
        &[MOVE_NONCES, MOVE_EVENTS, MOVE_MESSAGES, MOVE_FILES],
    )
    .await
}

/// Returns the messages after `after` to which the imported person has reacted.
pub async fn list_reacted(
    connection: &mut Connection,
    user: UserId,
    after: MessageId,
    limit: usize,
) -> Result<Vec<(RoomId, MessageId)>> {
    Ok(sqlx::query_as(LIST_REACTED)
        .bind(user)
        .bind(after)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?)
}

/// Moves the reactions to messages. Those that the account has added, too, are deleted.
pub async fn move_reactions(
    connection: &mut Connection,
    merge: Merge,
    messages: &[MessageId],
) -> Result<()> {
    let statements = [MOVE_EVENTS_OF_REACTIONS, MOVE_REACTIONS, DELETE_REACTIONS];
    move_all(connection, merge, messages, &statements).await
}

async fn move_all(
    connection: &mut Connection,
    merge: Merge,
    messages: &[MessageId],
    statements: &[&'static str],
) -> Result<()> {
    let ids = serde_json::to_string(messages).map_err(broken_json)?;
    for statement in statements {
        let query = merge.query(statement).bind(&ids);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Moves the read mark in a room that both are members of.
pub async fn move_read_mark(connection: &mut Connection, merge: Merge, room: RoomId) -> Result<()> {
    merge
        .query(MOVE_READ_MARK)
        .bind(room)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the users who have blocked a user.
pub async fn list_blockers(connection: &mut Connection, user: UserId) -> Result<Vec<UserId>> {
    Ok(sqlx::query_scalar(LIST_BLOCKERS)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Moves what is left besides messages, reactions and memberships. Invitations as the imported person are revoked.
pub async fn move_rest(connection: &mut Connection, merge: Merge, at: Timestamp) -> Result<()> {
    for statement in [
        MOVE_MENTIONS,
        DELETE_MENTIONS,
        MOVE_PINS,
        MOVE_THREAD_MARKS,
        DELETE_THREAD_MARKS,
        MOVE_BLOCKS,
        MOVE_REPORTS,
        MOVE_EVENTS_OF_ROOMS,
        MOVE_ROOMS,
    ] {
        merge.query(statement).execute(&mut *connection).await?;
    }
    sqlx::query(REVOKE_INVITES)
        .bind(merge.from)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks the imported person as merged. The handle stays theirs, so that later imports find the account by it.
pub async fn set_merged(
    connection: &mut Connection,
    merge: Merge,
    name: &FoldedName,
    at: Timestamp,
) -> Result<()> {
    merge
        .query(SET_MERGED)
        .bind(&name.text)
        .bind(&name.folded)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
