//! Banning: disabling an account, ending its sessions, and deleting what it wrote.

use super::{
    actor::Actor,
    applied::Applied,
    messages::erase,
    standing::{check_update, find_administered, find_own_or_administered},
};
use crate::{
    error::Result,
    model::{
        change::{AccessChange, Outcome},
        ids::MessageId,
    },
    store::{
        bans,
        db::Connection,
        standing::{self, Standing},
    },
};

/// Maximum number of messages that one change deletes.
const ERASED_MAX: usize = 100;

/// Disables an account and deletes its sessions, so that they are not valid again when the account is enabled.
pub(super) async fn ban_user(tx: &mut Connection, actor: Actor, handle: &str) -> Result<Applied> {
    let before = find_administered(tx, actor, handle).await?;
    let banned = Standing {
        is_disabled: true,
        ..before
    };
    check_update(tx, before, banned).await?;
    if !before.is_disabled {
        standing::set_disabled(tx, banned.id, Some(actor.at)).await?;
    }
    standing::set_banned(tx, banned.id, actor.at).await?;
    bans::delete_sessions(tx, banned.id).await?;
    Ok(Applied::with_access(
        Outcome::Done,
        AccessChange::User(banned.id),
    ))
}

/// Deletes the next messages of a user after one of them, at most [`ERASED_MAX`]. The outcome is the last one, after
/// which further ones may follow.
pub(super) async fn erase_messages(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
    after: Option<MessageId>,
) -> Result<Applied> {
    let author = find_own_or_administered(tx, actor, handle).await?.id;
    let messages = bans::list_messages_of(tx, author, after, ERASED_MAX).await?;
    let actor = actor.or_server(tx).await?;
    for (room, message) in &messages {
        erase(tx, actor, *room, *message).await?;
    }
    let last = messages.last().map(|(_, message)| *message);
    Ok(Applied::new(Outcome::ErasedUpTo(
        last.filter(|_| messages.len() == ERASED_MAX),
    )))
}
