//! The table `passkeys`.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::UserId,
        passkey::{Credential, CredentialId, Passkey},
        time::Timestamp,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    INSERT_PASSKEY = "insert into passkeys (credential_id, user_id, name, credential, created_at) values (?, ?, ?, ?, ?)
        on conflict (credential_id) do nothing";
    LIST_PASSKEYS = "select credential_id, name, created_at, last_used_at from passkeys where user_id = ?
        order by created_at desc, credential_id";
    COUNT_PASSKEYS = "select count(*) from passkeys where user_id = ?";
    FIND_PASSKEY = "select user_id, credential from passkeys where credential_id = ?";
    NOTE_SIGN_IN = "update passkeys set credential = ?2, last_used_at = ?3 where credential_id = ?1";
    DELETE_PASSKEY = "delete from passkeys where user_id = ? and credential_id = ?";
}

impl FromRow<'_, SqliteRow> for Passkey {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let used = row.try_get_unchecked::<Option<&[u8]>, _>("last_used_at")?;
        Ok(Self {
            credential_id: row.try_get("credential_id")?,
            name: text_of(row, "name")?,
            created_at: time_of(row, "created_at")?,
            last_used_at: used.map(|_| time_of(row, "last_used_at")).transpose()?,
        })
    }
}

/// A passkey to be inserted.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct NewPasskey<'a> {
    pub credential_id: &'a CredentialId,
    pub name: &'a str,
    pub credential: &'a Credential,
}

/// Inserts a passkey. Returns false if there is one with its id.
pub async fn insert_passkey(
    connection: &mut Connection,
    user: UserId,
    passkey: NewPasskey<'_>,
    at: Timestamp,
) -> Result<bool> {
    let inserted = sqlx::query(INSERT_PASSKEY)
        .bind(passkey.credential_id)
        .bind(user)
        .bind(passkey.name)
        .bind(passkey.credential)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Returns the passkeys of an account, the latest first.
pub async fn list_passkeys(connection: &mut Connection, user: UserId) -> Result<Vec<Passkey>> {
    Ok(sqlx::query_as(LIST_PASSKEYS)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Returns the number of passkeys of an account.
pub async fn count_passkeys(connection: &mut Connection, user: UserId) -> Result<usize> {
    let count: i64 = sqlx::query_scalar(COUNT_PASSKEYS)
        .bind(user)
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns the account that a passkey signs in, and its credential.
pub async fn find_passkey(
    connection: &mut Connection,
    id: &CredentialId,
) -> Result<Option<(UserId, Credential)>> {
    Ok(sqlx::query_as(FIND_PASSKEY)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Stores the credential of a passkey as it is after a sign-in, and the time.
pub async fn note_sign_in(
    connection: &mut Connection,
    id: &CredentialId,
    credential: &Credential,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(NOTE_SIGN_IN)
        .bind(id)
        .bind(credential)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes a passkey of an account.
pub async fn delete_passkey(
    connection: &mut Connection,
    user: UserId,
    id: &CredentialId,
) -> Result<()> {
    sqlx::query(DELETE_PASSKEY)
        .bind(user)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
