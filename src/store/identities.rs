//! The table `identities`: who people are to those who sign them in.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        change::SecretHash,
        identity::{ExternalIdentity, IdentityId, LinkedIdentity},
        ids::UserId,
        session::Account,
        time::Timestamp,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    FIND_IDENTITY = "select user_id from identities where issuer = ? and subject = ?";
    // As of sessions, but for what only those have.
    FIND_PROXIED = "select u.id, u.handle, u.name, u.role, u.created_at, u.imported, u.view_event_id, null as kind,
               null as scopes, null as rooms, null as expires_at, i.linked_at as last_used_at
        from identities i join users u on u.id = i.user_id
        where i.key_hash = ? and i.issuer = 'proxy' and u.disabled_at is null";
    INSERT_IDENTITY = "insert into identities (user_id, issuer, subject, key_hash, name, linked_at)
        values (?, ?, ?, ?, ?, ?)";
    LIST_IDENTITIES = "select id, user_id, issuer, name, linked_at from identities where user_id = ? order by id";
    DELETE_IDENTITY = "delete from identities where id = ?";
}

impl FromRow<'_, SqliteRow> for LinkedIdentity {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let name = row.try_get_unchecked::<Option<&[u8]>, _>("name")?;
        let name = name.map(|_| text_of(row, "name")).transpose()?;
        Ok(Self {
            id: row.try_get("id")?,
            user: row.try_get("user_id")?,
            issuer: text_of(row, "issuer")?,
            name,
            linked_at: time_of(row, "linked_at")?,
        })
    }
}

/// Returns the account that an identity is linked to, whether or not it is disabled.
pub async fn find_identity(
    connection: &mut Connection,
    identity: &ExternalIdentity,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(FIND_IDENTITY)
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .fetch_optional(connection)
        .await?)
}

/// Returns the account of a person whom a proxy names, by the hash of the identity, if it is not disabled.
pub async fn find_proxied(
    connection: &mut Connection,
    key_hash: &SecretHash,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as(FIND_PROXIED)
        .bind(key_hash)
        .fetch_optional(connection)
        .await?)
}

/// Links an identity to an account. Fails if it is linked to one.
pub async fn insert_identity(
    connection: &mut Connection,
    user: UserId,
    identity: &ExternalIdentity,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_IDENTITY)
        .bind(user)
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(&identity.key_hash)
        .bind(&identity.name)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the identities that are linked to an account, in the order of linking.
pub async fn list_identities(
    connection: &mut Connection,
    user: UserId,
) -> Result<Vec<LinkedIdentity>> {
    Ok(sqlx::query_as(LIST_IDENTITIES)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Ends the link between an identity and its account.
pub async fn delete_identity(connection: &mut Connection, id: IdentityId) -> Result<()> {
    sqlx::query(DELETE_IDENTITY)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
