//! The set-up link in the table `meta`, and whether the server needs one.

use super::{db::Connection, statements::statements};
use crate::{error::Result, model::change::SecretHash};

statements! {
    HAS_ADMIN = "select exists (select 1 from users where role = 'admin' and disabled_at is null)";
    IS_OFFERED = "select exists (select 1 from meta where key = 'setup')
        and not exists (select 1 from users where role = 'admin' and disabled_at is null)";
    IS_LINK = "select exists (select 1 from meta where key = 'setup' and value = lower(hex(?)))
        and not exists (select 1 from users where role = 'admin' and disabled_at is null)";
    IS_KEPT = "select exists (select 1 from meta where key = 'setup_kept')";
    DELETE_LINK = "delete from meta where key in ('setup', 'setup_kept')";
    SET_LINK = "insert into meta (key, value) values ('setup', lower(hex(?)))";
    SET_KEPT = "insert into meta (key, value) values ('setup_kept', 'yes')";
}

/// Returns whether there is an admin whose account is not disabled.
pub async fn has_admin(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_ADMIN).fetch_one(connection).await?)
}

/// Returns whether there is a set-up link, and no admin.
pub async fn is_offered(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_OFFERED).fetch_one(connection).await?)
}

/// Returns whether this is the secret of the set-up link, and there is no admin.
pub async fn is_link(connection: &mut Connection, secret_hash: &SecretHash) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_LINK)
        .bind(secret_hash)
        .fetch_one(connection)
        .await?)
}

/// Returns whether the set-up link was made to be kept at the start of the server.
pub async fn is_kept(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_KEPT).fetch_one(connection).await?)
}

/// Sets the secret of the set-up link, which replaces an earlier one.
pub async fn set_link(
    connection: &mut Connection,
    secret_hash: &SecretHash,
    is_kept: bool,
) -> Result<()> {
    delete_link(connection).await?;
    sqlx::query(SET_LINK)
        .bind(secret_hash)
        .execute(&mut *connection)
        .await?;
    if is_kept {
        sqlx::query(SET_KEPT).execute(connection).await?;
    }
    Ok(())
}

/// Deletes the set-up link.
pub async fn delete_link(connection: &mut Connection) -> Result<()> {
    sqlx::query(DELETE_LINK).execute(connection).await?;
    Ok(())
}
