//! `POST /api/v1/rooms/{room}/events`: an event of a bot's own, stored and replayed like a message.

use super::messages::one_nonce;
use crate::{
    app::App,
    error::{Error, check_field},
    event_log::transaction::Answer,
    model::{
        change::Action,
        event::{Object, custom_kind_fault},
        ids::EventId,
        message::nonce_fault,
        time::Timestamp,
        user::Person,
    },
    web::{
        error::Rejection,
        extract::{Path, Sent},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;

/// In bytes: with what stands around it, a block of the stream stays below 64 KiB.
const PAYLOAD_MAX: usize = 60_000;

#[derive(Debug, Deserialize)]
struct NewEvent {
    r#type: String,
    payload: Box<RawValue>,
    nonce: Option<String>,
}

/// A custom event as it was stored.
#[derive(Debug, Serialize)]
pub struct Posted {
    id: EventId,
    r#type: String,
    room: String,
    at: Timestamp,
    by: Person,
    payload: Box<RawValue>,
}

/// Posts a custom event. A repeated one (same author, same nonce) is answered with the first.
pub async fn post_custom(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let by = visitor.id;
    let NewEvent {
        r#type: kind,
        payload,
        nonce,
    } = sent.fields()?;
    let nonce = one_nonce(nonce, &headers)?;
    check_field("type", custom_kind_fault(&kind))?;
    check_field("payload", payload_fault(&payload))?;
    check_field("nonce", nonce.as_deref().and_then(nonce_fault))?;
    let answer = app
        .submit(Action::PostCustom {
            by,
            room,
            kind,
            payload,
            nonce,
        })
        .await?;
    let Answer::Event { event, is_new } = answer else {
        return Err(Error::NotFound.into());
    };
    let Object::Custom(payload) = event.object.clone() else {
        return Err(Error::NotFound.into());
    };
    let (id, at, kind, room, by) = (
        event.id,
        event.at,
        event.kind.clone(),
        event.room.clone(),
        event.by.clone(),
    );
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((
        status,
        Json(Posted {
            id,
            r#type: kind,
            room,
            at,
            by,
            payload,
        }),
    ))
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
