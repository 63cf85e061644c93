//! The columns of the table `users` that admins set: the role, and whether the account is disabled.

use super::{
    damage::text_of, db::Connection, statements::statements, visibility::person_is_visible,
};
use crate::{
    error::Result,
    model::{
        ids::{EventId, UserId},
        role::Role,
        time::Timestamp,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    FIND_STANDING = "select id, role, disabled_at is not null as is_disabled from users
        where handle = ? and deleted_at is null";
    SET_ROLE = "update users set role = ?2 where id = ?1";
    SET_VIEW = "update users set view_event_id = ?2 where id = ?1";
    SET_DISABLED = "update users set disabled_at = ?2, banned_at = iif(?2 is null, null, banned_at) where id = ?1";
    SET_BANNED = "update users set banned_at = coalesce(banned_at, ?2) where id = ?1";
    HAS_OTHER_ADMIN = "select exists (
        select 1 from users indexed by admins where role = 'admin' and disabled_at is null and id <> ?)";
    FIND_SERVER = "select min(id) from users";
    SEES_PERSON = concat!("select ", person_is_visible!("?1", "?2"));
}

/// What admins have set about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub id: UserId,
    /// What the account may do on the server.
    pub role: Role,
    /// Whether nobody can sign in with the account.
    pub is_disabled: bool,
}

impl FromRow<'_, SqliteRow> for Standing {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            role: Role::of_stored(&text_of(row, "role")?),
            is_disabled: row.try_get("is_disabled")?,
        })
    }
}

impl Standing {
    /// Returns whether the account administers the server.
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.role == Role::Admin && !self.is_disabled
    }
}

/// Returns the standing of the account with this handle.
pub async fn find_standing(connection: &mut Connection, handle: &str) -> Result<Option<Standing>> {
    Ok(sqlx::query_as(FIND_STANDING)
        .bind(handle)
        .fetch_optional(connection)
        .await?)
}

/// Sets the role of an account.
pub async fn set_role(connection: &mut Connection, id: UserId, role: Role) -> Result<()> {
    sqlx::query(SET_ROLE)
        .bind(id)
        .bind(role.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Records the event since which the account sees other open rooms than before.
pub async fn set_view(connection: &mut Connection, id: UserId, event: EventId) -> Result<()> {
    sqlx::query(SET_VIEW)
        .bind(id)
        .bind(event)
        .execute(connection)
        .await?;
    Ok(())
}

/// Records that a disabled account is banned since this time, if it is not.
pub async fn set_banned(connection: &mut Connection, id: UserId, at: Timestamp) -> Result<()> {
    sqlx::query(SET_BANNED)
        .bind(id)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Disables an account at this time, or enables it, which ends a ban.
pub async fn set_disabled(
    connection: &mut Connection,
    id: UserId,
    at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query(SET_DISABLED)
        .bind(id)
        .bind(at.map(|at| at.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether the server has an enabled admin other than this account.
pub async fn has_other_admin(connection: &mut Connection, id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_OTHER_ADMIN)
        .bind(id)
        .fetch_one(connection)
        .await?)
}

/// Returns the server's own account, the first one of each log.
pub async fn find_server(connection: &mut Connection) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(FIND_SERVER)
        .fetch_one(connection)
        .await?)
}

/// Returns whether the account `user` is visible to `viewer`.
pub async fn sees_person(
    connection: &mut Connection,
    viewer: Option<UserId>,
    user: UserId,
) -> Result<bool> {
    Ok(sqlx::query_scalar(SEES_PERSON)
        .bind(viewer)
        .bind(user)
        .fetch_one(connection)
        .await?)
}
