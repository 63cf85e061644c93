//! Applying changes. No other code changes the database.

use super::{
    actor::Actor,
    applied::Applied,
    audit, bans, blocks, credentials, custom_events, deletion, direct_rooms, ended_sessions, files,
    founding,
    import::{ImportChange, import},
    invites, memberships, merges, messages, pins,
    posts::{PostChange, Posted, authorise_posts, authorise_posts_from_cache},
    proxied, reactions, read_marks, reports, rooms, server, setup, standing, threads, users,
};
use crate::{
    cache::Cache,
    error::{Error, Outage, Result},
    model::{
        change::{Action, CHANGE_VERSION, Change},
        event::Event,
    },
    store::{db::Connection, users::find_role},
};

/// The result of a batch of changes.
#[derive(Debug)]
pub struct AppliedBatch {
    /// The verdict on each change, in the order of the changes.
    pub verdicts: Vec<Result<Applied>>,
    /// The events that were appended; `None` if they must be read from the database.
    pub events: Option<Vec<Event>>,
}

/// Applies changes in order, within the caller's transaction.
///
/// Returns a verdict on each change. After an error the caller must roll the transaction back. Consecutive posts are
/// applied together, and so are consecutive steps of an import. The rows do not depend on how changes are divided into
/// batches.
pub async fn apply(tx: &mut Connection, cache: &Cache, changes: &[Change]) -> Result<AppliedBatch> {
    if changes.iter().any(|change| change.v > CHANGE_VERSION) {
        return Err(Error::Unavailable(Outage::NewerVersion));
    }
    if changes.iter().all(is_plain_post) {
        let posted = authorise_posts(tx, Some(cache), &posts_of(changes)).await?;
        posted.rows.add(tx).await?;
        return Ok(AppliedBatch {
            verdicts: posted.verdicts,
            events: Some(posted.events),
        });
    }
    let mut verdicts = Vec::with_capacity(changes.len());
    for run in changes.chunk_by(are_applied_together) {
        verdicts.extend(apply_run(tx, cache, run).await?);
    }
    let events = None;
    Ok(AppliedBatch { verdicts, events })
}

/// Authorises a batch of posts like [`apply`], with facts from the cache only. Returns `None` if facts are missing, or
/// if other rows than messages must be added.
///
/// The rows can be added by one statement, which fails if a nonce was used before.
pub fn authorise_from_cache<'a>(cache: &Cache, changes: &'a [Change]) -> Option<Posted<'a>> {
    let is_known_version = |change: &Change| change.v <= CHANGE_VERSION;
    let is_simple = changes.iter().all(is_post) && changes.iter().all(is_known_version);
    is_simple
        .then(|| authorise_posts_from_cache(cache, &posts_of(changes)))
        .flatten()
}

fn are_applied_together(one: &Change, next: &Change) -> bool {
    is_post(one) && is_post(next) || is_step(one) && is_step(next)
}

fn is_post(change: &Change) -> bool {
    matches!(*change.action, Action::PostMessage(_))
}

/// Returns whether a change posts a message outside of threads. What is shown of a thread is read back after a reply.
fn is_plain_post(change: &Change) -> bool {
    matches!(&*change.action, Action::PostMessage(post) if post.thread.is_none())
}

fn is_step(change: &Change) -> bool {
    matches!(*change.action, Action::Import(_))
}

fn posts_of(changes: &[Change]) -> Vec<PostChange<'_>> {
    let posts = changes.iter().filter_map(|change| match &*change.action {
        Action::PostMessage(post) => Some(PostChange {
            actor: Actor::of(change),
            post,
        }),
        _ => None,
    });
    posts.collect()
}

fn steps_of(changes: &[Change]) -> Vec<ImportChange<'_>> {
    let steps = changes.iter().filter_map(|change| match &*change.action {
        Action::Import(step) => Some(ImportChange {
            actor: Actor::of(change),
            step,
        }),
        _ => None,
    });
    steps.collect()
}

/// Separates a verdict, which concerns one change, from a failure of the whole transaction.
fn split_failure(result: Result<Applied>) -> Result<Result<Applied>> {
    match result {
        Err(error) if !error.is_verdict() => Err(error),
        verdict => Ok(verdict),
    }
}

