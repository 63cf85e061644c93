//! Custom events of bots, with any name and any JSON. They are stored and replayed like messages.

use super::{
    actor::Actor,
    applied::Applied,
    policy::{Object, Verb, can},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        event::{CustomEventName, kind},
        ids::EventId,
        message::Nonce,
    },
    store::{
        db::Connection,
        events::{NewEvent, append_event, is_custom_event},
        nonces,
    },
};
use serde::Serialize;
use serde_json::value::RawValue;

/// The data that the log stores. The text of the payload is unchanged, so that no number is rounded and no key moved.
#[derive(Serialize)]
struct Data<'a> {
    payload: &'a RawValue,
}

/// Appends a custom event. If the nonce was used before, returns the first event.
pub(super) async fn post_custom(
    tx: &mut Connection,
    actor: Actor,
    slug: &str,
    name: &CustomEventName,
    payload: &RawValue,
    nonce: Option<&Nonce>,
) -> Result<Applied> {
    let room = actor.find_visible_room(tx, slug).await?;
    can(actor.identity(), Verb::Post, Object::Room(&room))?;
    let by = actor.signed_in()?;
    let (name, nonce) = (name.as_str(), nonce.map(Nonce::as_str));
    if let Some(nonce) = nonce
        && let Some(id) = nonces::find_nonce(tx, by, nonce).await?
    {
        if !is_custom_event(tx, id, room.id, name, payload.get()).await? {
            return Err(Error::invalid("nonce", Fault::NonceReused));
        }
        return Ok(known(id));
    }
    let data = serde_json::to_string(&Data { payload }).map_err(std::io::Error::from)?;
    let event = NewEvent {
        name: Some(name),
        data: Some(data),
        ..actor.event(kind::CUSTOM, Some(room.id))
    };
    let id = append_event(tx, &event).await?;
    if let Some(nonce) = nonce {
        nonces::insert_nonce(tx, by, nonce, id).await?;
    }
    Ok(Applied::new(Outcome::Event { id, is_new: true }))
}

fn known(id: EventId) -> Applied {
    Applied::new(Outcome::Event { id, is_new: false })
}
