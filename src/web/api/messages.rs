//! `/api/v1/rooms/{room}/messages`: posting, editing and deleting.

use crate::{
    app::App,
    error::{Error, Result, check_field, parse_field},
    event_log::transaction::Answer,
    model::{
        change::{Action, Post},
        ids::{MessageId, parse_id},
        message::{Body, Message, nonce_fault},
        message_json::JsonWriter,
    },
    store::messages,
    web::{
        api::rooms::visible_room,
        error::Rejection,
        extract::{Path, Sent, Visitor, read_optional_id},
        signed_in::SignedIn,
        views::message::render_row,
    },
};
use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use std::sync::Arc;

/// A message to be posted.
#[derive(Debug, Default, Deserialize)]
pub struct NewMessage {
    /// Its text.
    #[serde(default)]
    pub body: String,
    /// The client's name for it.
    pub nonce: Option<String>,
    /// The message that it answers.
    #[serde(default, deserialize_with = "read_optional_id")]
    pub reply_to: Option<i64>,
}

/// What an answer shall hold besides.
#[derive(Debug, Deserialize)]
pub struct Include {
    include: Option<String>,
}

/// Posts a message. A repeated one (same author, same nonce) is answered with the first.
pub async fn post_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    Query(Include { include }): Query<Include>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let mut message: NewMessage = sent.fields_or_text(|body| NewMessage {
        body,
        ..NewMessage::default()
    })?;
    message.nonce = one_nonce(message.nonce, &headers)?;
    let (message, is_new) = submit_message(&app, &visitor, room, message).await?;
    let location = format!("/api/v1/rooms/{}/messages/{}", message.room, message.id);
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let html = (include.as_deref() == Some("html")).then(|| render_row(&message));
    let mut json = Vec::with_capacity(512);
    JsonWriter(&mut json).message(&message, html.as_deref());
    let fields = [
        (header::LOCATION, location),
        (header::CONTENT_TYPE, "application/json".into()),
    ];
    Ok((status, fields, json))
}

/// Checks the form of a message and hands it in.
pub async fn submit_message(
    app: &App,
    visitor: &Visitor,
    room: String,
    message: NewMessage,
) -> Result<(Arc<Message>, bool)> {
    let by = visitor.signed_in()?.id;
    let NewMessage {
        body,
        nonce,
        reply_to,
    } = message;
    let body = parse_field("body", Body::parse(body))?.into_string();
    check_field("nonce", nonce.as_deref().and_then(nonce_fault))?;
    answered_message(
        app.submit(Action::PostMessage(Post {
            by,
            room,
            body,
            nonce,
            reply_to: reply_to.map(MessageId),
        }))
        .await?,
    )
}

/// The message in the answer to a change of one.
pub fn answered_message(answer: Answer) -> Result<(Arc<Message>, bool)> {
    match answer {
        Answer::Message { message, is_new } => Ok((message, is_new)),
        _ => Err(Error::NotFound),
    }
}

/// One message.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<Message>, Rejection> {
    Ok(Json(find_message(&app, &visitor, &slug, &id).await?))
}

/// A message of a room that a visitor may see.
pub async fn find_message(app: &App, visitor: &Visitor, slug: &str, id: &str) -> Result<Message> {
    let id = read_id(id)?;
    let room = visible_room(app, visitor, slug).await?;
    let mut connection = app.readers().acquire().await?;
    messages::find_message(&mut connection, room, id)
        .await?
        .ok_or(Error::NotFound)
}

/// A new text.
#[derive(Debug, Deserialize)]
pub struct Edit {
    #[serde(default)]
    body: String,
}

/// Edits the caller's own message.
pub async fn edit_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Json<Arc<Message>>, Rejection> {
    let Edit { body } = sent.fields_or_text(|body| Edit { body })?;
    Ok(Json(submit_edit(&app, &visitor, room, &id, body).await?))
}

/// Checks the form of a new text and hands it in.
pub async fn submit_edit(
    app: &App,
    visitor: &Visitor,
    room: String,
    id: &str,
    body: String,
) -> Result<Arc<Message>> {
    let (by, message) = (visitor.signed_in()?.id, read_id(id)?);
    let body = parse_field("body", Body::parse(body))?.into_string();
    let answer = app
        .submit(Action::EditMessage {
            by,
            room,
            message,
            body,
        })
        .await?;
    Ok(answered_message(answer)?.0)
}

/// Deletes the caller's own message, and answers with what remains of it.
pub async fn delete_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(submit_delete(&app, &visitor, room, &id).await?))
}

/// Hands in that a message shall be deleted.
pub async fn submit_delete(
    app: &App,
    visitor: &Visitor,
    room: String,
    id: &str,
) -> Result<Arc<Message>> {
    let (by, message) = (visitor.signed_in()?.id, read_id(id)?);
    let answer = app
        .submit(Action::DeleteMessage { by, room, message })
        .await?;
    Ok(answered_message(answer)?.0)
}

/// The id in an address. What is not one names nothing.
pub fn read_id(id: &str) -> Result<MessageId> {
    parse_id(id).map(MessageId).ok_or(Error::NotFound)
}

/// The nonce among the fields, or `Idempotency-Key`, which does the same; quotes around that, as its draft has them,
/// are left out. Where they contradict each other nobody knows what the client will repeat.
pub fn one_nonce(nonce: Option<String>, headers: &HeaderMap) -> Result<Option<String>> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else {
        return Ok(nonce);
    };
    let key = key
        .to_str()
        .map_err(|_| Error::invalid("nonce", "visible ASCII characters only"))?;
    let key = key.trim().trim_matches('"');
    if keys.next().is_some() || nonce.is_some_and(|nonce| nonce != key) {
        return Err(Error::invalid("nonce", "one nonce, and one only"));
    }
    Ok(Some(key.to_owned()))
}
