//! Posting events of bots.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result, check_field},
    event_log::transaction::Answer,
    model::{
        change::Action,
        event::{Event, custom_kind_fault},
        message::nonce_fault,
    },
};
use serde_json::value::RawValue;
use std::sync::Arc;

/// In bytes: with what stands around it, a block of a stream stays below 64 KiB.
const PAYLOAD_MAX: usize = 60_000;

/// A custom event to be posted, as somebody sent it.
#[derive(Debug)]
pub struct CustomDraft {
    /// What the bot calls it.
    pub name: String,
    /// Any JSON.
    pub payload: Box<RawValue>,
    /// The client's name for it.
    pub nonce: Option<String>,
}

/// Posts a custom event; the flag says whether it is new, which a repeated one (same author, same nonce) is not.
pub async fn post_custom(
    app: &App,
    viewer: &Viewer,
    room: String,
    draft: CustomDraft,
) -> Result<(Arc<Event>, bool)> {
    let by = viewer.signed_in()?.id;
    let CustomDraft {
        name,
        payload,
        nonce,
    } = draft;
    check_field("type", custom_kind_fault(&name))?;
    check_field("payload", payload_fault(&payload))?;
    check_field("nonce", nonce.as_deref().and_then(nonce_fault))?;
    let action = Action::PostCustom {
        room,
        name,
        payload,
        nonce,
    };
    match app.submit(Some(by), action).await? {
        Answer::Event { event, is_new } => Ok((event, is_new)),
        _ => Err(Error::NotFound),
    }
}

/// Nested so deeply that common JSON libraries refuse it, a payload would stop the clients of a room.
fn payload_fault(payload: &RawValue) -> Option<&'static str> {
    if payload.get().len() > PAYLOAD_MAX {
        return Some("at most 60,000 bytes of JSON");
    }
    serde_json::from_str::<serde_json::Value>(payload.get())
        .is_err()
        .then_some("nested too deeply")
}
