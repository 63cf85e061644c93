//! Events of bots: any name, any JSON, stored and replayed like a message.

use super::{applied::Applied, rooms::visible_room};
use crate::{
    error::{Error, Result},
    model::{change::Outcome, ids::UserId, time::Timestamp},
    store::{
        db::Connection,
        events::{NewEvent, append_event, find_event_by_nonce},
    },
};
use serde::Serialize;
use serde_json::value::RawValue;

/// What the log keeps of it. The payload stays the text that it is: no number is rounded, no key moved.
#[derive(Serialize)]
struct Data<'a> {
    payload: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// Appends a custom event; under a nonce that is known, answers with the first one.
pub(super) async fn post_custom(
    tx: &mut Connection,
    at: Timestamp,
    by: UserId,
    slug: &str,
    name: &str,
    payload: &RawValue,
    nonce: Option<&str>,
) -> Result<Applied> {
    let room = visible_room(tx, by, slug).await?;
    if let Some(nonce) = nonce
        && let Some((id, is_same)) =
            find_event_by_nonce(tx, by, nonce, (name, room.id, payload.get())).await?
    {
        if !is_same {
            return Err(Error::conflict(
                "nonce",
                "you have posted something else under this nonce",
            ));
        }
        return Ok(Applied::new(Outcome::Event { id, is_new: false }));
    }
    let data = serde_json::to_string(&Data { payload, nonce }).map_err(std::io::Error::from)?;
    let event = NewEvent {
        room_id: Some(room.id),
        kind: name,
        message_id: None,
        actor_id: Some(by),
        at,
        data: Some(data),
    };
    let id = append_event(tx, &event).await?;
    Ok(Applied::new(Outcome::Event { id, is_new: true }))
}
