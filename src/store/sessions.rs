//! The table `sessions`: who is signed in, by the hash of a secret.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        change::{SecretHash, SignIn},
        ids::UserId,
        time::Timestamp,
        user::User,
    },
};

statements! {
    FIND_SIGNED_IN = "select u.id, u.handle, u.name, u.created_at
        from sessions s join users u on u.id = s.user_id where s.secret_hash = ?";
    INSERT_SESSION = "insert into sessions (secret_hash, user_id, kind, created_at) values (?, ?, ?, ?)";
    DELETE_SESSION = "delete from sessions where secret_hash = ?";
}

/// Whose secret this is.
pub async fn find_signed_in(
    connection: &mut Connection,
    secret_hash: &SecretHash,
) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_SIGNED_IN)
        .bind(secret_hash)
        .fetch_optional(connection)
        .await?)
}

/// Signs somebody in. Fails where the secret is in use: 256 random bits do not repeat.
pub async fn insert_session(
    connection: &mut Connection,
    user: UserId,
    sign_in: &SignIn,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_SESSION)
        .bind(&sign_in.secret_hash)
        .bind(user)
        .bind(sign_in.kind)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a session; it may have ended before.
pub async fn delete_session(connection: &mut Connection, secret_hash: &SecretHash) -> Result<()> {
    sqlx::query(DELETE_SESSION)
        .bind(secret_hash)
        .execute(connection)
        .await?;
    Ok(())
}
