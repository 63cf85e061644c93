//! `/api/v1/rooms/{room}/messages`: posting, editing and deleting.

use crate::{
    app::App,
    error::{Error, Result},
    model::{ids::MessageId, message::Message},
    operations::messages::{self, Draft},
    web::{
        encode::message::JsonWriter,
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

impl From<NewMessage> for Draft {
    fn from(message: NewMessage) -> Self {
        Self {
            body: message.body,
            nonce: message.nonce,
            reply_to: message.reply_to.map(MessageId),
        }
    }
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
    let (message, is_new) = messages::post_message(&app, &visitor, room, message.into()).await?;
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

/// One message.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<Message>, Rejection> {
    Ok(Json(
        messages::find_message(&app, &visitor, &slug, &id).await?,
    ))
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
    Ok(Json(
        messages::edit_message(&app, &visitor, room, &id, body).await?,
    ))
}

/// Deletes the caller's own message, and answers with what remains of it.
pub async fn delete_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<Json<Arc<Message>>, Rejection> {
    Ok(Json(
        messages::delete_message(&app, &visitor, room, &id).await?,
    ))
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
