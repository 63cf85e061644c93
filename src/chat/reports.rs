//! Reports of messages, and what admins and managers decide about them.

use super::{
    actor::Actor,
    applied::Applied,
    bans::ban_user,
    messages::{erase, find_message},
    policy::{Verb, is_admin},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        ids::MessageId,
        report::{ReportDecision, ReportReason},
    },
    store::{
        db::Connection,
        reports::{self, Moderator},
    },
};

/// Reports a message. A second report by the same person changes nothing until it is decided about the first one.
pub(super) async fn report_message(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    (reason, id): (&ReportReason, Option<i64>),
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let (_, state) = find_message(tx, actor, Verb::Report, slug, message).await?;
    if state.is_deleted {
        return Err(Error::invalid("message", Fault::MessageDeleted));
    }
    if state.author_id == by {
        return Err(Error::invalid("message", Fault::Yourself));
    }
    reports::insert_report(tx, by, message, (reason.as_str(), id), actor.at).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Decides about all reports of the message of a report. Whoever decides need not see the room of the message.
pub(super) async fn decide_report(
    tx: &mut Connection,
    actor: Actor,
    report: i64,
    decision: ReportDecision,
) -> Result<Applied> {
    let moderator = Moderator {
        user: actor.signed_in()?,
        is_admin: is_admin(actor.role),
    };
    let reported = reports::find_report(tx, moderator, report).await?;
    let reported = reported.ok_or(Error::NotFound)?;
    let applied = match decision {
        ReportDecision::Dismiss => Applied::new(Outcome::Done),
        ReportDecision::Delete => {
            if reported.is_there {
                erase(tx, actor, reported.room_id, reported.message_id).await?;
            }
            Applied::new(Outcome::Done)
        }
        ReportDecision::Ban => ban_user(tx, actor, &reported.handle).await?,
    };
    let by = moderator.user;
    reports::decide(tx, reported.message_id, by, decision, actor.at).await?;
    Ok(applied)
}
