//! The table `passwords`.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{ids::UserId, password::PasswordHash, time::Timestamp, user::mention_key},
};

statements! {
    FIND_PASSWORD = "select hash from passwords where user_id = ?";
    FIND_BY_HANDLE = "select u.id, p.hash from users u left join passwords p on p.user_id = u.id
        where u.mention_key = ?1 and u.disabled_at is null order by u.handle = ?2 desc, u.id limit 1";
    SET_PASSWORD = "insert into passwords (user_id, hash, changed_at) values (?, ?, ?)
        on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at";
}

/// Returns the hash of an account's password; `None` if it has none.
pub async fn find_password(
    connection: &mut Connection,
    user: UserId,
) -> Result<Option<PasswordHash>> {
    Ok(sqlx::query_scalar(FIND_PASSWORD)
        .bind(user)
        .fetch_optional(connection)
        .await?)
}

/// Returns the account with this handle, in upper or lower case, and the hash of its password. Disabled accounts are not
/// found.
pub async fn find_by_handle(
    connection: &mut Connection,
    handle: &str,
) -> Result<Option<(UserId, Option<PasswordHash>)>> {
    Ok(sqlx::query_as(FIND_BY_HANDLE)
        .bind(mention_key(handle))
        .bind(handle)
        .fetch_optional(connection)
        .await?)
}

/// Sets the password of an account.
pub async fn set_password(
    connection: &mut Connection,
    user: UserId,
    hash: &PasswordHash,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(SET_PASSWORD)
        .bind(user)
        .bind(hash)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
