//! The table `users`.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        ids::UserId,
        user::{SERVER_HANDLE, User, fold_handle, foldings},
    },
};

statements! {
    FIND_USER = "select id, handle, name, created_at from users where handle = ?";
    FIND_USER_BY_ID = "select id, handle, name, created_at from users where id = ?";
    RENAME_USER = "update users set name = ? where id = ?";
    IS_TAKEN = "select exists (select 1 from users where folded in (?, ?, ?))";
    IS_NAMED = "select exists (select 1 from users where id = ? and handle = ?)";
    INSERT_USER = "insert into users (id, handle, folded, name, created_at) values (?, ?, ?, ?, ?)";
}

/// The account of a handle.
pub async fn find_user(connection: &mut Connection, handle: &str) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_USER)
        .bind(handle)
        .fetch_optional(connection)
        .await?)
}

/// The account of an id.
pub async fn find_user_by_id(connection: &mut Connection, id: UserId) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_USER_BY_ID)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Gives an account another name for display.
pub async fn rename_user(connection: &mut Connection, id: UserId, name: &str) -> Result<()> {
    sqlx::query(RENAME_USER)
        .bind(name)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether somebody has this handle, or one that people would take for it.
pub async fn is_handle_taken(connection: &mut Connection, handle: &str) -> Result<bool> {
    let [own, of_capitals, lower_case] = foldings(handle);
    Ok(sqlx::query_scalar(IS_TAKEN)
        .bind(own)
        .bind(of_capitals)
        .bind(lower_case)
        .fetch_one(connection)
        .await?)
}

/// Whether this is the account of the server itself.
pub async fn is_server(connection: &mut Connection, id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_NAMED)
        .bind(id)
        .bind(SERVER_HANDLE)
        .fetch_one(connection)
        .await?)
}

/// Adds an account.
pub async fn insert_user(connection: &mut Connection, user: &User) -> Result<UserId> {
    sqlx::query(INSERT_USER)
        .bind(user.id)
        .bind(&user.handle)
        .bind(fold_handle(&user.handle))
        .bind(&user.name)
        .bind(user.created_at.to_string())
        .execute(connection)
        .await?;
    Ok(user.id)
}
