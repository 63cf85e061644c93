//! Deleting accounts. The row stays, since messages and events refer to it, without anything that names the person.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::member_event,
    messages::message_event,
    standing::{append_user_event, check_update, find_own_or_administered},
};
use crate::{
    error::Result,
    model::{
        account::NewAccount,
        change::{AccessChange, Outcome},
        event::kind,
        ids::UserId,
    },
    store::{
        bans, blocks, db::Connection, deletion, events::append_event, files, memberships,
        reactions, read_marks, saved, standing::Standing, threads, users,
    },
};

/// The display name of all deleted accounts.
pub(super) const NAME: &str = "Deleted account";

/// Deletes an account: it leaves its rooms, its sessions end, and its handle is free for others. With `only_silent`, does
/// nothing to an account that has written something or is in a closed room.
pub(super) async fn delete_user(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
    only_silent: bool,
) -> Result<Applied> {
    let before = find_own_or_administered(tx, actor, handle).await?;
    let after = Standing {
        is_disabled: true,
        ..before
    };
    check_update(tx, before, after).await?;
    let id = before.id;
    if only_silent && !deletion::is_silent(tx, id).await? {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    let author = actor.or_server(tx).await?;
    for (room, _) in memberships::list_rooms_of(tx, id).await? {
        memberships::delete_membership(tx, room, id).await?;
        append_event(tx, &member_event(author, room, id)).await?;
    }
    bans::delete_credentials(tx, id).await?;
    blocks::delete_blocks_with(tx, id).await?;
    saved::delete_saved_by(tx, id).await?;
    read_marks::forget_settings(tx, id).await?;
    files::delete_uploads_of(tx, id).await?;
    threads::delete_marks(tx, id).await?;
    let account = free_account(tx, id).await?;
    deletion::clear_user(tx, id, &account, actor.at).await?;
    if !only_silent {
        append_user_event(tx, actor, after).await?;
    }
    Ok(Applied::with_access(
        Outcome::UserDeleted,
        AccessChange::User(id),
    ))
}

/// Maximum number of reactions that one change removes.
const REACTIONS_MAX: usize = 100;

/// Removes the next reactions of an account that has written nothing, at most [`REACTIONS_MAX`].
pub(super) async fn erase_reactions(
    tx: &mut Connection,
    actor: Actor,
    handle: &str,
) -> Result<Applied> {
    actor.operates()?;
    let user = find_own_or_administered(tx, actor, handle).await?.id;
    if !deletion::is_silent(tx, user).await? {
        return Ok(Applied::new(Outcome::Erased { has_more: false }));
    }
    let author = actor.or_server(tx).await?;
    let reactions = reactions::list_reactions_of(tx, user, REACTIONS_MAX).await?;
    for (room, message, emoji) in &reactions {
        reactions::delete_reaction(tx, *message, emoji, user).await?;
        let event = message_event(author, kind::REACTION, *room, *message);
        append_event(tx, &event).await?;
    }
    let has_more = reactions.len() == REACTIONS_MAX;
    Ok(Applied::new(Outcome::Erased { has_more }))
}

/// Returns the names of a deleted account: a handle that nobody has.
async fn free_account(tx: &mut Connection, id: UserId) -> Result<NewAccount> {
    let mut handle = format!("deleted-{id}");
    while users::has_handle(tx, &handle).await? {
        handle += "-";
    }
    Ok(NewAccount::new(&handle, NAME))
}
