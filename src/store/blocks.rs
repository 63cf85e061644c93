//! The table `blocks`: whom each person has blocked.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    json_rows::write_rows,
    messages::broken_json,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        block::{Block, Blocked},
        ids::UserId,
        time::Timestamp,
        user::Person,
    },
};
use serde::Serialize;
use sqlx::{FromRow, sqlite::SqliteRow};

statements! {
    INSERT_BLOCKS = "insert into blocks (user_id, blocked_id, at)
        select value ->> 'user_id', value ->> 'blocked_id', value ->> 'at' from json_each(?) where true
        on conflict do nothing";
    DELETE_BLOCK = "delete from blocks where user_id = ? and blocked_id = ?";
    DELETE_BLOCKS_WITH = "delete from blocks where user_id = ?1 or blocked_id = ?1";
    COUNT_BLOCKS = "select count(*) from blocks where user_id = ?";
    HAS_BLOCKED = "select exists (select 1 from blocks where user_id = ? and blocked_id = ?)";
    LIST_BLOCKED = "select b.blocked_id, cast(u.handle as text) from blocks b join users u on u.id = b.blocked_id where b.user_id = ?";
    LIST_BLOCKS = "select u.handle, u.name, b.at from blocks b join users u on u.id = b.blocked_id
        where b.user_id = ? order by u.handle collate nocase, u.id";
    LIST_BLOCKERS = "select user_id from blocks
        where blocked_id = ?1 and user_id in (select value from json_each(?2))";
}

impl FromRow<'_, SqliteRow> for Block {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let (handle, name) = (text_of(row, "handle")?, text_of(row, "name")?);
        Ok(Self {
            person: Person { handle, name },
            at: time_of(row, "at")?,
        })
    }
}

/// A block to be inserted.
#[derive(Clone, Copy, Debug, Serialize)]
struct NewBlock {
    user_id: UserId,
    blocked_id: UserId,
    at: Timestamp,
}

/// Inserts a block, unless it exists.
pub async fn insert_block(
    connection: &mut Connection,
    user: UserId,
    blocked: UserId,
    at: Timestamp,
) -> Result<()> {
    let block = NewBlock {
        user_id: user,
        blocked_id: blocked,
        at,
    };
    write_rows(connection, INSERT_BLOCKS, &[block]).await
}

/// Deletes a block.
pub async fn delete_block(
    connection: &mut Connection,
    user: UserId,
    blocked: UserId,
) -> Result<()> {
    sqlx::query(DELETE_BLOCK)
        .bind(user)
        .bind(blocked)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes all blocks by and of a user.
pub async fn delete_blocks_with(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_BLOCKS_WITH)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the number of people whom a user has blocked.
pub async fn count_blocks(connection: &mut Connection, user: UserId) -> Result<usize> {
    let count: i64 = sqlx::query_scalar(COUNT_BLOCKS)
        .bind(user)
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns whether a user has blocked another one.
pub async fn has_blocked(connection: &mut Connection, user: UserId, other: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_BLOCKED)
        .bind(user)
        .bind(other)
        .fetch_one(connection)
        .await?)
}

/// Returns the people whom a user has blocked, with their handles.
pub async fn list_blocked(connection: &mut Connection, user: UserId) -> Result<Blocked> {
    let rows: Vec<(UserId, String)> = sqlx::query_as(LIST_BLOCKED)
        .bind(user)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Returns the blocks of a user, by handle.
pub async fn list_blocks(connection: &mut Connection, user: UserId) -> Result<Vec<Block>> {
    Ok(sqlx::query_as(LIST_BLOCKS)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Returns those of `users` who have blocked a user.
pub async fn list_blockers(
    connection: &mut Connection,
    user: UserId,
    users: &[UserId],
) -> Result<Vec<UserId>> {
    Ok(sqlx::query_scalar(LIST_BLOCKERS)
        .bind(user)
        .bind(serde_json::to_string(users).map_err(broken_json)?)
        .fetch_all(connection)
        .await?)
}