/// Applies a run of posts, a run of steps of an import, or a single change of any other kind.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of change")]
async fn apply_run(
    tx: &mut Connection,
    cache: &Cache,
    run: &[Change],
) -> Result<Vec<Result<Applied>>> {
    let [change, ..] = run else {
        return Ok(Vec::new());
    };
    let mut actor = Actor::of(change);
    if let Some(user) = actor.user()
        && !(is_post(change) || is_step(change))
    {
        actor.role = find_role(tx, user).await?;
        if actor.role.is_none() {
            return Ok(vec![Err(Error::SignInNeeded)]);
        }
    }
    let pending = audit::prepare(tx, change).await?;
    let verdict = match &*change.action {
        Action::PostMessage(_) => return apply_posts(tx, run).await,
        Action::Import(_) => return import(tx, &steps_of(run)).await,
        Action::Found { log, server, room } => {
            founding::found_log(tx, actor, log, server, room).await
        }
        Action::BeginEra { used } => founding::begin_era(tx, cache, actor, *used).await,
        Action::OfferSetup {
            secret_hash,
            is_kept,
        } => setup::offer_setup(tx, actor, secret_hash, *is_kept).await,
        Action::SetUp {
            secret_hash,
            name,
            door,
            owner,
        } => setup::set_up(tx, actor, secret_hash, (name, *door), owner).await,
        Action::UpdateServer { name, door } => {
            server::update_server(tx, actor, name.as_ref(), *door).await
        }
        Action::JoinServer {
            account,
            sign_in,
            identity,
        } => users::join_server(tx, actor, account, sign_in.as_ref(), identity.as_ref()).await,
        Action::AdmitProxied { account, identity } => {
            proxied::admit(tx, actor, account, identity).await
        }
        Action::AddUser { account } => users::add_account(tx, actor, account).await,
        Action::CreateInvite(invite) => invites::create_invite(tx, actor, invite).await,
        Action::RevokeInvite { invite } => invites::revoke_invite(tx, actor, *invite).await,
        Action::RedeemInvite {
            secret_hash,
            registration,
        } => invites::redeem_invite(tx, actor, secret_hash, registration.as_ref()).await,
        Action::SignOut { secret_hash } => ended_sessions::end_one(tx, secret_hash).await,
        Action::Credential(action) => credentials::apply(tx, actor, action).await,
        Action::RenameUser { name } => users::rename_user(tx, actor, name).await,
        Action::UpdateUser {
            handle,
            role,
            disabled,
        } => standing::update_user(tx, actor, handle, *role, *disabled).await,
        Action::BanUser { handle, .. } => bans::ban_user(tx, actor, handle).await,
        Action::EraseMessages { handle, after } => {
            bans::erase_messages(tx, actor, handle, *after).await
        }
        Action::EraseReactions { handle } => deletion::erase_reactions(tx, actor, handle).await,
        Action::DeleteUser {
            handle,
            only_silent,
        } => deletion::delete_user(tx, actor, handle, *only_silent).await,
        Action::UpdateProfile {
            about,
            time_zone,
            hides_presence,
            hides_reading,
        } => {
            let texts = (about.as_ref(), time_zone.as_ref());
            let hidden = (*hides_presence, *hides_reading);
            users::update_profile(tx, actor, texts, hidden).await
        }
        Action::SetBlock { handle, blocked } => {
            blocks::set_block(tx, actor, handle, *blocked).await
        }
        Action::MergeUser { from, into, after } => {
            merges::merge_user(tx, actor, from, into, *after).await
        }
        Action::CreateRoom {
            room,
            is_slug_chosen,
        } => rooms::create_room(tx, actor, room, *is_slug_chosen).await,
        Action::UpdateRoom { room, update } => rooms::update_room(tx, actor, room, update).await,
        Action::DeleteRoom { room } => rooms::delete_room(tx, actor, room).await,
        Action::EraseRooms => rooms::erase_rooms(tx, actor).await,
        Action::OpenDirectRoom { room } => direct_rooms::open_direct_room(tx, actor, room).await,
        Action::JoinRoom { room, handle, role } => {
            memberships::join_room(tx, actor, room, handle, *role).await
        }
        Action::LeaveRoom { room, handle } => {
            memberships::leave_room(tx, actor, room, handle).await
        }
        Action::MarkRead { room, up_to } => {
            read_marks::move_read_mark(tx, actor, room, (*up_to, false)).await
        }
        Action::MarkUnread { room, up_to } => {
            read_marks::move_read_mark(tx, actor, room, (*up_to, true)).await
        }
        Action::SetFavourite { room, favourite } => {
            memberships::set_favourite(tx, actor, room, *favourite).await
        }
        Action::SetPin {
            room,
            message,
            pinned,
        } => pins::set_pin(tx, actor, room, (*message, *pinned)).await,
        Action::SetSaved {
            room,
            message,
            saved,
        } => pins::set_saved(tx, actor, room, (*message, *saved)).await,
        Action::MarkAllRead { up_to } => read_marks::mark_all_read(tx, actor, *up_to).await,
        Action::MarkInboxRead { up_to } => read_marks::mark_inbox(tx, actor, *up_to).await,
        Action::SetNotify { room, level } => memberships::set_notify(tx, actor, room, *level).await,
        Action::File(action) => files::apply(tx, actor, action).await,
        Action::MarkThreadRead {
            room,
            message,
            up_to,
        } => threads::mark_thread_read(tx, actor, room, *message, *up_to).await,
        Action::FollowThread {
            room,
            message,
            follows,
        } => threads::follow_thread(tx, actor, room, *message, *follows).await,
        Action::EditMessage {
            room,
            message,
            body,
            mentions,
        } => messages::edit_message(tx, actor, room, *message, body, mentions).await,
        Action::DeleteMessage { room, message } => {
            messages::delete_message(tx, actor, room, *message).await
        }
        Action::ReportMessage {
            room,
            message,
            reason,
            id,
        } => reports::report_message(tx, actor, room, *message, (reason, *id)).await,
        Action::DecideReport { report, decision } => {
            reports::decide_report(tx, actor, *report, *decision).await
        }
        Action::AddReaction {
            room,
            message,
            emoji,
        } => reactions::add_reaction(tx, actor, room, *message, emoji).await,
        Action::RemoveReaction {
            room,
            message,
            emoji,
        } => reactions::remove_reaction(tx, actor, room, *message, emoji).await,
        Action::PostCustom {
            room,
            name,
            payload,
            nonce,
        } => custom_events::post_custom(tx, actor, room, name, payload, nonce.as_ref()).await,
    };
    let verdict = split_failure(verdict)?;
    if let (Ok(applied), Some(pending)) = (&verdict, pending) {
        audit::record(tx, change, pending, applied).await?;
    }
    Ok(vec![verdict])
}

async fn apply_posts(tx: &mut Connection, run: &[Change]) -> Result<Vec<Result<Applied>>> {
    // An earlier change of the batch may have outdated the cache.
    let posted = authorise_posts(tx, None, &posts_of(run)).await?;
    posted.rows.add(tx).await?;
    Ok(posted.verdicts)
}
