//! Deleted accounts, and those that a flood has made.

use super::{db::Connection, statements::statements, visibility::is_open};
use crate::{
    error::Result,
    model::{account::NewAccount, ids::UserId, time::Timestamp},
};

/// Whether the user `$user` has written nothing and is in no closed room. Rooms of their own that nobody else is in, or
/// direct ones that they began, do not count while nothing was written in them: a flood makes such rooms, too.
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
            " and not (r.made_by is ",
            $user,
            " and (r.kind = 'direct' or r.members = 1)
                    and not exists (select 1 from messages w where w.room_id = r.id)))"
        )
    };
}

statements! {
    IS_SILENT = concat!("select ", is_silent!("?1"));
    CLEAR_USER = "update users set handle = ?2, folded = ?3, mention_key = ?4, name = ?5, name_folded = ?6,
        about = '', time_zone = null, picture = null, disabled_at = ?7, deleted_at = ?7 where id = ?1";
    // The rooms of these accounts that nobody else is in, and in which nothing was written.
    FIND_FLOOD_ROOMS = "with flood (id) as (select u.id from json_each(?1) h join users u on u.handle = h.value)
        select r.slug from rooms r where r.made_by in (select id from flood) and r.kind <> 'deleted'
            and not exists (select 1 from messages m where m.room_id = r.id)
            and (r.kind = 'direct' or not exists (
                select 1 from memberships s where s.room_id = r.id and s.user_id not in (select id from flood)))
        order by r.id";
    RETAIN_DESERTED = "select r.slug from json_each(?) h join rooms r on r.slug = h.value
        where r.kind <> 'deleted' and (r.members = 0
                or r.kind = 'direct' and exists (select 1 from users u where u.id = r.made_by and u.deleted_at is not null))
            and not exists (select 1 from messages m where m.room_id = r.id)";
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

/// Returns the slugs of the rooms that these accounts have made, that nobody else is in, and in which nothing was
/// written.
pub async fn find_flood_rooms(
    connection: &mut Connection,
    handles: &[String],
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(FIND_FLOOD_ROOMS)
        .bind(serde_json::json!(handles).to_string())
        .fetch_all(connection)
        .await?)
}

/// Returns those of these rooms in which nothing was written and that nobody is in, or that are direct ones of a
/// deleted account.
pub async fn retain_deserted(connection: &mut Connection, rooms: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(RETAIN_DESERTED)
        .bind(serde_json::json!(rooms).to_string())
        .fetch_all(connection)
        .await?)
}
