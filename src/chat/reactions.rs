//! Adding and removing reactions.

use super::{
    actor::Actor,
    applied::Applied,
    messages::{find_message, message_event},
    policy::Verb,
};
use crate::{
    error::{Error, Result, check_field},
    fault::Fault,
    model::{
        change::Outcome,
        emoji::{EMOJI_MAX, EMOJI_PER_PERSON_MAX, Emoji},
        event::kind,
        ids::{MessageId, RoomId},
    },
    store::{
        db::Connection,
        events::append_event,
        reactions::{self, NewReaction},
    },
};

/// Adds a reaction of the actor. Does nothing if it exists.
pub(super) async fn add_reaction(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    emoji: &Emoji,
) -> Result<Applied> {
    let room = find_room(tx, actor, slug, message).await?;
    let (by, emoji) = (actor.signed_in()?, emoji.as_str());
    let is_new = !reactions::has_reaction(tx, message, emoji, by).await?;
    if is_new {
        let (different, own) = reactions::count_others(tx, message, emoji, by).await?;
        check_field("emoji", count_fault(different, own))?;
        let event = message_event(actor, kind::REACTION, room, message);
        let event = append_event(tx, &event).await?;
        let reaction = NewReaction {
            message_id: message,
            emoji,
            user_id: by,
            event_id: event,
        };
        reactions::insert_reactions(tx, &[reaction]).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Removes a reaction of the actor. Does nothing if there is none.
pub(super) async fn remove_reaction(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
    emoji: &Emoji,
) -> Result<Applied> {
    let room = find_room(tx, actor, slug, message).await?;
    let (by, emoji) = (actor.signed_in()?, emoji.as_str());
    let is_new = reactions::has_reaction(tx, message, emoji, by).await?;
    if is_new {
        reactions::delete_reaction(tx, message, emoji, by).await?;
        append_event(tx, &message_event(actor, kind::REACTION, room, message)).await?;
    }
    Ok(Applied::new(Outcome::Message {
        id: message,
        is_new,
    }))
}

/// Returns the reason why no further emoji may be added: the message, or the user on this message, is at its limit.
fn count_fault(different: i64, own: i64) -> Option<Fault> {
    let reaches = |count, limit| usize::try_from(count).is_ok_and(|count: usize| count >= limit);
    if reaches(different, EMOJI_MAX) {
        Some(Fault::TooManyReactions { max: EMOJI_MAX })
    } else if reaches(own, EMOJI_PER_PERSON_MAX) {
        Some(Fault::TooManyOwnReactions {
            max: EMOJI_PER_PERSON_MAX,
        })
    } else {
        None
    }
}

async fn find_room(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    message: MessageId,
) -> Result<RoomId> {
    let (room, state) = find_message(tx, actor, Verb::React, slug, message).await?;
    if state.is_deleted {
        return Err(Error::invalid("emoji", Fault::MessageDeleted));
    }
    Ok(room.id)
}
