//! The ways to sign in to an account once all its sessions have ended: a password, passkeys and linked identities.

use crate::{
    error::{Error, Result},
    fault::Fault,
    model::ids::UserId,
    store::{db::Connection, identities, passkeys, passwords},
};

/// Checks that one way to sign in to an account, which a field of the request names, is not the last one.
pub(super) async fn check_other_way_in(
    tx: &mut Connection,
    user: UserId,
    field: &'static str,
) -> Result<()> {
    let password = passwords::find_password(tx, user).await?;
    let passkeys = passkeys::count_passkeys(tx, user).await?;
    let identities = identities::list_identities(tx, user).await?.len();
    if usize::from(password.is_some()) + passkeys + identities > 1 {
        Ok(())
    } else {
        Err(Error::invalid(field, Fault::LastWayIn))
    }
}
