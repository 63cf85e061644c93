//! The table `sessions`: signed-in browsers and programs, by the hash of their secret.

use super::{damage::time_of, db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        change::{SecretHash, SignIn, SignInKind},
        ids::UserId,
        time::Timestamp,
        user::User,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    FIND_SIGNED_IN = "select u.id, u.handle, u.name, u.role, u.created_at
        from sessions s join users u on u.id = s.user_id where s.secret_hash = ? and u.disabled_at is null";
    INSERT_SESSION = "insert into sessions (secret_hash, user_id, kind, created_at) values (?, ?, ?, ?)";
    LIST_SESSIONS = "select secret_hash, kind, created_at from sessions where user_id = ? order by created_at desc";
    DELETE_SESSION = "delete from sessions where secret_hash = ?";
}

/// A session of a browser, or a token of a program.
#[derive(Clone, Debug)]
pub struct Session {
    /// SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// Whether it is a browser or a program.
    pub kind: SignInKind,
    /// The time of signing in.
    pub created_at: Timestamp,
}

impl FromRow<'_, SqliteRow> for Session {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            secret_hash: row.try_get("secret_hash")?,
            kind: row.try_get("kind")?,
            created_at: time_of(row, "created_at")?,
        })
    }
}

impl Session {
    /// Returns the first 16 hexadecimal digits of the hash, which distinguish the sessions of one user.
    #[must_use]
    pub fn id(&self) -> String {
        let first: [u8; 8] = *self.secret_hash.first_chunk().unwrap_or(&[0; 8]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

/// Returns the sessions of a user, the latest first.
pub async fn list_sessions(connection: &mut Connection, user: UserId) -> Result<Vec<Session>> {
    Ok(sqlx::query_as(LIST_SESSIONS)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Returns the user who is signed in with the secret.
pub async fn find_signed_in(
    connection: &mut Connection,
    secret_hash: &SecretHash,
) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_SIGNED_IN)
        .bind(secret_hash)
        .fetch_optional(connection)
        .await?)
}

/// Inserts a session. Fails if the secret exists already, which does not happen with 256 random bits.
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

/// Deletes a session if it exists.
pub async fn delete_session(connection: &mut Connection, secret_hash: &SecretHash) -> Result<()> {
    sqlx::query(DELETE_SESSION)
        .bind(secret_hash)
        .execute(connection)
        .await?;
    Ok(())
}
