//! The table `sessions`: who is signed in, by the hash of a secret.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        change::{SecretHash, SignIn, SignInKind},
        ids::UserId,
        time::Timestamp,
        user::User,
    },
};

statements! {
    FIND_SIGNED_IN = "select u.id, u.handle, u.name, u.created_at
        from sessions s join users u on u.id = s.user_id where s.secret_hash = ?";
    INSERT_SESSION = "insert into sessions (secret_hash, user_id, kind, created_at) values (?, ?, ?, ?)";
    LIST_SESSIONS = "select secret_hash, kind, created_at from sessions where user_id = ? order by created_at desc";
    DELETE_SESSION = "delete from sessions where secret_hash = ?";
}

/// Somewhere where somebody is signed in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// By which it is recognised.
    pub secret_hash: SecretHash,
    /// A browser or a program.
    pub kind: SignInKind,
    /// When they signed in.
    #[sqlx(try_from = "String")]
    pub created_at: Timestamp,
}

impl Session {
    /// Names it among those of one person: enough of the hash, and not all of it.
    #[must_use]
    pub fn id(&self) -> String {
        let first: [u8; 8] = *self.secret_hash.first_chunk().unwrap_or(&[0; 8]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

/// Where somebody is signed in, the latest first.
pub async fn list_sessions(connection: &mut Connection, user: UserId) -> Result<Vec<Session>> {
    Ok(sqlx::query_as(LIST_SESSIONS)
        .bind(user)
        .fetch_all(connection)
        .await?)
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
