//! The table `meta`: properties of the file.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::{
        role::Door,
        server::{SERVER_NAME, ServerName, ServerProfile},
        time::Timestamp,
    },
};

statements! {
    FIND_LOG = "select value from meta where key = 'log'";
    SET_LOG = "insert into meta (key, value) values ('log', ?) on conflict (key) do update set value = excluded.value";
    FIND_DOOR = "select value from meta where key = 'door'";
    SET_DOOR = "insert into meta (key, value) values ('door', ?) on conflict (key) do update set value = excluded.value";
    FIND_SERVER_NAME = "select cast(value as text) from meta where key = 'server_name'";
    SET_SERVER_NAME = "insert into meta (key, value) values ('server_name', ?)
        on conflict (key) do update set value = excluded.value";
    HAS_MENTIONS = "select exists (select 1 from meta where key = 'mentions')";
    SET_HAS_MENTIONS = "insert into meta (key, value) values ('mentions', 'stored') on conflict do nothing";
    FIND_IMPORT = "select cast(value as integer) from meta where key = 'import'";
    SET_IMPORT = "insert into meta (key, value) values ('import', cast(? as text))
        on conflict (key) do update set value = excluded.value";
    END_IMPORT = "delete from meta where key = 'import'";
    // The size of the longest message: the disk is full if that does not fit.
    ADD_TRIAL = "insert into meta (key, value) values ('tried ' || ?, hex(zeroblob(65536))) on conflict do nothing";
    DELETE_OTHER_TRIALS = "delete from meta where key glob 'tried*' and key <> 'tried ' || ?";
}

/// Returns the name of this log; `None` in a file that was just created.
pub async fn find_log(connection: &mut Connection) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(FIND_LOG)
        .fetch_optional(connection)
        .await?)
}

/// Sets the name of this log.
pub async fn set_log(connection: &mut Connection, log: &str) -> Result<()> {
    sqlx::query(SET_LOG).bind(log).execute(connection).await?;
    Ok(())
}

/// Returns who may come in; `None` if it was never set. An unknown value is the stricter door.
pub async fn find_door(connection: &mut Connection) -> Result<Option<Door>> {
    let door: Option<String> = sqlx::query_scalar(FIND_DOOR)
        .fetch_optional(connection)
        .await?;
    Ok(door.map(|door| door.parse().unwrap_or(Door::Invite)))
}

/// Sets who may come in.
pub async fn set_door(connection: &mut Connection, door: Door) -> Result<()> {
    sqlx::query(SET_DOOR)
        .bind(door.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the name of the server, and who may come in.
pub async fn find_server(connection: &mut Connection) -> Result<ServerProfile> {
    let name: Option<String> = sqlx::query_scalar(FIND_SERVER_NAME)
        .fetch_optional(&mut *connection)
        .await?;
    Ok(ServerProfile {
        name: name.unwrap_or_else(|| SERVER_NAME.into()),
        door: find_door(connection).await?.unwrap_or_default(),
    })
}

/// Sets the name of the server.
pub async fn set_server_name(connection: &mut Connection, name: &ServerName) -> Result<()> {
    sqlx::query(SET_SERVER_NAME)
        .bind(name.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes 128 KiB of test data, to find out whether the disk accepts writes. The data of the previous test is deleted
/// only after that, since its space would be reused and the test would say nothing about the disk.
pub async fn try_disk(connection: &mut Connection, at: Timestamp) -> Result<()> {
    for statement in [ADD_TRIAL, DELETE_OTHER_TRIALS] {
        sqlx::query(statement)
            .bind(at.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Returns whether the mentions of all messages are stored.
pub async fn has_mentions(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_MENTIONS)
        .fetch_one(connection)
        .await?)
}

/// Records that the mentions of all messages are stored.
pub async fn set_has_mentions(connection: &mut Connection) -> Result<()> {
    sqlx::query(SET_HAS_MENTIONS).execute(connection).await?;
    Ok(())
}

/// Returns the lowest id that may be free for the users and rooms of the import in progress; `None` if there is no
/// import.
pub async fn find_import(connection: &mut Connection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(FIND_IMPORT)
        .fetch_optional(connection)
        .await?)
}

/// Sets the value of [`find_import`].
pub async fn set_import(connection: &mut Connection, free: Option<i64>) -> Result<()> {
    let query = match free {
        Some(free) => sqlx::query(SET_IMPORT).bind(free),
        None => sqlx::query(END_IMPORT),
    };
    query.execute(connection).await?;
    Ok(())
}
