//! People whom a trusted proxy has signed in.

use super::{actor::Actor, applied::Applied, credentials::find_enabled, users::create_account};
use crate::{
    error::{Denial, Error, Result},
    model::{account::NewAccount, change::Outcome, identity::ExternalIdentity},
    store::{db::Connection, identities},
};

/// Finds the account of a person whom a trusted proxy has signed in, or creates it. The proxy is the door.
pub(super) async fn admit(
    tx: &mut Connection,
    actor: Actor,
    account: &NewAccount,
    identity: &ExternalIdentity,
) -> Result<Applied> {
    actor.administers()?;
    let linked = identities::find_identity(tx, identity).await?;
    let user = if linked.is_some() {
        let user = find_enabled(tx, linked).await?;
        user.ok_or(Error::Forbidden(Denial::AccountDisabled))?
    } else {
        let user = create_account(tx, actor, account, None).await?;
        identities::insert_identity(tx, user.id, identity, actor.at).await?;
        user
    };
    Ok(Applied::new(Outcome::User(user)))
}
