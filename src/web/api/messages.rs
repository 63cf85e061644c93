//! `/api/v1/rooms/{room}/messages`: posting, reading, editing and deleting messages.

use crate::{
    app::App,
    error::{Error, Result},
    fault::Fault,
    model::{
        ids::MessageId,
        json_schema::SentId,
        message::{Body, Message, NONCE_MAX, Nonce},
    },
    operations::messages::{self, Draft},
    web::{
        encode::message::JsonWriter,
        error::Rejection,
        extract::{Path, Sent, Visitor, read_optional_flag, read_optional_id},
        signed_in::SignedIn,
        views::message::render_row,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Request body for posting a message.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PostRequest {
    /// Text of the message, in Markdown.
    #[serde(default)]
    #[schema(value_type = Body, required)]
    pub body: String,
    /// Nonce chosen by the client, which makes retries idempotent.
    #[schema(value_type = Option<Nonce>)]
    pub nonce: Option<String>,
    /// Id of the message that this one replies to.
    #[serde(default, deserialize_with = "read_optional_id")]
    #[schema(value_type = Option<SentId>)]
    pub reply_to: Option<i64>,
    /// Ids of complete uploads of the caller, which become the files of the message. With files, the text may be empty.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub attachments: Vec<String>,
    /// Id of the message whose thread this one belongs to. If it names a reply, the thread is that of its root.
    #[serde(default, deserialize_with = "read_optional_id")]
    #[schema(value_type = Option<SentId>)]
    pub thread: Option<i64>,
    /// Whether a reply in a thread is shown in the room, too.
    #[serde(default, deserialize_with = "read_optional_flag")]
    pub also_in_room: Option<bool>,
}

impl From<PostRequest> for Draft {
    fn from(message: PostRequest) -> Self {
        Self {
            body: message.body,
            nonce: message.nonce,
            reply_to: message.reply_to.map(MessageId),
            attachments: message.attachments,
            thread: message.thread.map(MessageId),
            also_in_room: message.also_in_room == Some(true),
        }
    }
}

/// A message with its rendered row.
#[derive(Debug, ToSchema)]
#[schema(as = RenderedMessage)]
pub struct SentMessage {
    #[serde(flatten)]
    #[schema(value_type = Message)]
    message: Arc<Message>,
    /// The rendered row, if `include=html` asks for it. A reply in a thread then has `thread_html`, too: the rendered line
    /// below the root of its thread, which is empty if no reply is left.
    #[schema(nullable = false)]
    html: Option<String>,
}

impl From<Arc<Message>> for SentMessage {
    fn from(message: Arc<Message>) -> Self {
        Self {
            message,
            html: None,
        }
    }
}

impl IntoResponse for SentMessage {
    fn into_response(self) -> Response {
        let mut json = Vec::with_capacity(512);
        JsonWriter(&mut json).message(&self.message, self.html.as_deref());
        ([(header::CONTENT_TYPE, "application/json")], json).into_response()
    }
}

/// Posts a message. A retry (same author, same nonce) returns the message of the first attempt.
pub async fn post_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Sent,
) -> Result<impl IntoResponse, Rejection> {
    let mut message: PostRequest = sent.fields_or_text(|body| PostRequest {
        body,
        ..PostRequest::default()
    })?;
    message.nonce = one_nonce(message.nonce, &headers)?;
    let (message, is_new) = messages::post_message(&app, &visitor, room, message.into()).await?;
    let location = format!("/api/v1/rooms/{}/messages/{}", message.room, message.id);
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let html = wants_html(query.as_deref()).then(|| render_row(&message));
    let sent = SentMessage { message, html };
    Ok((status, [(header::LOCATION, location)], sent))
}

/// Returns whether the query asks for the rendered row of the message. As for streams, other values are ignored.
fn wants_html(query: Option<&str>) -> bool {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "include" && value == "html")
}

/// Returns one message.
pub async fn show_message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
) -> Result<SentMessage, Rejection> {
    let message = messages::find_message(&app, &visitor, &slug, &id).await?;
    Ok(Arc::new(message).into())
}

/// Request body for editing a message.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditRequest {
    #[serde(default)]
    #[schema(value_type = Body, required)]
    body: String,
}

/// Edits the caller's own message.
pub async fn edit_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<SentMessage, Rejection> {
    let EditRequest { body } = sent.fields_or_text(|body| EditRequest { body })?;
    let message = messages::edit_message(&app, &visitor, room, &id, body).await?;
    Ok(message.into())
}

/// Deletes the caller's own message, and returns what remains of it.
pub async fn delete_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<SentMessage, Rejection> {
    let message = messages::delete_message(&app, &visitor, room, &id).await?;
    Ok(message.into())
}

/// Returns the nonce from the body or from `Idempotency-Key`, which is equivalent. The quotation marks that the draft
/// of that header requires are removed. Two different values are an error, since it is unclear which one the client
/// will repeat.
pub fn one_nonce(nonce: Option<String>, headers: &HeaderMap) -> Result<Option<String>> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else {
        return Ok(nonce);
    };
    let key = key
        .to_str()
        .map_err(|_| Error::invalid("nonce", Fault::NonceInvalid { max: NONCE_MAX }))?;
    let key = key.trim().trim_matches('"');
    if keys.next().is_some() || nonce.is_some_and(|nonce| nonce != key) {
        return Err(Error::invalid("nonce", Fault::NonceAmbiguous));
    }
    Ok(Some(key.to_owned()))
}
