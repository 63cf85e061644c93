//! Identities that are linked to accounts.

use super::{actor::Actor, applied::Applied, ways_in::check_other_way_in};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        identity::{ExternalIdentity, IDENTITIES_MAX, IdentityId, PROXY},
    },
    store::{db::Connection, identities},
};

/// Checks that an identity is linked to no account.
pub(super) async fn check_free(tx: &mut Connection, identity: &ExternalIdentity) -> Result<()> {
    match identities::find_identity(tx, identity).await? {
        Some(_) => Err(Error::invalid("identity", Fault::IdentityTaken)),
        None => Ok(()),
    }
}

/// Links an identity to the actor's account. Does nothing if it is linked to it.
pub(super) async fn link_own(
    tx: &mut Connection,
    actor: Actor,
    identity: &ExternalIdentity,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    if identities::find_identity(tx, identity).await? == Some(by) {
        return Ok(Applied::new(Outcome::Done));
    }
    if identities::list_identities(tx, by).await?.len() >= IDENTITIES_MAX {
        let max = IDENTITIES_MAX;
        return Err(Error::invalid("identity", Fault::TooMany { max }));
    }
    check_free(tx, identity).await?;
    identities::insert_identity(tx, by, identity, actor.at).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Ends the link between an identity and the actor's account, unless it is the last one by which the actor signs in. What
/// a proxy says stays: the next request would bring the person another account.
pub(super) async fn unlink_own(
    tx: &mut Connection,
    actor: Actor,
    id: IdentityId,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let own = identities::list_identities(tx, by).await?;
    let is_there = own
        .iter()
        .any(|linked| linked.id == id && linked.issuer != PROXY);
    if !is_there {
        return Err(Error::NotFound);
    }
    check_other_way_in(tx, by, "identity").await?;
    identities::delete_identity(tx, id).await?;
    Ok(Applied::new(Outcome::Done))
}
