//! Setting the server up: the link for it, and the first admin.

use super::{actor::Actor, applied::Applied, users::register};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome, Registration, SecretHash},
        role::Door,
        server::ServerName,
    },
    store::{db::Connection, meta, setup},
};

/// Sets the secret of the set-up link, which replaces an earlier one. Refused if there is an admin.
pub(super) async fn offer_setup(
    tx: &mut Connection,
    actor: Actor,
    secret_hash: &SecretHash,
    is_kept: bool,
) -> Result<Applied> {
    actor.administers()?;
    if setup::has_admin(tx).await? {
        return Err(Error::NotFound);
    }
    setup::set_link(tx, secret_hash, is_kept).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Creates the first admin, and sets the name and the door of the server. The link is deleted, so that it works once.
pub(super) async fn set_up(
    tx: &mut Connection,
    actor: Actor,
    secret_hash: &SecretHash,
    (name, door): (&ServerName, Option<Door>),
    owner: &Registration,
) -> Result<Applied> {
    if !setup::is_link(tx, secret_hash).await? {
        return Err(Error::NotFound);
    }
    let user = register(tx, actor, owner).await?;
    setup::delete_link(tx).await?;
    meta::set_server_name(tx, name).await?;
    if let Some(door) = door {
        meta::set_door(tx, door).await?;
    }
    Ok(Applied::with_access(
        Outcome::User(user),
        AccessChange::Server,
    ))
}
