//! Merging a person whom an import has brought into an account. Each step moves a bounded number of messages, each with
//! an event, so that open pages and replays show the new author.

use super::{
    actor::Actor,
    applied::Applied,
    deletion::NAME,
    memberships::{NewMember, add_member, member_event},
    messages::message_event,
    standing::find_administered,
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        account::FoldedName,
        change::{AccessChange, Outcome},
        event::kind,
        ids::{MessageId, RoomId},
        role::Role,
        room::RoomRole,
        user::User,
    },
    store::{
        blocks,
        db::Connection,
        direct_rooms,
        events::{NewEvent, append_event},
        memberships,
        merges::{self, Merge},
        users,
    },
};

/// The data of the event of a message that has another author, and was not edited.
const MERGED: &str = r#"{"merged":true}"#;
/// Maximum number of messages that one change moves, or whose reactions it moves.
const MOVED_MAX: usize = 100;

/// Moves some of what an imported person has written to an account or, if nothing is left, everything else. Reactions to
/// messages up to `after` were moved by earlier steps.
pub(super) async fn merge_user(
    tx: &mut Connection,
    actor: Actor,
    from: &str,
    into: &str,
    after: Option<MessageId>,
) -> Result<Applied> {
    let merge = find_both(tx, actor, from, into).await?;
    let actor = actor.or_server(tx).await?;
    let messages = merges::list_messages_of(tx, merge.from, MOVED_MAX).await?;
    merges::move_messages(tx, merge, &ids_of(&messages)).await?;
    append_events(tx, actor, kind::MESSAGE_EDITED, &messages).await?;
    if messages.len() == MOVED_MAX {
        return Ok(Applied::unfinished(Outcome::Merging { after }));
    }
    let after = after.unwrap_or_default();
    let reacted = merges::list_reacted(tx, merge.from, after, MOVED_MAX).await?;
    merges::move_reactions(tx, merge, &ids_of(&reacted)).await?;
    append_events(tx, actor, kind::REACTION, &reacted).await?;
    if let Some((_, last)) = reacted.last().filter(|_| reacted.len() == MOVED_MAX) {
        let after = Some(*last);
        return Ok(Applied::unfinished(Outcome::Merging { after }));
    }
    finish(tx, actor, merge).await
}

/// Returns the ids of both, if the actor administers the server and the first one is an imported person.
async fn find_both(tx: &mut Connection, actor: Actor, from: &str, into: &str) -> Result<Merge> {
    let from = find_administered(tx, actor, from).await?.id;
    let imported = users::find_user_by_id(tx, from).await?;
    if !imported.is_some_and(|user| user.imported) {
        return Err(Error::invalid("handle", Fault::NotImported));
    }
    let is_account = |user: &User| !user.imported && user.role != Role::Bot;
    let user = users::find_user(tx, into).await?.filter(is_account);
    let user = user.ok_or_else(|| Error::invalid("into", Fault::NoSuchPerson))?;
    if users::find_role(tx, user.id).await?.is_none() {
        return Err(Error::invalid("into", Fault::NoSuchPerson));
    }
    let into = user.id;
    Ok(Merge { from, into })
}

fn ids_of(messages: &[(RoomId, MessageId)]) -> Vec<MessageId> {
    messages.iter().map(|(_, id)| *id).collect()
}

async fn append_events(
    tx: &mut Connection,
    actor: Actor,
    kind: &'static str,
    messages: &[(RoomId, MessageId)],
) -> Result<()> {
    for (room, message) in messages {
        let event = NewEvent {
            data: Some(MERGED.to_owned()),
            ..message_event(actor, kind, *room, *message)
        };
        append_event(tx, &event).await?;
    }
    Ok(())
}

/// Moves the memberships and what is left, and closes the imported person's row.
async fn finish(tx: &mut Connection, actor: Actor, merge: Merge) -> Result<Applied> {
    let Merge { from, into } = merge;
    let blockers = merges::list_blockers(tx, from).await?;
    merges::move_rest(tx, merge, actor.at).await?;
    blocks::delete_blocks_with(tx, from).await?;
    for (room, _) in memberships::list_rooms_of(tx, from).await? {
        move_membership(tx, actor, merge, room).await?;
    }
    let name = FoldedName::of_name(NAME);
    merges::set_merged(tx, merge, &name, actor.at).await?;
    let users = [from, into].map(AccessChange::User);
    let blocks = blockers.into_iter().map(AccessChange::Blocks);
    Ok(Applied::with_accesses(
        Outcome::UserDeleted,
        users.into_iter().chain(blocks).collect(),
    ))
}

async fn move_membership(
    tx: &mut Connection,
    actor: Actor,
    merge: Merge,
    room: RoomId,
) -> Result<()> {
    let Merge { from, into } = merge;
    let Some(role) = memberships::find_role(tx, room, from).await? else {
        return Ok(());
    };
    if memberships::find_role(tx, room, into).await?.is_none() {
        let member = match role {
            RoomRole::Manager => NewMember::manager(into),
            RoomRole::Member => NewMember::member(into),
        };
        add_member(tx, actor, room, member).await?;
    }
    merges::move_read_mark(tx, merge, room).await?;
    memberships::delete_membership(tx, room, from).await?;
    append_event(tx, &member_event(actor, room, from)).await?;
    direct_rooms::set_people(tx, room).await
}
