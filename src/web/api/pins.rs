//! Pinned messages of rooms, and messages that the caller has saved.

use crate::{
    app::App,
    model::{inbox::INBOX_MAX, json_schema::list, message::Message, pins::PINS_MAX},
    operations::pins,
    web::{
        api::inbox::InboxQuery,
        encode::message::JsonWriter,
        error::Rejection,
        extract::{Path, Visitor},
        signed_in::SignedIn,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use utoipa::ToSchema;

/// The pinned messages of a room, the one that was pinned last first.
#[derive(Debug, ToSchema)]
#[schema(as = Pins)]
#[expect(
    dead_code,
    reason = "describes what `list_pins` writes, for the description of the API"
)]
pub struct SentPins {
    #[schema(schema_with = list::<Message, PINS_MAX>)]
    messages: Vec<Message>,
}

/// A page of the messages that the caller has saved, newest first.
#[derive(Debug, ToSchema)]
#[schema(as = Saved)]
#[expect(
    dead_code,
    reason = "describes what `list_saved` writes, for the description of the API"
)]
pub struct SentSaved {
    #[schema(schema_with = list::<Message, INBOX_MAX>)]
    messages: Vec<Message>,
    /// Address of the page of older messages, if there is one.
    #[schema(required)]
    older: Option<String>,
}

/// Returns the pinned messages of a room.
pub async fn list_pins(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(room): Path<String>,
) -> Result<Response, Rejection> {
    let messages = pins::list_pinned(&app, &visitor, &room).await?;
    let mut json = Vec::with_capacity(1024);
    write_messages(&mut JsonWriter(&mut json), &messages);
    json.push(b'}');
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Pins a message; idempotent.
pub async fn pin(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    pins::set_pin(&app, &visitor, room, &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Unpins a message; idempotent.
pub async fn unpin(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    pins::set_pin(&app, &visitor, room, &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns a page of the messages that the caller has saved.
pub async fn list_saved(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = InboxQuery::parse(query.as_deref())?;
    let page = pins::list_saved(&app, &visitor, query.before, query.limit).await?;
    let last = page.last_before_next();
    let path = app.base.join("/api/v1/me/saved");
    let older = last.map(|last| query.older(&path, last.id));
    let mut json = Vec::with_capacity(4096);
    let mut out = JsonWriter(&mut json);
    write_messages(&mut out, &page.entries);
    out.raw(r#","older":"#);
    match &older {
        Some(older) => out.text(older),
        None => out.raw("null"),
    };
    out.raw("}");
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Saves a message for the caller; idempotent.
pub async fn save(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    pins::set_saved(&app, &visitor, room, &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a message from those that the caller has saved; idempotent.
pub async fn unsave(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<StatusCode, Rejection> {
    pins::set_saved(&app, &visitor, room, &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins an object with the member `messages`.
fn write_messages(out: &mut JsonWriter<'_>, messages: &[Message]) {
    out.raw(r#"{"messages":["#);
    for (number, message) in messages.iter().enumerate() {
        out.raw(if number == 0 { "" } else { "," });
        out.message(message, None);
    }
    out.raw("]");
}
