//! The table `users`.

use super::{
    connection::Connection,
    damage::{parse_lossy, text_of, time_of},
    json_rows::write_rows,
    messages::broken_json,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        account::{FoldedName, NewAccount},
        ids::UserId,
        look_alike::fold_name,
        role::Role,
        time::Timestamp,
        user::{User, mention_key},
    },
};
use serde::Serialize;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    FIND_USER = "select id, handle, name, role, created_at, imported, view_event_id from users
        where handle = ? and deleted_at is null";
    HAS_HANDLE = "select exists (select 1 from users where handle = ?)";
    // A damaged row, or one with an unknown role, is an account with few rights.
    FIND_ROLE = "select cast(role as text) from users where id = ? and disabled_at is null";
    FIND_USER_BY_ID = "select id, handle, name, role, created_at, imported, view_event_id from users where id = ?";
    RENAME_USER = "update users set name = ?, name_folded = ? where id = ?";
    CLAIM_USER = "update users set imported = 0, name = ?, name_folded = ?, role = ? where id = ?";
    IS_TAKEN = "with looks(folded) as (select value from json_each(?1))
        select exists (select 1 from users where folded in (select folded from looks) and id is not ?2)
            or exists (select 1 from users where name_folded in (select folded from looks) and id is not ?2)";
    INSERT_USERS = "insert into users (id, handle, folded, mention_key, name, name_folded, role, created_at, imported)
        select value ->> 'id', value ->> 'handle', value ->> 'folded', value ->> 'mention_key', value ->> 'name',
               value ->> 'name_folded', value ->> 'role', value ->> 'at',
               value ->> 'imported'
        from json_each(?)";
    LIST_UNFOLDED = "select coalesce(json_group_array(json_array(id, handle, name)), '[]') from (
        select id, handle, name from users where name_folded is null or mention_key is null limit 1000)";
    SET_FOLDED = "update users set name_folded = value ->> 'name_folded', mention_key = value ->> 'mention_key'
        from json_each(?) where users.id = value ->> 'id'";
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            handle: text_of(row, "handle")?,
            name: text_of(row, "name")?,
            role: Role::of_stored(&text_of(row, "role")?),
            created_at: time_of(row, "created_at")?,
            imported: row.try_get("imported")?,
            view_since: row.try_get("view_event_id")?,
        })
    }
}

/// Returns whether an account has this handle, be it a deleted one.
pub async fn has_handle(connection: &mut Connection, handle: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_HANDLE)
        .bind(handle)
        .fetch_one(connection)
        .await?)
}

/// Returns the account with this handle. With a deleted one nobody has anything to do.
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

/// Returns the role of the account with this id, even if its row is damaged; `None` if there is none, or if it is
/// disabled.
pub async fn find_role(connection: &mut Connection, id: UserId) -> Result<Option<Role>> {
    let role: Option<String> = sqlx::query_scalar(FIND_ROLE)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(role.map(|role| Role::of_stored(&role)))
}

/// Sets the display name of an account.
pub async fn rename_user(connection: &mut Connection, id: UserId, name: &FoldedName) -> Result<()> {
    sqlx::query(RENAME_USER)
        .bind(&name.text)
        .bind(&name.folded)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes an imported person an account that somebody signs in to, with this name and role.
pub async fn claim_user(
    connection: &mut Connection,
    id: UserId,
    name: &FoldedName,
    role: Role,
) -> Result<()> {
    sqlx::query(CLAIM_USER)
        .bind(&name.text)
        .bind(&name.folded)
        .bind(role.as_str())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether the handle or name of an account other than `except` has one of these folded forms.
pub async fn is_taken(
    connection: &mut Connection,
    foldings: &[String],
    except: Option<UserId>,
) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_TAKEN)
        .bind(serde_json::json!(foldings).to_string())
        .bind(except)
        .fetch_one(connection)
        .await?)
}

/// An account to be inserted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewUser<'a> {
    id: UserId,
    handle: &'a str,
    folded: &'a str,
    mention_key: &'a str,
    name: &'a str,
    name_folded: &'a str,
    role: Role,
    at: Timestamp,
    imported: bool,
}

impl<'a> NewUser<'a> {
    /// Returns an account with its id and the time of joining the server.
    #[must_use]
    pub fn new(id: UserId, account: &'a NewAccount, at: Timestamp) -> Self {
        Self {
            id,
            handle: &account.handle.text,
            folded: &account.handle.folded,
            mention_key: &account.mention_key,
            name: &account.name.text,
            name_folded: &account.name.folded,
            role: account.role,
            at,
            imported: false,
        }
    }

    /// Returns the account as one that an import brings, and that nobody can sign in to.
    #[must_use]
    pub fn imported(self) -> Self {
        Self {
            imported: true,
            ..self
        }
    }
}

/// Inserts any number of accounts with one statement.
pub async fn insert_users(connection: &mut Connection, users: &[NewUser<'_>]) -> Result<()> {
    write_rows(connection, INSERT_USERS, users).await
}

/// Columns of an account that are missing in a file of an earlier version.
#[derive(Serialize)]
struct Missing {
    id: UserId,
    name_folded: String,
    mention_key: String,
}

/// Fills `name_folded` and `mention_key`, which a file of an earlier version does not have and SQL cannot compute.
/// Updates 1,000 accounts at a time.
pub async fn fold_names(connection: &mut Connection) -> Result<()> {
    loop {
        let unfolded: Vec<u8> = sqlx::query_scalar(LIST_UNFOLDED)
            .fetch_one(&mut *connection)
            .await?;
        let unfolded: Vec<(UserId, String, String)> = parse_lossy(&unfolded)?;
        if unfolded.is_empty() {
            return Ok(());
        }
        let folded = unfolded.into_iter().map(|(id, handle, name)| Missing {
            id,
            name_folded: fold_name(&name),
            mention_key: mention_key(&handle),
        });
        let folded = serde_json::to_string(&folded.collect::<Vec<_>>()).map_err(broken_json)?;
        sqlx::query(SET_FOLDED)
            .bind(folded)
            .execute(&mut *connection)
            .await?;
    }
}
