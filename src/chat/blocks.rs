//! Blocking: nothing that a blocked person does reaches the person who has blocked them. Nobody else is told.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::{id_of, set_own},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        block::BLOCKS_MAX,
        change::{AccessChange, Outcome},
        own_change::Setting,
    },
    store::{blocks, db::Connection, standing, users},
};

/// Blocks a person, or ends that.
pub(super) async fn set_block(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
    is_blocked: bool,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    // For somebody who is hidden and for somebody who does not exist, the same statements run.
    let user = id_of(users::find_user(tx, handle).await?.as_ref());
    if user == by {
        return Err(Error::invalid("handle", Fault::Yourself));
    }
    let has_blocked = blocks::has_blocked(tx, by, user).await?;
    if !has_blocked && !standing::sees_person(tx, Some(by), user).await? {
        return Err(Error::NotFound);
    }
    if has_blocked == is_blocked {
        return Ok(Applied::new(Outcome::Done));
    }
    if !is_blocked {
        blocks::delete_block(tx, by, user).await?;
    } else if blocks::count_blocks(tx, by).await? >= BLOCKS_MAX {
        let max = BLOCKS_MAX;
        return Err(Error::invalid("handle", Fault::TooManyBlocked { max }));
    } else {
        blocks::insert_block(tx, by, user, actor.at).await?;
    }
    Ok(Applied {
        access: vec![AccessChange::Blocks(by)],
        ..set_own(tx, by, Setting::Blocks).await?
    })
}
