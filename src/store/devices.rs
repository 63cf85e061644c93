//! The table `devices`: browsers from which somebody has signed in to an account.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{change::SecretHash, ids::UserId, time::Timestamp},
};

statements! {
    IS_DEVICE_OF = "select exists (select 1 from devices where user_id = ? and secret_hash = ?)";
    NOTE_DEVICE = "insert into devices (user_id, secret_hash, used_at) values (?, ?, ?)
        on conflict (user_id, secret_hash) do update set used_at = excluded.used_at";
    // The 20 last ones remain.
    DELETE_OLD_DEVICES = "delete from devices where user_id = ?1 and secret_hash in (
        select secret_hash from devices where user_id = ?1 order by used_at desc, secret_hash limit -1 offset 20)";
}

/// Returns whether somebody has signed in to the account from this device. Without an account the answer is no.
pub async fn is_device_of(
    connection: &mut Connection,
    user: Option<UserId>,
    device: &SecretHash,
) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_DEVICE_OF)
        .bind(user)
        .bind(device)
        .fetch_one(connection)
        .await?)
}

/// Stores that somebody has signed in to the account from this device, and deletes devices beyond the last 20.
pub async fn note_device(
    connection: &mut Connection,
    user: UserId,
    device: &SecretHash,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(NOTE_DEVICE)
        .bind(user)
        .bind(device)
        .bind(at.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query(DELETE_OLD_DEVICES)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}
