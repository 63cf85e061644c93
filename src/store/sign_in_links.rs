//! The table `sign_in_links`: one-time links that sign in.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{change::SecretHash, ids::UserId, time::Timestamp},
};

statements! {
    SET_LINK = "insert into sign_in_links (user_id, secret_hash, expires_at, sets_password) values (?, ?, ?, ?)
        on conflict (user_id) do update set secret_hash = excluded.secret_hash, expires_at = excluded.expires_at,
            sets_password = excluded.sets_password";
    FIND_LINK = "select l.user_id from sign_in_links l join users u on u.id = l.user_id
        where l.secret_hash = ? and l.expires_at > ? and l.sets_password = ? and u.disabled_at is null";
    DELETE_LINK = "delete from sign_in_links where user_id = ?";
    DELETE_DEVICE_LINK = "delete from sign_in_links where user_id = ? and not sets_password";
    DELETE_EXPIRED_LINKS = "delete from sign_in_links where expires_at <= ?";
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkUse {
    /// Signs in on another device.
    Device,
    /// Sets a new password, and signs in.
    Password,
}

/// Sets the only link of an account.
pub async fn set_link(
    connection: &mut Connection,
    user: UserId,
    link: (LinkUse, &SecretHash),
    expires_at: Timestamp,
) -> Result<()> {
    let (link_use, secret_hash) = link;
    sqlx::query(SET_LINK)
        .bind(user)
        .bind(secret_hash)
        .bind(expires_at.to_string())
        .bind(link_use == LinkUse::Password)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the account that a link signs in, if the link has this use and has not expired, and the account is not
/// disabled.
pub async fn find_link(
    connection: &mut Connection,
    (link_use, secret_hash): (LinkUse, &SecretHash),
    now: Timestamp,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(FIND_LINK)
        .bind(secret_hash)
        .bind(now.to_string())
        .bind(link_use == LinkUse::Password)
        .fetch_optional(connection)
        .await?)
}

/// Deletes the link of an account.
pub async fn delete_link(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_LINK)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the link that an account has made for another device.
pub async fn delete_device_link(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_DEVICE_LINK)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the links that have expired.
pub async fn delete_expired(connection: &mut Connection, now: Timestamp) -> Result<()> {
    sqlx::query(DELETE_EXPIRED_LINKS)
        .bind(now.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
