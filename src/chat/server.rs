//! The name and the door of the server.

use super::{actor::Actor, applied::Applied};
use crate::{
    error::Result,
    model::{
        change::{AccessChange, Outcome},
        role::Door,
        server::ServerName,
    },
    store::{db::Connection, meta},
};

/// Sets the name of the server, and who may come in. `None` leaves a value unchanged.
pub(super) async fn update_server(
    tx: &mut Connection,
    actor: Actor,
    name: Option<&ServerName>,
    door: Option<Door>,
) -> Result<Applied> {
    actor.administers()?;
    let before = meta::find_server(tx).await?;
    let is_new_name = name.is_some_and(|name| name.as_str() != before.name);
    let stored = meta::find_door(tx).await?;
    if !is_new_name && door.is_none_or(|door| stored == Some(door)) {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    if let Some(name) = name {
        meta::set_server_name(tx, name).await?;
    }
    if let Some(door) = door {
        meta::set_door(tx, door).await?;
    }
    Ok(Applied::with_access(Outcome::Done, AccessChange::Server))
}
