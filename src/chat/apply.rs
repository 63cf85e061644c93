//! The only code that changes the database.

use super::{
    applied::Applied, custom_events, memberships, messages, posts, reactions, rooms, users,
};
use crate::{
    error::Result,
    model::{
        change::{Action, Change, Outcome, Post},
        time::Timestamp,
    },
    store::{db::Connection, meta},
};

/// Applies changes in their order, within the caller's transaction.
///
/// Answers with a verdict for each, or fails as a whole; then the transaction must be rolled back. Posts
/// that follow one another are applied together, in a constant number of statements.
pub async fn apply(tx: &mut Connection, changes: &[Change]) -> Result<Vec<Result<Applied>>> {
    let mut verdicts = Vec::with_capacity(changes.len());
    let mut rest = changes;
    while let Some((first, others)) = rest.split_first() {
        let posts = leading_posts(rest);
        if posts.is_empty() {
            verdicts.push(split_failure(apply_one(tx, first.at, &first.action).await)?);
            rest = others;
        } else {
            rest = &rest[posts.len()..];
            let posted = posts::post_messages(tx, &posts).await?;
            verdicts.extend(posted.verdicts);
        }
    }
    Ok(verdicts)
}

/// The posts at the beginning.
#[must_use]
pub fn leading_posts(changes: &[Change]) -> Vec<(Timestamp, &Post)> {
    let posts = changes.iter().map_while(|change| match &change.action {
        Action::PostMessage(post) => Some((change.at, post)),
        _ => None,
    });
    posts.collect()
}

/// A verdict concerns one change, a failure the whole transaction.
fn split_failure(result: Result<Applied>) -> Result<Result<Applied>> {
    match result {
        Err(error) if !error.is_verdict() => Err(error),
        verdict => Ok(verdict),
    }
}

async fn apply_one(tx: &mut Connection, at: Timestamp, action: &Action) -> Result<Applied> {
    match action {
        Action::JoinServer {
            handle,
            name,
            sign_in,
        } => users::join_server(tx, at, handle, name, sign_in.as_ref()).await,
        Action::RenameUser { by, name } => users::rename_user(tx, at, *by, name).await,
        Action::SignOut { secret_hash } => users::sign_out(tx, secret_hash).await,
        Action::CreateRoom { by, room } => rooms::create_room(tx, at, *by, room).await,
        Action::UpdateRoom {
            by,
            room,
            name,
            topic,
        } => rooms::update_room(tx, at, *by, room, name.as_deref(), topic.as_deref()).await,
        Action::JoinRoom { by, room, handle } => {
            memberships::join_room(tx, at, *by, room, handle).await
        }
        Action::LeaveRoom { by, room, handle } => {
            memberships::leave_room(tx, at, *by, room, handle).await
        }
        Action::MarkRead { by, room, up_to } => memberships::mark_read(tx, *by, room, *up_to).await,
        Action::SetNotify { by, room, level } => {
            memberships::set_notify(tx, *by, room, *level).await
        }
        Action::PostMessage(post) => {
            let run = [(at, post)];
            let mut posted = posts::post_messages(tx, &run).await?;
            posted.verdicts.remove(0)
        }
        Action::EditMessage {
            by,
            room,
            message,
            body,
        } => messages::edit_message(tx, at, *by, room, *message, body).await,
        Action::DeleteMessage { by, room, message } => {
            messages::delete_message(tx, at, *by, room, *message).await
        }
        Action::AddReaction {
            by,
            room,
            message,
            emoji,
        } => reactions::add_reaction(tx, at, *by, room, *message, emoji).await,
        Action::RemoveReaction {
            by,
            room,
            message,
            emoji,
        } => reactions::remove_reaction(tx, at, *by, room, *message, emoji).await,
        Action::TryDisk => {
            meta::set_tried(tx, at).await?;
            Ok(Applied::new(Outcome::Done))
        }
        Action::PostCustom {
            by,
            room,
            kind,
            payload,
            nonce,
        } => custom_events::post_custom(tx, at, *by, room, kind, payload, nonce.as_deref()).await,
    }
}
