//! The table `users`.

use super::{
    damage::{text_of, time_of},
    db::Connection,
    messages::{broken_json, parse},
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        ids::UserId,
        look_alike::{fold_handle, fold_name, foldings},
        user::{SERVER_HANDLE, User},
    },
};
use serde::Serialize;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    FIND_USER = "select id, handle, name, created_at from users where handle = ?";
    FIND_USER_BY_ID = "select id, handle, name, created_at from users where id = ?";
    RENAME_USER = "update users set name = ?, name_folded = ? where id = ?";
    IS_TAKEN = "select exists (select 1 from users where folded in (?1, ?2, ?3) and id is not ?4)
        or exists (select 1 from users where name_folded in (?1, ?2, ?3) and id is not ?4)";
    IS_NAMED = "select exists (select 1 from users where id = ? and handle = ?)";
    INSERT_USER = "insert into users (id, handle, folded, name, name_folded, created_at) values (?, ?, ?, ?, ?, ?)";
    LIST_UNFOLDED = "select coalesce(json_group_array(json_array(id, name)), '[]') from (
        select id, name from users where name_folded is null limit 1000)";
    SET_FOLDED = "update users set name_folded = value ->> 'name_folded'
        from json_each(?) where users.id = value ->> 'id'";
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            handle: text_of(row, "handle")?,
            name: text_of(row, "name")?,
            created_at: time_of(row, "created_at")?,
        })
    }
}

/// Returns the account with this handle.
pub async fn find_user(connection: &mut Connection, handle: &str) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_USER)
        .bind(handle)
        .fetch_optional(connection)
        .await?)
}

/// Returns the account with this id.
pub async fn find_user_by_id(connection: &mut Connection, id: UserId) -> Result<Option<User>> {
    Ok(sqlx::query_as(FIND_USER_BY_ID)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Sets the display name of an account.
pub async fn rename_user(connection: &mut Connection, id: UserId, name: &str) -> Result<()> {
    sqlx::query(RENAME_USER)
        .bind(name)
        .bind(fold_name(name))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether a handle or a name is, or looks like, the handle or name of an account other than `except`.
pub async fn is_taken(
    connection: &mut Connection,
    handle_or_name: &str,
    except: Option<UserId>,
) -> Result<bool> {
    let [own, of_capitals, lower_case] = foldings(handle_or_name);
    Ok(sqlx::query_scalar(IS_TAKEN)
        .bind(own)
        .bind(of_capitals)
        .bind(lower_case)
        .bind(except)
        .fetch_one(connection)
        .await?)
}

/// Returns whether the id is that of the server's own account.
pub async fn is_server(connection: &mut Connection, id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_NAMED)
        .bind(id)
        .bind(SERVER_HANDLE)
        .fetch_one(connection)
        .await?)
}

/// Inserts an account.
pub async fn insert_user(connection: &mut Connection, user: &User) -> Result<UserId> {
    sqlx::query(INSERT_USER)
        .bind(user.id)
        .bind(&user.handle)
        .bind(fold_handle(&user.handle))
        .bind(&user.name)
        .bind(fold_name(&user.name))
        .bind(user.created_at.to_string())
        .execute(connection)
        .await?;
    Ok(user.id)
}

#[derive(Serialize)]
struct Folded {
    id: UserId,
    name_folded: String,
}

/// Fills `name_folded` where a file of an earlier version has none, 1,000 accounts at a time. SQL cannot compute it.
pub async fn fold_names(connection: &mut Connection) -> Result<()> {
    loop {
        let unfolded: String = sqlx::query_scalar(LIST_UNFOLDED)
            .fetch_one(&mut *connection)
            .await?;
        let unfolded: Vec<(UserId, String)> = parse(&unfolded)?;
        if unfolded.is_empty() {
            return Ok(());
        }
        let folded = unfolded.into_iter().map(|(id, name)| Folded {
            id,
            name_folded: fold_name(&name),
        });
        let folded = serde_json::to_string(&folded.collect::<Vec<_>>()).map_err(broken_json)?;
        sqlx::query(SET_FOLDED)
            .bind(folded)
            .execute(&mut *connection)
            .await?;
    }
}
