//! Sessions that end.

use super::applied::Applied;
use crate::{
    error::Result,
    model::{
        change::{AccessChange, Outcome, SecretHash},
        ids::UserId,
    },
    store::{db::Connection, sessions},
};

/// Ends the sessions of a user other than `here`. API tokens remain.
pub(super) async fn end_others(
    tx: &mut Connection,
    user: UserId,
    here: Option<&SecretHash>,
) -> Result<Applied> {
    let others = sessions::delete_others(tx, user, here).await?;
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
