//! `POST /api/v1/rooms/{room}/events`: custom events of bots, stored and replayed like messages.

use super::messages::one_nonce;
use crate::{
    app::App,
    error::Error,
    model::{
        event::CustomEventName, event::Object, ids::EventId, json_schema::any_json, message::Nonce,
        time::Timestamp, user::Person,
    },
    operations::custom_events::{CustomDraft, PAYLOAD_MAX, post_custom as post},
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
use utoipa::{ToSchema, openapi::ObjectBuilder};

/// Request body for posting a custom event.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CustomEventRequest {
    #[schema(value_type = CustomEventName)]
    r#type: String,
    #[schema(schema_with = payload_schema)]
    payload: Box<RawValue>,
    #[schema(value_type = Option<Nonce>)]
    nonce: Option<String>,
}

fn payload_schema() -> ObjectBuilder {
    let description = format!("Any JSON value of at most {PAYLOAD_MAX} bytes.");
    any_json().description(Some(description))
}

/// A stored custom event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomEvent)]
pub struct PostedEvent {
    id: EventId,
    r#type: String,
    room: String,
    at: Timestamp,
    by: Person,
    #[schema(schema_with = any_json)]
    payload: Box<RawValue>,
}

/// Posts a custom event. A retry (same author, same nonce) returns the event of the first attempt.
pub async fn post_custom(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let CustomEventRequest {
        r#type,
        payload,
        nonce,
    } = sent.fields()?;
    let nonce = one_nonce(nonce, &headers)?;
    let draft = CustomDraft {
        name: r#type,
        payload,
        nonce,
    };
    let (event, is_new) = post(&app, &visitor, room, draft).await?;
    let Object::Custom(payload) = event.object.clone() else {
        let mistake = "the event of a custom event has no payload";
        return Err(Error::Internal(mistake).into());
    };
    let (id, at, kind, room, by) = (
        event.id,
        event.at,
        event.kind.clone(),
        event
            .room()
            .map(|room| room.slug.clone())
            .unwrap_or_default(),
        event.by.clone(),
    );
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((
        status,
        Json(PostedEvent {
            id,
            r#type: kind,
            room,
            at,
            by,
            payload,
        }),
    ))
}
