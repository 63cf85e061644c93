//! Sessions and tokens that are ended. The link for another device, which one of them may have made, ends with them.

use super::applied::Applied;
use crate::{
    error::Result,
    model::{
        change::{AccessChange, Outcome, SecretHash},
        ids::UserId,
    },
    store::{db::Connection, sessions, sign_in_links::delete_device_link},
};

/// Ends a session or token, and its open streams.
pub(super) async fn end_one(tx: &mut Connection, secret_hash: &SecretHash) -> Result<Applied> {
    if let Some(user) = sessions::delete_session(tx, secret_hash).await? {
        delete_device_link(tx, user).await?;
    }
    Ok(ended(Outcome::Done, vec![secret_hash.clone()]))
}

/// Ends the sessions of a user other than `here`. API tokens remain.
pub(super) async fn end_others(
    tx: &mut Connection,
    user: UserId,
    here: Option<&SecretHash>,
) -> Result<Applied> {
    let others = sessions::delete_others(tx, user, here).await?;
    delete_device_link(tx, user).await?;
    if others.is_empty() {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    Ok(ended(Outcome::Done, others))
}

/// Returns the result of deleting these sessions, whose streams end.
pub(super) fn ended(outcome: Outcome, secrets: Vec<SecretHash>) -> Applied {
    let access = secrets.into_iter().map(AccessChange::Secret);
    Applied::with_accesses(outcome, access.collect())
}
