//! Deleted accounts, and those that a flood has made.

use super::{db::Connection, statements::statements, visibility::is_open};
use crate::{
    error::Result,
    model::{account::NewAccount, ids::UserId, time::Timestamp},
};

/// Whether the user `$user` has written nothing and is in no closed room.
macro_rules! is_silent {
    ($user:literal) => {
        concat!(
            "not exists (select 1 from messages m where m.author_id = ",
            $user,
            ") and not exists (select 1 from nonces n where n.author_id = ",
            $user,
            ") and not exists (
                select 1 from memberships s join rooms r on r.id = s.room_id where s.user_id = ",
            $user,
            " and not ",
            is_open!(),
            ")"
        )
    };
}

statements! {
    IS_SILENT = concat!("select ", is_silent!("?1"));
    CLEAR_USER = "update users set handle = ?2, folded = ?3, mention_key = ?4, name = ?5, name_folded = ?6,
        about = '', time_zone = null, disabled_at = ?7, deleted_at = ?7 where id = ?1";
    // People whom an import brought have no session.
    FIND_FLOOD = concat!(
        "select u.handle from users u where u.created_at >= ? and u.role in ('member', 'guest') and u.deleted_at is null
            and exists (select 1 from sessions s where s.user_id = u.id) and ", is_silent!("u.id"), " order by u.id"
    );
}

/// Returns whether a user has written nothing and is in no closed room.
pub async fn is_silent(connection: &mut Connection, user: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_SILENT)
        .bind(user)
        .fetch_one(connection)
        .await?)
}

/// Replaces everything that names the owner of an account by the names of `account`.
pub async fn clear_user(
    connection: &mut Connection,
    user: UserId,
    account: &NewAccount,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(CLEAR_USER)
        .bind(user)
        .bind(&account.handle.text)
        .bind(&account.handle.folded)
        .bind(&account.mention_key)
        .bind(&account.name.text)
        .bind(&account.name.folded)
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the handles of the accounts made since a time that have written nothing and are in no closed room.
pub async fn find_flood(connection: &mut Connection, since: Timestamp) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(FIND_FLOOD)
        .bind(since.to_string())
        .fetch_all(connection)
        .await?)
}
