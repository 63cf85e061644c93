//! Pinning messages for a room, and saving them for oneself.

use super::{
    actor::Actor,
    applied::Applied,
    memberships::set_own,
    messages::{find_message, unpin},
    policy::Verb,
};
use crate::{
    error::{Error, Result, check_field},
    fault::Fault,
    model::{
        change::Outcome,
        event::kind,
        ids::MessageId,
        own_change::Setting,
        pins::{PINS_MAX, SAVED_MAX},
    },
    store::{db::Connection, events::append_event, messages::MessageFacts, pins, saved},
};

/// Pins a message of a room, or unpins it. Does nothing if it is so.
pub(super) async fn set_pin(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    (message, is_pinned): (MessageId, bool),
) -> Result<Applied> {
    let (room, state) = find_message(tx, actor, Verb::Pin, slug, message).await?;
    if pins::is_pinned(tx, room.id, message).await? == is_pinned {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    if !is_pinned {
        unpin(tx, actor, room.id, message).await?;
        return Ok(Applied::new(Outcome::Done));
    }
    check_there(&state)?;
    check_count(pins::count_pins(tx, room.id).await?, PINS_MAX)?;
    let event = append_event(tx, &actor.event(kind::ROOM, Some(room.id))).await?;
    let by = actor.signed_in()?;
    pins::insert_pin(tx, (room.id, message), by, event).await?;
    Ok(Applied::new(Outcome::Done))
}

/// Saves a message for the actor, or ends that. Does nothing if it is so.
pub(super) async fn set_saved(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    (message, is_saved): (MessageId, bool),
) -> Result<Applied> {
    let (_, state) = find_message(tx, actor, Verb::See, slug, message).await?;
    let by = actor.signed_in()?;
    if is_saved {
        check_there(&state)?;
        check_count(saved::count_saved(tx, by).await?, SAVED_MAX)?;
        saved::insert_saved(tx, by, message, actor.at).await?;
    } else if !saved::delete_saved(tx, by, message).await? {
        return Ok(Applied::unchanged(Outcome::Done));
    }
    set_own(tx, by, Setting::Saved).await
}

fn check_there(state: &MessageFacts) -> Result<()> {
    if state.is_deleted {
        return Err(Error::invalid("message", Fault::MessageDeleted));
    }
    Ok(())
}

fn check_count(count: usize, max: usize) -> Result<()> {
    check_field("message", (count >= max).then_some(Fault::TooMany { max }))
}
