//! Posting custom events of bots.

use super::messages::parse_nonce;
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Result, check_field, parse_field},
    fault::Fault,
    model::{
        change::Action,
        event::{CustomEventName, Event},
    },
};
use serde_json::{Value, value::RawValue};
use std::sync::Arc;

/// Greatest size of a payload in bytes. With its other fields, a block of a stream stays below 64 KiB.
pub const PAYLOAD_MAX: usize = 60_000;

/// A custom event to be posted, before validation.
#[derive(Debug)]
pub struct CustomDraft {
    /// Event name chosen by the bot.
    pub name: String,
    /// Any JSON value.
    pub payload: Box<RawValue>,
    /// Nonce chosen by the client, which makes retries idempotent.
    pub nonce: Option<String>,
}

/// Posts a custom event. The flag is false for a retry (same author, same nonce), which returns the existing event.
pub async fn post_custom(
    app: &App,
    viewer: &Viewer,
    room: String,
    draft: CustomDraft,
) -> Result<(Arc<Event>, bool)> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let CustomDraft {
        name,
        payload,
        nonce,
    } = draft;
    let name = parse_field("type", CustomEventName::parse(name))?;
    check_field("payload", payload_fault(&payload))?;
    let nonce = parse_nonce(nonce)?;
    let action = Action::PostCustom {
        room,
        name,
        payload,
        nonce,
    };
    app.submit(Some(by), action).await?.into_event()
}

/// Returns why a payload is invalid. Common JSON libraries reject deep nesting, lone surrogates and numbers beyond the
/// range of a double; such a payload would break the clients of the room.
fn payload_fault(payload: &RawValue) -> Option<Fault> {
    if payload.get().len() > PAYLOAD_MAX {
        return Some(Fault::PayloadTooLarge { max: PAYLOAD_MAX });
    }
    let is_unreadable = serde_json::from_str::<Value>(payload.get()).is_err();
    is_unreadable.then_some(Fault::PayloadUnreadable)
}
