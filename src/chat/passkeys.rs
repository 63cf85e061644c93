//! Passkeys: adding and removing them, and signing in by one.

use super::{actor::Actor, applied::Applied, ways_in::check_other_way_in};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        ids::UserId,
        passkey::{Credential, CredentialId, PASSKEYS_MAX},
    },
    store::{
        db::Connection,
        passkeys::{self, NewPasskey},
    },
};

/// Returns the error for every way in which the answer of a passkey is not accepted.
#[must_use]
pub fn refused() -> Error {
    Error::invalid("credential", Fault::PasskeyRefused)
}

/// Adds a passkey of the actor.
pub(super) async fn add_passkey(
    tx: &mut Connection,
    actor: Actor,
    passkey: NewPasskey<'_>,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    if passkeys::count_passkeys(tx, by).await? >= PASSKEYS_MAX {
        let fault = Fault::TooMany { max: PASSKEYS_MAX };
        return Err(Error::invalid("name", fault));
    }
    if !passkeys::insert_passkey(tx, by, passkey, actor.at).await? {
        return Err(refused());
    }
    Ok(Applied::new(Outcome::Done))
}

/// Removes a passkey of the actor, unless nothing else signs in to the account.
pub(super) async fn remove_passkey(
    tx: &mut Connection,
    actor: Actor,
    id: &CredentialId,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let found = passkeys::find_passkey(tx, id).await?;
    found
        .filter(|(user, _)| *user == by)
        .ok_or(Error::NotFound)?;
    check_other_way_in(tx, by, "passkey").await?;
    passkeys::delete_passkey(tx, by, id).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Returns the account of a passkey whose answer was checked when its credential was `seen`; `None` if the passkey was
/// removed or used since then: of two answers with the same counter, one may be that of a copy.
pub(super) async fn find_unchanged(
    tx: &mut Connection,
    id: &CredentialId,
    seen: &Credential,
) -> Result<Option<UserId>> {
    let stored = passkeys::find_passkey(tx, id).await?;
    Ok(stored.and_then(|(user, stored)| (stored == *seen).then_some(user)))
}
